"""The program: settings, then resources, then the stack's outputs."""

import pulumi

from infra.build import build
from infra.mistakes import SettingsError
from infra.settings import Settings

try:
    for name, value in build(Settings.load()).items():
        pulumi.export(name, value)
except SettingsError as error:
    raise pulumi.RunError(f"the stack's configuration has {len(error.lines)} mistake(s):\n" + "\n".join(error.lines)) from None

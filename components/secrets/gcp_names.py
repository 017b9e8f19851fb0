"""Names in Secret Manager, which takes no slash: `pn/production/jwt-secret` is `pn_production_jwt-secret` there. Imports no SDK."""

from __future__ import annotations

import re

LONGEST = 255


def secret_id(path: str) -> str:
    """A slash becomes an underscore, which no prefix holds, so that `a/b` and `a-b` stay two. Raises ValueError for what does not fit."""
    name = path.replace("/", "_")
    if not re.fullmatch(rf"[a-zA-Z0-9_-]{{1,{LONGEST}}}", name) or "_" in path:
        raise ValueError(f"secret: {path!r}; allowed: letters, digits, '-' and '/', up to {LONGEST}")
    return name


def resources(number: str, prefix: str) -> str:
    """What the resource names of all secrets below a prefix begin with, as conditions on IAM bindings see them. They hold the project's
    number, never its id."""
    return f"projects/{number}/secrets/{secret_id(prefix)}_"

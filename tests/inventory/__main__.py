"""Writes tests/inventories, docs/requirements.md and docs/parity.md anew: `python -m tests.inventory`."""

from __future__ import annotations

import logging

from tests.inventory.cases import CASES
from tests.inventory.render import rendered
from tests.inventory.rows import DOCUMENT, document
from tests.parity import document as parity

logging.basicConfig(format="%(message)s", level=logging.INFO)
logger = logging.getLogger("inventory")
for case in CASES:
    text = rendered(case.recorded())
    case.file.parent.mkdir(parents=True, exist_ok=True)
    changed = not case.file.exists() or case.file.read_text(encoding="utf-8") != text
    case.file.write_text(text, encoding="utf-8")
    logger.info("%s: %s", case, "written" if changed else "unchanged")
DOCUMENT.write_text(document(), encoding="utf-8")
parity.DOCUMENT.write_text(parity.document(), encoding="utf-8")

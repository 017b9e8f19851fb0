"""The verbs, over the stack files of another folder: `python -m tests.engine.verb FOLDER up --stack prod …`."""

from __future__ import annotations

import sys
from pathlib import Path

from ops.stack import __main__ as verbs

if __name__ == "__main__":
    verbs.ROOT = Path(sys.argv.pop(1))
    verbs.app()

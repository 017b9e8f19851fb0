"""Facts that the SDKs tell only in their docstrings: what forces a replacement, which values are valid."""

from __future__ import annotations

import re

_REPLACES = re.compile(
    r"forces? (?:a )?new resource|forces? (?:a )?(?:replacement|recreation)|forces? the creation of a new"
    r"|changing this (?:value |parameter |argument )?(?:will )?(?:forces?|creates?) (?:a |the )?(?:new|replacement|resource)"
    r"|force a new \w+ to be created",
    re.IGNORECASE,
)
_CONDITIONAL = re.compile(r"\bif\b[^.]*(?:recreat|forc)", re.IGNORECASE)
_LIST = re.compile(
    # "Valid values are `a`, `b` and `c`." and nothing else up to the end of the sentence or of the text.
    r"(?:valid|allowed|possible) (?:values|options)(?: are| include| for this \w+ are)?:?\s+"
    r"(?P<list>`[^`]+`(?:\s*(?:,|,?\s*(?:and|or|\|))\s*`[^`]+`)+)\s*(?:\.(?=\s|$)|\Z|\n)",
    re.IGNORECASE,
)
_MENTION = re.compile(r"(?:valid|allowed|possible) (?:values|options)", re.IGNORECASE)
_MORE = re.compile(r"include|also valid", re.IGNORECASE)
_DEFAULT = re.compile(
    r"defaults? (?:is|to|value is|value):?\s*[`\"']?([A-Za-z0-9_.-]*[A-Za-z0-9])[`\"']?\s*(?:\.(?:\s|$)|,|\Z|\n)", re.IGNORECASE
)
_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9_./:*-]*")

INCOMPLETE = frozenset(
    {
        ("aws:budgets/budget:Budget", "timeUnit"),
        ("aws:eks/nodeGroup:NodeGroup", "capacityType"),
        ("aws:kms/key:Key", "keyUsage"),
        ("aws:secretsmanager/secret:Secret", "type"),
    }
)
"""Lists that look complete and lack values which the service takes by now."""


def replaces(doc: str) -> bool:
    return bool(_REPLACES.search(doc)) and not _CONDITIONAL.search(doc)


def allowed(doc: str) -> tuple[str, ...]:
    """The values of a list that is clearly complete: one sentence, only quoted words, said once."""
    found = _LIST.findall(doc)
    if len(found) != 1 or len(_MENTION.findall(doc)) != 1 or _MORE.search(doc):
        return ()
    values = re.findall(r"`([^`]+)`", found[0])
    return tuple(values) if all(_PLAIN.fullmatch(value) for value in values) else ()


def default(doc: str) -> str:
    """The default, where the documentation names exactly one."""
    found = _DEFAULT.findall(doc)
    return found[0] if len(found) == len(re.findall("default", doc, re.IGNORECASE)) == 1 else ""

"""Where a person's signature begins: a delimiter, a closing formula, or the sender's own name, near the end."""

from __future__ import annotations

import re
from collections.abc import Sequence

from conversations.answers.folding import fold
from intake.channels.email.reply.lines import Line

MAX_LINES = 9
"""Lines with text in a signature, at most."""
_DELIMITER = re.compile(r"\s{0,2}(?:--|---|—|__|-- )\s*$")
_FORMULAS = (
    "ar cienu|ar labiem sveicieniem|ar sirsnigiem sveicieniem|ar sveicieniem|ar sirsnibu|ar pateicibu"
    "|ar laba velejumiem|ar godu|ciena|cienot|sirsnigi|sveicieni|sveicieniem|cau|ata|jauku dienu|jauku vakaru"
    "|visu labu|paldies un jauku dienu|paldies un visu labu|paldies jau ieprieks|liels paldies|jusu|best|best wishes"
    "|best regards|kind regards|warm regards|with kind regards|with best wishes"
    "|regards|yours|yours sincerely|yours faithfully|sincerely|cheers|thanks|thank you|many thanks|paldies|br|rgds"
    "|с уважением|спасибо|mit freundlichen grussen|viele grusse|pagarbiai|lugupidamisega"
)
_LONGEST_FIRST = "|".join(sorted(_FORMULAS.split("|"), key=len, reverse=True))
_CLOSING = re.compile(rf"(?:{_LONGEST_FIRST})\b")
_ALONE = frozenset(
    {"thanks", "thank you", "many thanks", "paldies", "cau", "ata", "yours", "best", "br", "jusu", "спасибо"}
)


def signature(lines: Sequence[Line], name: str) -> int:
    """Index of the line with which the signature begins; `len(lines)` where there is none."""
    start = len(lines)
    seen = 0
    for index in range(len(lines) - 1, -1, -1):
        if lines[index].blank:
            continue
        seen += 1
        if seen > MAX_LINES:
            break
        if _DELIMITER.match(lines[index].text):
            return index
        if _begins(lines, index, name):
            start = index
    return start


def _begins(lines: Sequence[Line], index: int, name: str) -> bool:
    folded = fold(lines[index].text[:120])
    after = next((line.text for line in lines[index + 1 :] if not line.blank), "")
    if _CLOSING.match(folded):
        return _closes(lines[index].text, folded, after, name)
    starts = index == 0 or lines[index - 1].blank
    if not after and folded and folded.split() in _names(name):
        return True
    return starts and _named(folded, name) and len(folded.split()) <= 8 and not re.match(r"\s*\d", lines[index].text)


def _closes(text: str, folded: str, after: str, name: str) -> bool:
    """A formula alone on its line, or with the name behind it; thanks only in front of a name."""
    formula = _CLOSING.match(folded)
    rest = folded[formula.end() :].strip() if formula else folded
    if rest and not _named(rest, name):
        return False
    if "?" in text or ":" in text:
        return False
    if formula and formula.group() in _ALONE:
        return _named(fold(after[:120]), name) or bool(rest)
    return True


def _names(name: str) -> tuple[list[str], ...]:
    """The sender's whole name and the first one, as words."""
    parts = fold(name).split()
    return (parts, parts[:1]) if parts and len(parts[0]) > 1 else ()


def _named(folded: str, name: str) -> bool:
    """Whether a text begins with the sender's name, or with their first name alone."""
    parts = fold(name).split()
    words = folded.split()
    if not parts or not words or len(parts[0]) < 2:
        return False
    return words[: len(parts)] == parts or words == parts[:1]

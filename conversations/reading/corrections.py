"""A correction in a sentence: "6. jautājumā pareizi ir: Talsu novads", "question 3 should be c"."""

from __future__ import annotations

import re
from collections.abc import Collection

_PATTERNS = tuple(
    re.compile(pattern, re.IGNORECASE | re.DOTALL)
    for pattern in (
        r"(?<!\d)(?P<n>\d{1,3})\s?\.?\s{0,2}(?:jautājum|atbild|вопрос)\w{0,6}\b(?P<by>[^:\n\d?]{0,60}):\s*(?P<text>\S.*)",
        r"(?<!\d)(?P<n>\d{1,3})\s?\.?\s{0,2}(?:jautājum|atbild)\w{0,6}\s+(?:domāju|jābūt|pareizi ir|pareizi|jāraksta|rakstiet|ir)\s+"
        r"(?P<text>\S.*)",
        r"\b(?:question|answer|no\.|number|nr\.)\s?(?P<n>\d{1,3})\b(?P<by>[^:\n\d?]{0,60}):\s*(?P<text>\S.*)",
        r"\b(?:question|answer|no\.|number)\s?(?P<n>\d{1,3})\b[^:\n\d?]{0,40}?\b(?:should be|should read|i meant|is)\s+(?P<text>\S.*)",
    )
)


def correction(text: str, numbers: Collection[int]) -> tuple[int, str] | None:
    """The number and the new answer, where `text` is one correction and no question."""
    if len(text) > 2000 or "?" in text:
        return None
    for pattern in _PATTERNS:
        match = pattern.search(text)
        if match and int(match["n"]) in numbers and len(pattern.findall(text)) == 1:
            return int(match["n"]), match["text"].split("\n\n")[0].strip()
    return None

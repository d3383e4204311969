"""A correction in a sentence: "6. jautājumā pareizi ir: Talsu novads", "question 3 should be c"."""

from __future__ import annotations

import re
from collections.abc import Collection

_NOUN = r"(?:jautājum|atbild|вопрос|ответ)\w{0,6}"
_LATVIAN = r"(?:domāju|jābūt|pareizi ir|pareizi|jāraksta|rakstiet|ir)"
_ENGLISH = r"\b(?:question|answer|no\.|number|nr\.)\s?(?P<n>\d{1,3})\b"
_PATTERNS = tuple(
    re.compile(pattern, re.IGNORECASE | re.DOTALL)
    for pattern in (
        rf"(?<!\d)(?P<n>\d{{1,3}})\s?\.?\s{{0,2}}{_NOUN}\b[^:\n\d?]{{0,60}}:\s*(?P<text>\S.*)",
        rf"(?<!\d)(?P<n>\d{{1,3}})\s?\.?\s{{0,2}}{_NOUN}\s+{_LATVIAN}\s+(?P<text>\S.*)",
        rf"{_ENGLISH}[^:\n\d?]{{0,60}}:\s*(?P<text>\S.*)",
        rf"{_ENGLISH}[^:\n\d?]{{0,40}}?\b(?:should be|should read|i meant|is)\s+(?P<text>\S.*)",
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

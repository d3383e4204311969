"""Times of day as people type them: "14.30", "plkst. 14", "2:30 pm"; two different ones are asked back."""

from __future__ import annotations

import re
from datetime import time

_TIME = re.compile(
    r"(?<![\d.,:])(\d{1,2})(?:[:.h ](\d{2}))?(?::(\d{2}))?\s?(am|pm|a\.m\.|p\.m\.)?(?![.,:]?\d)", re.IGNORECASE
)


def hour(text: str) -> time | None:
    """The one time in a text."""
    found = {_read(match) for match in _TIME.finditer(text[:200])}
    return found.pop() if len(found) == 1 else None


def _read(match: re.Match[str]) -> time | None:
    hours, minutes, seconds = int(match[1]), int(match[2] or 0), int(match[3] or 0)
    half = (match[4] or "").lower()[:1]
    if half and hours <= 12:
        hours = hours % 12 + (12 if half == "p" else 0)
    return time(hours, minutes, seconds) if hours < 24 and minutes < 60 and seconds < 60 else None

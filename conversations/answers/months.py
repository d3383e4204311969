"""Names of months in any Latvian case or in English, also with one slip of the pen."""

from __future__ import annotations

from functools import lru_cache

from rapidfuzz.distance import OSA

from conversations.answers.words import MONTHS

_ENDINGS = ("is", "s", "a", "am", "im", "i", "u")
_SHORTEST = 5
"""Letters of a word whose slip is forgiven; shorter ones are too near to others."""
_FORMS = tuple(
    (form, index)
    for index, (latvian, *english) in enumerate(MONTHS, 1)
    for form in (*(latvian + ending for ending in _ENDINGS), english[0])
)


def month(word: str) -> int:
    """1 to 12 for a folded word that names a month, else 0."""
    for index, (latvian, *english) in enumerate(MONTHS, 1):
        if word in english or (word.startswith(latvian) and len(word) <= len(latvian) + 3):
            return index
    return 0


@lru_cache(maxsize=1024)
def month_nearly(word: str) -> int:
    """The only month that is one letter, or one change of places, away from a folded word; else 0."""
    if not _SHORTEST <= len(word) <= 10 or not word.isalpha():
        return 0
    near = {index for form, index in _FORMS if OSA.distance(word, form, score_cutoff=1) <= 1}
    return near.pop() if len(near) == 1 else 0

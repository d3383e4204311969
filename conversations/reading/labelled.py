"""Answers with a short label in front ("Nosaukums: ...", "Start year: ..."): which question the label means."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from conversations.answers.folding import fold, stem
from conversations.forms.definition import Question

_LABEL = re.compile(r"\s*(?:[-*•]\s+)?(?P<label>[^\W\d_][^:\n\d]{1,48}?)\s*:(?!//)\s*(?P<text>\S.*)?$")
_MAX_WORDS = 6
_IN_LABEL, _IN_HINT, _IN_NAME = 4, 2, 4
_COMMON = 4

# Words for the same thing, without their endings: people name a question by a noun where it asks with a verb.
_SAME: tuple[frozenset[str], ...] = tuple(
    frozenset(stem(word) for word in group.split())
    for group in (
        "nosaukum sauc name title nazvan",
        "aprakst description describ summary",
        "merkgrup merk auditorij target group paredzet meant audience",
        "jaunum jaun new novelty",
        "posm stage phase statu",
        "gad year sak start",
        "pasvaldib novad municipality",
        "organizac organisation organization istenotaj",
        "past epast mail email",
        "talrun phone telephone",
        "veid form type",
        "kontakt contact",
    )
)


def labelled_line(line: str, questions: Sequence[Question]) -> tuple[Question, str] | None:
    """The question that a line's label means, and the text behind it; None where it means none or several."""
    match = _LABEL.match(line)
    if match is None:
        return None
    stems = [stem(word) for word in fold(match["label"]).split()]
    if not 1 <= len(stems) <= _MAX_WORDS:
        return None
    scores = sorted(((_score(stems, question), question) for question in questions), key=lambda one: -one[0])
    if not scores or scores[0][0] < _IN_HINT or (len(scores) > 1 and scores[1][0] == scores[0][0]):
        return None
    return scores[0][1], (match["text"] or "").strip()


def _score(stems: Sequence[str], question: Question) -> int:
    """How many words of the label are words of the question, those of its own text counting most."""
    return _points(tuple(stems), tuple(question.labels.values()), tuple(question.hints.values()), question.name)


@lru_cache(maxsize=2_000)
def _points(stems: tuple[str, ...], labels: tuple[str, ...], hints: tuple[str, ...], name: str) -> int:
    """Of a label, which may come thousands of times in one mail."""
    asked, hinted, named = _stems_of(labels), _stems_of(hints), _stems_of((name.replace("_", " "),))
    total = sum(
        _IN_LABEL * _alike(word, asked) + _IN_HINT * _alike(word, hinted) + _IN_NAME * _alike(word, named)
        for word in stems
    )
    return total if total >= _IN_HINT * len(stems) else 0


@lru_cache(maxsize=1_000)
def _stems_of(texts: tuple[str, ...]) -> frozenset[str]:
    """Of the texts of a questionnaire, which are few and asked for with every line."""
    return frozenset(stem(word) for text in texts for word in fold(text).split())


def _alike(word: str, others: frozenset[str]) -> bool:
    if word in others:
        return True
    if any(word in group and not others.isdisjoint(group) for group in _SAME):
        return True
    return len(word) >= _COMMON and any(
        len(other) >= _COMMON and (word.startswith(other) or other.startswith(word)) for other in others
    )

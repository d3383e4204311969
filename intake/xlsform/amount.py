"""How much a questionnaire may hold altogether, so that compiling it takes a time that can be foretold."""

from __future__ import annotations

from collections import Counter

from intake.xlsform.finding import refused
from intake.xlsform.limits import MAX_OFFERED, MAX_QUESTIONS
from intake.xlsform.sheets import Workbook
from intake.xlsform.types import read_type


def refuse_what_is_too_much(book: Workbook, language: str) -> None:
    """Raises FormRefused for more questions than the engine takes, and for long lists used over and over."""
    rows = book.rows("survey")
    if len(rows) > MAX_QUESTIONS:
        raise refused("too_many_questions", language, count=len(rows), limit=MAX_QUESTIONS)
    sizes = Counter(row.get("list_name") for row in book.rows("choices"))
    offered = sum(sizes[read_type(row.get("type")).list_name] for row in rows)
    if offered > MAX_OFFERED:
        raise refused("too_many_offered", language, count=offered, limit=MAX_OFFERED)

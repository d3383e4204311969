"""The expressions of one form, each parsed once, faults collected."""

from __future__ import annotations

from conversations.forms.problem import Problems, fault
from conversations.xpath import Expression, XPathError, parse

LONGEST = 20_000
"""Characters of one expression."""


class Expressions:
    """Parses while a form is read; the same text gives the same object."""

    def __init__(self, problems: Problems) -> None:
        self.problems = problems
        self._parsed: dict[str, Expression | None] = {}

    def read(self, question: str, text: str | None) -> Expression | None:
        """The parsed expression; None when there is none or when it is refused (the problem is then collected)."""
        text = (text or "").strip()
        if not text:
            return None
        if text not in self._parsed:
            self._parsed[text] = self._parse(question, text)
        return self._parsed[text]

    def condition(self, question: str, text: str | None, *, otherwise: bool) -> Expression | bool:
        """A condition; what is constant is told at once, so that nothing is evaluated for it."""
        match (text or "").strip():
            case "":
                return otherwise
            case "true()":
                return True
            case "false()":
                return False
            case expression:
                parsed = self.read(question, expression)
                return otherwise if parsed is None else parsed

    def _parse(self, question: str, text: str) -> Expression | None:
        if len(text) > LONGEST:
            self.problems.add(question, fault("long_expression", limit=LONGEST), text[:80] + "…")
            return None
        try:
            parsed = parse(text)
        except XPathError as error:
            self.problems.add(question, error.placed, text[:500])
            return None
        for problem in parsed.problems:
            self.problems.add(question, problem.placed, text[:500])
        return parsed

"""What is wrong with a form, collected so that everything is told at once."""

from __future__ import annotations

from dataclasses import dataclass, field

from conversations.xpath.fault import Fault


def fault(key: str, **values: object) -> Fault:
    """A sentence of this package, worded in `faults`."""
    return Fault("conversations.forms", key, **values)


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault: the question it belongs to ("" for the whole form), the expression if any, what is wrong."""

    question: str
    expression: str
    message: Fault

    def __str__(self) -> str:
        place = f"{self.question}: " if self.question else ""
        expression = f" [{self.expression}]" if self.expression else ""
        return f"{place}{self.message}{expression}"


class FormError(ValueError):
    """The form cannot be used; `problems` has every reason."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems


MOST_PROBLEMS = 200
"""More than anybody reads; a hostile form must not make us collect without end."""


@dataclass(slots=True)
class Problems:
    """Collects while a form is read."""

    found: list[Problem] = field(default_factory=list)

    def add(self, question: str, message: Fault, expression: str = "") -> None:
        problem = Problem(question, expression, message)
        if problem not in self.found and len(self.found) < MOST_PROBLEMS:
            self.found.append(problem)

    def refuse(self) -> None:
        """Raise if anything was found."""
        if self.found:
            raise FormError(tuple(self.found))

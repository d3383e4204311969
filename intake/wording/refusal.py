"""A refusal in words for the staff, said in whichever language they read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from intake import wording

FOR_LOGS = "en"


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of the table `refused`; a value may be a sentence itself."""

    key: str
    values: Mapping[str, object] = field(default_factory=dict)

    def text(self, language: str) -> str:
        values = {n: v.text(language) if isinstance(v, Sentence) else v for n, v in self.values.items()}
        return wording.text(language, f"refused.{self.key}", **values)


def sentence(key: str, **values: object) -> Sentence:
    return Sentence(key, values)


class Refusal(Exception):
    """Something was refused, for these reasons; `str` gives them in English, for logs."""

    def __init__(self, *reasons: Sentence) -> None:
        super().__init__("; ".join(reason.text(FOR_LOGS) for reason in reasons))
        self.reasons = reasons

    def said(self, language: str) -> tuple[str, ...]:
        """The reasons, one sentence each."""
        return tuple(reason.text(language) for reason in self.reasons)

"""How well replies are read: scores over recorded replies of real clients, printed as a table.

    python -m tests.benchmarks.replies [DIRECTORY]     (with other libraries beside, where they can be installed)

The directory holds the letters sent, the questionnaire, and NAME.eml with NAME.json (what a careful reader takes).
"""

from __future__ import annotations

import json
import re
import sys
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from pyxform.xls2xform import convert

from conversations.answers import Parsed, parse
from conversations.forms import Question, read
from intake.channels.email.reply import new_text, read_answers

SHARED = Path(__file__).parents[3] / "shared" / "replies"


@dataclass(frozen=True)
class Case:
    """One recorded reply, the letter that it answers, and what is to be taken from it."""

    name: str
    raw: bytes
    sent: bytes
    truth: Mapping[str, Any]

    @property
    def language(self) -> str:
        return str(self.truth["original"])


@dataclass
class Score:
    """What was read right and wrong in one reply."""

    intent: bool = False
    text: bool = False
    right: list[int] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    invented: list[str] = field(default_factory=list)


def cases(directory: Path = SHARED) -> Iterator[Case]:
    """All recorded replies; one whose JSON is broken is repaired where only quotes are wrong, else left out."""
    letters = {path.stem.removeprefix("original-"): path.read_bytes() for path in directory.glob("original-*.eml")}
    for path in sorted(directory.glob("*/*.eml")):
        truth = _json(path.with_suffix(".json").read_text())
        if truth is not None:
            yield Case(path.stem, path.read_bytes(), letters[truth["original"]], truth)


def _json(text: str) -> Mapping[str, Any] | None:
    for attempt in (text, re.sub(r'^( "notes": ").*?",$', r'\1",', text, flags=re.MULTILINE | re.DOTALL)):
        try:
            return json.loads(attempt)  # type: ignore[no-any-return]
        except ValueError:
            continue
    return None


@cache
def asked(directory: Path = SHARED) -> Mapping[int, Question]:
    form = read(convert((directory / "questionnaire.md").read_bytes(), file_type=".md").xform)
    return {question.number: question for question in form.questions}


def folded(text: str) -> str:
    """White space, quotes, dashes and emphasis folded: clients change them."""
    plain = re.sub(r"[“”„«»\"'’‘]", "", unicodedata.normalize("NFC", text))
    return " ".join(re.sub(r"[–—−]", "-", plain).split())


def score(case: Case, questions: Mapping[int, Question]) -> Score:
    """Read one reply and compare."""
    result = Score()
    reading = read_answers(case.raw, case.sent, questions, case.language)
    text = new_text(case.raw, case.sent)
    result.intent = reading.intent == case.truth["intent"]
    result.text = folded(text) == folded(case.truth["new_text"])
    expected = {int(number): answer for number, answer in case.truth["answers"].items()}
    for number, question in questions.items():
        _compare(result, number, question, reading.answers.get(question.name), expected.get(number))
    return result


def _compare(result: Score, number: int, question: Question, got: str | None, truth: Mapping[str, Any] | None) -> None:
    wanted = None if truth is None else _wanted(question, truth)
    if got is not None and (wanted is None or wanted == "?"):
        result.invented.append(f"{number}: {got!r}")
    elif wanted in (None, "?"):
        return
    elif got is not None and folded(got) == folded(str(wanted)):
        result.right.append(number)
    else:
        result.wrong.append(f"{number}: {got!r} for {wanted!r}")


def _wanted(question: Question, truth: Mapping[str, Any]) -> str:
    """The stored form of the answer; "?" for one that fits no choice, which is to be asked back."""
    if truth.get("skipped"):
        return ""
    if "letters" in truth:
        order = sorted(ord(letter) - ord("a") for letter in truth["letters"])
        return " ".join(question.choices[index].name for index in order)
    if question.kind.chooses:
        outcome = parse(question, truth["text"], language="lv", now=datetime(2026, 11, 21, tzinfo=UTC))
        return outcome.value if isinstance(outcome, Parsed) else "?"
    return str(truth["text"])


def main(directory: Path) -> None:
    questions = asked(directory)
    totals: Counter[str] = Counter()
    clients: dict[str, Counter[str]] = {}
    for case in cases(directory):
        result = score(case, questions)
        row = clients.setdefault(case.truth["client"], Counter())
        counts = Counter(
            mails=1,
            intents=result.intent,
            texts=result.text,
            right=len(result.right),
            wrong=len(result.wrong),
            invented=len(result.invented),
        )
        row.update(counts)
        totals.update(counts)
        if result.wrong or result.invented or not result.intent or not result.text:
            print(f"  {case.name}: {_faults(result)}")
    columns = ("mails", "intents", "texts", "right", "wrong", "invented")
    print(f"{'client':18}" + "".join(f"{column:>10}" for column in columns))
    for client, row in [*sorted(clients.items()), ("all", totals)]:
        print(f"{client:18}" + "".join(f"{row[column]:>10}" for column in columns))


def beside(directory: Path) -> None:
    """The table beside other libraries."""
    from tests.benchmarks import peers

    print("\nNewly written text, exactly, and the median time of a message (processor; ours from the mail's bytes on):")
    print(peers.HEAD)
    for row in peers.rows(list(cases(directory))):
        print(row)


def _faults(result: Score) -> str:
    faults = [*result.wrong, *(f"invented {one}" for one in result.invented)]
    faults += [] if result.intent else ["intent"]
    return "; ".join(faults + ([] if result.text else ["new_text"]))


if __name__ == "__main__":
    wanted = Path(sys.argv[1]) if len(sys.argv) > 1 else SHARED
    main(wanted)
    beside(wanted)

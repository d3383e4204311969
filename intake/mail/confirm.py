"""The one letter that answers a person's mail: what was understood, what was not, what is still open."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from conversations.session import State
from conversations.turn import Accepted, Ask, Item, NotUnderstood, Prompt, outstanding, summary
from intake import identity, invitations, letters
from intake.drafts import Draft
from intake.mail.origin import Respondent
from intake.mail.visit import Visit
from intake.tables import Person

LONGEST_QUOTED = 500


@dataclass(frozen=True, slots=True)
class Another:
    """A further initiative of the same mail, as the confirmation names it."""

    number: int
    title: str
    complete: bool


def confirm(
    visit: Visit,
    who: Respondent,
    draft: Draft,
    prompts: Sequence[Prompt],
    *,
    kept: bool = False,
    everything: bool = False,
    others: Sequence[Another] = (),
    files: Sequence[Mapping[str, object]] = (),
) -> None:
    """Answer a mail to a draft. `everything`: show all that is known, not only what was new; never to a stranger."""
    state = draft.answers.state
    complete = draft.submitted is not None or state is State.SUBMITTED
    questions = () if complete else outstanding(draft.form, draft.answers, visit.now)
    understood = _understood(visit, draft, prompts, everything=who.ours and (everything or complete))
    visit.put(
        "confirmation",
        {
            "understood": understood,
            "not_understood": _not_understood(prompts),
            "kept": kept,
            "files": files,
            "others": others,
            "questions": questions,
            "complete": complete,
            "editing": everything,
            "accepted": any(isinstance(prompt, Accepted) for prompt in prompts),
            "number": draft.row.id,
            "late": bool(draft.submitted and draft.submitted.late),
            "code": letters.printed(draft.row.code),
            "telegram_link": _chat_link(visit, who, draft),
            "another_mailto": letters.another_mailto(visit.desk, who.person) if who.ours else "",
        },
        who.person,
        draft=draft,
        numbers=_numbers(understood, questions),
    )


def questions(visit: Visit, person: Person, draft: Draft | None = None) -> None:
    """Nothing was answered yet: the core questions, as an answer to their mail."""
    asked = invitations.core_questions(visit.session, visit.desk, person.language, visit.now)
    values = letters.person_values(visit.desk, person)
    values |= invitations.notice_values(visit.session, visit.desk, person) | {"questions": asked}
    numbers = tuple(question.number for question in asked)
    visit.put("invitation", values, person, draft=draft, numbers=numbers)


def _understood(visit: Visit, draft: Draft, prompts: Sequence[Prompt], *, everything: bool) -> tuple[Item, ...]:
    accepted = {prompt.path for prompt in prompts if isinstance(prompt, Accepted)}
    items = summary(draft.form, draft.answers, visit.now)
    return tuple(item for item in items if everything or item.path in accepted)


def _not_understood(prompts: Sequence[Prompt]) -> list[dict[str, object]]:
    return [
        {"number": prompt.number, "text": prompt.text[:LONGEST_QUOTED], "reason": prompt.reason_text}
        for prompt in prompts
        if isinstance(prompt, NotUnderstood)
    ]


def _numbers(understood: Sequence[Item], questions: Sequence[Ask]) -> tuple[int, ...]:
    numbers = [*(item.number for item in understood), *(ask.number for ask in questions)]
    return tuple(number for number in numbers if number)


def _chat_link(visit: Visit, who: Respondent, draft: Draft) -> str:
    """A single-use link, only to the person's own mailbox: whoever opens it sees the answers."""
    return identity.once_link(visit.session, visit.desk, who.person, draft, visit.now) if who.ours else ""

"""Words of command in a mail: correct a submission, go on in Telegram, take a consent back, another language."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from conversations.reading import Command
from conversations.session import State
from conversations.turn import Language
from intake import consents, drafts, identity, people
from intake.drafts import Draft
from intake.mail import confirm
from intake.mail.origin import Respondent
from intake.mail.visit import CHANNEL, Visit
from intake.tables import Conversation, Person


def obey(visit: Visit, who: Respondent, command: Command) -> str | None:
    """Do what the command says; the outcome in a word, None for a command that is none of these."""
    act = _ACTS.get(command.act)
    return act(visit, who, command.argument) if act is not None else None


def _edit(visit: Visit, who: Respondent, number: str) -> str | None:
    """What is known of a questionnaire of theirs, to be corrected by an answer; only to their own mailbox."""
    draft = _named(visit, who.person, number)
    if draft is None or not who.ours:
        return None
    confirm.confirm(visit, replace(who, conversation_id=draft.row.id), draft, (), everything=True)
    return "sent for correction"


def _named(visit: Visit, person: Person, number: str) -> Draft | None:
    """The questionnaire with this number if it is the person's, without a number the one they are at."""
    if not number:
        found = drafts.current(visit.session, visit.desk, person)
    else:
        row = visit.session.get(Conversation, int(number))
        mine = row is not None and row.person_id == person.id
        found = drafts.find(visit.session, visit.desk, int(number)) if mine else None
    return found if found is not None and found.answers.state is not State.WITHDRAWN else None


def _telegram(visit: Visit, who: Respondent, _: str) -> str | None:
    """A link that opens the chat once, with the answers in it: only to the person's own mailbox."""
    draft = _draft(visit, who)
    link = identity.once_link(visit.session, visit.desk, who.person, draft, visit.now) if who.ours else ""
    if not link:
        return None
    visit.put("once_link", {"telegram_link": link, "asked_here": True}, who.person, draft=draft)
    return "link sent"


def _language(visit: Visit, who: Respondent, code: str) -> str | None:
    """From now on in another language; what is known and what is open is said again in it."""
    if code not in visit.desk.campaign.languages:
        return None
    who.person.language = code
    draft = _draft(visit, who)
    if draft is None:
        confirm.questions(visit, who.person)
    elif draft.answers.state is State.SUBMITTED:
        draft.answers = replace(draft.answers, language=code)
        drafts.restore(draft, draft.answers)
        confirm.confirm(visit, who, draft, ())
    else:
        drafts.advance(visit.session, visit.desk, draft, Language(code, now=visit.now), CHANNEL)
        confirm.confirm(visit, who, draft, (), everything=who.ours and draft.row.answered_at is not None)
    return "language"


def _draft(visit: Visit, who: Respondent) -> Draft | None:
    if who.conversation_id is not None:
        return drafts.find(visit.session, visit.desk, who.conversation_id)
    return None if who.new else drafts.current(visit.session, visit.desk, who.person)


def _withdraw(visit: Visit, who: Respondent, _: str) -> str | None:
    """A consent is taken back as easily as it was given (DOMAIN.md 4, rule 12); by whoever gave it."""
    sender = people.by_address(visit.session, CHANNEL, visit.mail.sender)
    if sender is None or sender.id != who.person.id:
        return None
    consents.take_back(visit.session, visit.desk, sender, CHANNEL, visit.now)
    visit.put("consent_withdrawn", {}, sender)
    return "consent withdrawn"


_ACTS: dict[str, Callable[[Visit, Respondent, str], str | None]] = {
    "edit": _edit,
    "telegram": _telegram,
    "language": _language,
    "withdraw": _withdraw,
}

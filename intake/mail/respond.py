"""A person's mail: a stop, a question, a command, or answers, which go to the conversation and are confirmed once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from conversations.forms import Form, Question
from conversations.reading import Intent, Reading
from conversations.session import State
from conversations.turn import Accepted, Fill, NotUnderstood, Turn, Unread, outstanding, submission
from intake import audit, drafts, outbox, people, privacy
from intake.channels.email import enclosed
from intake.channels.email.reply import read_answers
from intake.drafts import Draft
from intake.mail import colleagues, confirm, files, orders, origin
from intake.mail.confirm import Another
from intake.mail.origin import Respondent
from intake.mail.visit import CHANNEL, Visit
from intake.tables import Person


@dataclass(frozen=True, slots=True)
class _Asked:
    """The questions that a mail may answer by number, and those of them that are still open."""

    questions: dict[int, Question]
    awaited: frozenset[int] | None = None


def respond(visit: Visit) -> str:
    """Deal with a mail of a person; the outcome in a word."""
    sender = people.by_address(visit.session, CHANNEL, visit.mail.sender, lock=True)
    if sender is not None:
        visit.row.person_id = sender.id
    reading = _read(visit, _asked(visit, sender), sender)
    if outbox.stopped(visit.session, visit.mail.sender, visit.desk.key) or (sender and sender.stopped_at):
        return _after_stop(visit, sender, reading)
    if reading.intent is Intent.REFUSAL:
        return _refused(visit, sender, reading)
    if sender is not None:
        sender.last_input_at, sender.last_channel = visit.now, CHANNEL
    who = origin.respondent(visit.session, visit.mail, visit.letter, visit.now)
    if who is None:
        return _stranger(visit, reading)
    return _known(visit, who, reading)


def too_large(visit: Visit) -> str:
    """Only the headers were fetched: the staff are told, and so is whoever we know or have written to."""
    sender = people.by_address(visit.session, CHANNEL, visit.mail.sender)
    visit.tell("oversize", sender, visit.mail.subject)
    silent = outbox.stopped(visit.session, visit.mail.sender, visit.desk.key) or visit.too_many()
    if not silent and (sender is not None or visit.letter is not None):
        visit.put("too_large", {}, sender)
    return "oversize"


def _known(visit: Visit, who: Respondent, reading: Reading) -> str:
    visit.row.person_id = who.person.id
    if reading.intent is Intent.QUESTION:
        files.keep(visit, who.person, None)
        return _question(visit, who.person)
    if _says_something(reading) or (visit.mail.attachments and not reading.commands and enclosed.files(visit.body)):
        return _answers(visit, who, reading)
    if visit.too_many():
        return visit.wait(who.person)
    for command in reading.commands:
        if outcome := orders.obey(visit, who, command):
            return outcome
    return _question(visit, who.person) if reading.commands else _send_questions(visit, who)


# --- reading --------------------------------------------------------------------------------------------------------


def _asked(visit: Visit, sender: Person | None) -> _Asked:
    """The questions that the letter printed, with the follow-ups of those ("Cits: ..."), in the version of the
    questionnaire whose numbers it printed; all of them where it is not known, or was about a draft, or the person has
    seen the others meanwhile."""
    letter = visit.letter
    printed = frozenset((letter.payload.get("numbers") or ()) if letter is not None else ())
    draft = _draft_seen(visit, sender)
    if draft is not None:
        awaited = {ask.number for ask in outstanding(draft.form, draft.answers, visit.now)}
        return _Asked(_questions(draft.form, printed), frozenset(number for number in awaited if number))
    form = visit.desk.form(visit.session)
    names = {question.name for question in form.questions if question.number in printed}
    asked = {one.number: one for one in form.questions if one.number in printed or one.follow_up_of in names}
    return _Asked(asked or _questions(form, printed))


def _draft_seen(visit: Visit, sender: Person | None) -> Draft | None:
    """The draft that the letter was about, else the one that its receiver has begun since."""
    letter = visit.letter
    if letter is not None and letter.conversation_id is not None:
        return drafts.find(visit.session, visit.desk, letter.conversation_id)
    if sender is None or (letter is not None and letter.person_id != sender.id):
        return None
    found = drafts.current(visit.session, visit.desk, sender)
    return found if found is not None and found.row.answered_at is not None else None


def _questions(form: Form, printed: frozenset[int]) -> dict[int, Question]:
    """All that can be answered by its number: members of repeats only where a letter printed them."""
    return {one.number: one for one in form.questions if one.repeat is None or one.number in printed}


def _read(visit: Visit, asked: _Asked, sender: Person | None) -> Reading:
    language = sender.language if sender else visit.desk.campaign.language
    return read_answers(visit.body, visit.sent, asked.questions, language, now=visit.now, awaited=asked.awaited)


# --- what is no answer ----------------------------------------------------------------------------------------------


def _after_stop(visit: Visit, sender: Person | None, reading: Reading) -> str:
    """Somebody who said stop wrote again: the staff read it, nothing is sent. An erasure is theirs to ask for."""
    erase = any(command.act == "erase" for command in reading.commands)
    visit.tell("erasure" if erase else "after_stop", sender)
    return "after_stop"


def _refused(visit: Visit, sender: Person | None, reading: Reading) -> str:
    """A stop counts for whoever wrote it, never for the one who had passed the letter on."""
    acts = {command.act for command in reading.commands}
    if not acts & {"stop", "erase"}:
        return _unclear(visit, sender)
    if "erase" in acts:
        visit.tell("erasure", sender)
    if sender is None:
        return _stop_stranger(visit)
    privacy.stop(visit.session, visit.desk, sender, visit.now, channel=CHANNEL, address=visit.mail.sender)
    return "stopped"


def _unclear(visit: Visit, sender: Person | None) -> str:
    if sender is None:
        visit.tell("unclear_refusal", None)
    else:
        privacy.pause(visit.session, sender, visit.now, visit.row.id, visit.text())
    return "unclear_refusal"


def _stop_stranger(visit: Visit) -> str:
    address = people.normal(CHANNEL, visit.mail.sender)
    if privacy.suppress_address(visit.session, visit.desk, address, visit.now):
        visit.put("stopped", {}, None, kind="stopped")
        audit.note(visit.session, visit.now, "self", "stop", "an address without a person")
    return "stopped"


def _stranger(visit: Visit, reading: Reading) -> str:
    """Somebody without a letter or a code: sent the questionnaire where the campaign welcomes them."""
    if reading.intent is Intent.QUESTION or not visit.desk.campaign.welcome_without_invitation:
        return _question(visit, None)
    if visit.too_many():
        return visit.wait(None)
    person = origin.stranger(visit.session, visit.desk, visit.mail, visit.now)
    return _known(visit, Respondent(person, new=True), reading)


def _question(visit: Visit, person: Person | None) -> str:
    """The staff answer; the person is told so."""
    text = visit.text()
    visit.tell("question", person, text)
    if not visit.too_many():
        visit.put("question_received", {"text": text[:2_000]}, person)
    return "question"


# --- answers --------------------------------------------------------------------------------------------------------


def _answers(visit: Visit, who: Respondent, reading: Reading) -> str:
    """One input to each initiative's conversation, one confirmation of all."""
    draft = _draft(visit, who, reading)
    invited = who.person.organisation_id
    enclosures = files.keep(visit, who.person, draft)
    result = _fill(visit, draft, replace(reading, answers={**reading.answers, **enclosures.answers}))
    others = [_another(visit, who, draft, more) for more in reading.more]
    kept = _keep(visit, who, [reading, *reading.more], result)
    if who.owner is not None and any(isinstance(prompt, Accepted) for prompt in result.prompts):
        colleagues.count_as_answered(visit, who.owner)
    if draft.submitted is not None and who.ours:
        colleagues.note_other_organisation(visit, who.person, invited, draft)
    if visit.too_many():
        return visit.wait(who.person)
    confirm.confirm(visit, who, draft, result.prompts, kept=kept, others=others, files=enclosures.told)
    return "submitted" if draft.submitted is not None else "answered"


def _says_something(reading: Reading) -> bool:
    return bool(reading.answers or reading.unread or reading.remarks or reading.more)


def _send_questions(visit: Visit, who: Respondent) -> str:
    """An empty mail asks for the questions: of the draft that is open, or of another initiative."""
    draft = _draft_of_letter(visit, who)
    if draft is not None and draft.answers.state is not State.SUBMITTED and draft.row.answered_at is not None:
        confirm.confirm(visit, who, draft, ())
    elif draft is not None and draft.answers.state is State.SUBMITTED:
        confirm.questions(visit, who.person, _next(visit, who.person, draft))
    else:
        confirm.questions(visit, who.person)
    return "questions sent"


def _fill(visit: Visit, draft: Draft, reading: Reading) -> Turn:
    unread = tuple(Unread(one.number, one.text, one.reason) for one in reading.unread)
    given = Fill(reading.answers, unread, now=visit.now)
    return drafts.advance(visit.session, visit.desk, draft, given, CHANNEL)


def _keep(visit: Visit, who: Respondent, readings: Sequence[Reading], result: Turn) -> bool:
    """Give the staff what is no answer; whether there was something that was not quoted back."""
    remarks = [remark for reading in readings for remark in reading.remarks]
    left_over = [prompt.text for prompt in result.prompts if isinstance(prompt, NotUnderstood)]
    left_over += [f"{one.number}: {one.text}" for reading in readings[1:] for one in reading.unread]
    if found := "\n\n".join([*remarks, *left_over]):
        visit.tell("remark", who.person, found)
    return bool(remarks)


def _another(visit: Visit, who: Respondent, first: Draft, reading: Reading) -> Another:
    """A further initiative of the same mail is a draft of its own, with what stays the same filled in."""
    draft = _next(visit, who.person, first)
    _fill(visit, draft, reading)
    title = str(submission(draft.form, draft.answers, visit.now).get("title", ""))
    return Another(draft.row.id or 0, title, draft.submitted is not None)


def _next(visit: Visit, person: Person, after: Draft) -> Draft:
    return drafts.start(visit.session, visit.desk, person, CHANNEL, visit.now, after)


def _draft(visit: Visit, who: Respondent, reading: Reading) -> Draft:
    """The draft that the letter was about, else the open one; an initiative of another name is another draft."""
    found = _draft_of_letter(visit, who)
    if found is None or found.answers.state is State.WITHDRAWN:
        return drafts.start(visit.session, visit.desk, who.person, CHANNEL, visit.now)
    about_it = visit.letter is not None and visit.letter.conversation_id is not None and who.conversation_id is not None
    if found.answers.state is State.SUBMITTED and not about_it and _other_title(found, reading):
        return _next(visit, who.person, found)
    return found


def _draft_of_letter(visit: Visit, who: Respondent) -> Draft | None:
    if who.conversation_id is not None:
        return drafts.find(visit.session, visit.desk, who.conversation_id)
    return None if who.new else drafts.current(visit.session, visit.desk, who.person)


def _other_title(draft: Draft, reading: Reading) -> bool:
    title = reading.answers.get("title")
    known = next((value for path, value in draft.answers.answers.items() if path.endswith("/title")), "")
    return bool(title) and title != known

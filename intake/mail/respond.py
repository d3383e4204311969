"""A person's mail: a stop, a question, or answers, which are given to the conversation and confirmed once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from conversations.forms import Form, Question
from conversations.reading import Intent, Reading
from conversations.session import State
from conversations.turn import Accepted, Fill, NotUnderstood, Turn, Unread, outstanding, summary
from intake import audit, drafts, identity, invitations, letters, matters, outbox, people, privacy
from intake.channels.email.reply import new_text, read_answers
from intake.drafts import Draft
from intake.mail import origin
from intake.mail.origin import Respondent
from intake.mail.visit import CHANNEL, Visit
from intake.tables import Outbox, Person

MOST_AN_HOUR = 5
"""Confirmations to one address; the next one waits for the staff, since two machines may be talking."""
LANGUAGE_COMMAND = "language"


class Respond:
    """One mail of a person, with the letter of ours that it answers, if that is known."""

    def __init__(self, visit: Visit, letter: Outbox | None) -> None:
        self._visit, self._letter = visit, letter
        self._session, self._desk, self._mail, self._now = visit.session, visit.desk, visit.mail, visit.now

    def respond(self) -> str:
        """Deal with the mail; the outcome in a word."""
        sender = people.by_address(self._session, CHANNEL, self._mail.sender, lock=True)
        if sender is not None:
            self._visit.row.person_id = sender.id
        form = self._form()
        reading = self._read(form, sender)
        if outbox.stopped(self._session, self._mail.sender, self._desk.key) or (sender and sender.stopped_at):
            return self._after_stop(sender, reading)
        if reading.intent is Intent.REFUSAL:
            return self._refused(sender, reading)
        if sender is not None:
            sender.last_input_at, sender.last_channel = self._now, CHANNEL
        who = origin.respondent(self._session, self._desk, self._mail, self._letter, self._now)
        if who is None:
            return self._unknown(reading)
        self._visit.row.person_id = who.person.id
        if reading.intent is Intent.QUESTION:
            return self._question(who.person)
        return self._answers(who, form, reading)

    # --- reading ----------------------------------------------------------------------------------------------------

    def _form(self) -> Form:
        """The version of the questionnaire whose numbers the letter printed."""
        letter = self._letter
        draft = None
        if letter is not None and letter.conversation_id is not None:
            draft = drafts.find(self._session, self._desk, letter.conversation_id)
        return draft.form if draft else self._desk.form(self._session)

    def _read(self, form: Form, sender: Person | None) -> Reading:
        language = sender.language if sender else self._desk.campaign.language
        asked = _asked(form, self._letter)
        sent = origin.as_sent(self._letter) if self._letter is not None else b""
        return read_answers(self._visit.body, sent, asked, language)

    # --- what is no answer ------------------------------------------------------------------------------------------

    def _after_stop(self, sender: Person | None, reading: Reading) -> str:
        """Somebody who said stop wrote again: the staff read it, nothing is sent. An erasure is theirs to ask for."""
        erase = any(command.act == "erase" for command in reading.commands)
        self._tell("erasure" if erase else "after_stop", sender)
        return "after_stop"

    def _refused(self, sender: Person | None, reading: Reading) -> str:
        """A stop counts for whoever wrote it, never for the one who had passed the letter on."""
        acts = {command.act for command in reading.commands}
        if not acts & {"stop", "erase"}:
            return self._unclear(sender)
        if "erase" in acts:
            self._tell("erasure", sender)
        if sender is None:
            return self._stop_stranger()
        privacy.stop(self._session, self._desk, sender, self._now, channel=CHANNEL, address=self._mail.sender)
        return "stopped"

    def _unclear(self, sender: Person | None) -> str:
        text = new_text(self._visit.body, origin.as_sent(self._letter) if self._letter else None)
        if sender is None:
            self._tell("unclear_refusal", None)
        else:
            privacy.pause(self._session, sender, self._now, self._visit.row.id, text)
        return "unclear_refusal"

    def _stop_stranger(self) -> str:
        address = people.normal(CHANNEL, self._mail.sender)
        if privacy.suppress_address(self._session, self._desk, address, self._now):
            self._put("stopped", "stopped", address, {}, person=None)
            audit.note(self._session, self._now, "self", "stop", "an address without a person")
        return "stopped"

    def _unknown(self, reading: Reading) -> str:
        """A stranger: sent the questionnaire where the campaign welcomes them and they ask nothing else."""
        if reading.intent is Intent.QUESTION or not self._desk.campaign.welcome_without_invitation:
            return self._question(None)
        who = origin.stranger(self._session, self._desk, self._mail, self._now)
        return self._send_questions(who.person) if who else self._question(None)

    def _question(self, person: Person | None) -> str:
        """The staff answer; the person is told so."""
        text = new_text(self._visit.body, origin.as_sent(self._letter) if self._letter else None)
        self._tell("question", person, text)
        self._put("question_received", "answer", self._mail.sender, {"text": text[:2_000]}, person=person)
        return "question"

    def _tell(self, kind: str, person: Person | None, text: str = "") -> None:
        text = text or new_text(self._visit.body, origin.as_sent(self._letter) if self._letter else None)
        matters.open_matter(
            self._session,
            kind,
            self._now,
            person_id=person.id if person else None,
            inbox_id=self._visit.row.id,
            text=text,
        )

    # --- answers ----------------------------------------------------------------------------------------------------

    def _answers(self, who: Respondent, form: Form, reading: Reading) -> str:
        """One input to the conversation, one confirmation."""
        self._language(who.person, reading)
        if not (reading.answers or reading.unread or reading.remarks) and not reading.commands:
            return self._send_questions(who.person)
        draft = self._draft(who, form, reading)
        unread = tuple(Unread(one.number, one.text, one.reason) for one in reading.unread)
        given = Fill(reading.answers, unread, now=self._now)
        result = drafts.advance(self._session, self._desk, draft, given, CHANNEL)
        left_over = [prompt.text for prompt in result.prompts if isinstance(prompt, NotUnderstood)]
        if kept := "\n\n".join([*reading.remarks, *left_over]):
            self._tell("remark", who.person, kept)
        return self._confirm(who, draft, result, kept=bool(reading.remarks))

    def _language(self, person: Person, reading: Reading) -> None:
        for command in reading.commands:
            if command.act == LANGUAGE_COMMAND and command.argument in self._desk.campaign.languages:
                person.language = command.argument

    def _draft(self, who: Respondent, form: Form, reading: Reading) -> Draft:
        """The draft that the letter was about, else the open one; an initiative of another name is another draft."""
        if who.conversation_id is not None:
            found = drafts.find(self._session, self._desk, who.conversation_id)
        else:
            found = None if who.new else drafts.current(self._session, self._desk, who.person)
        if found is None or found.answers.state is State.WITHDRAWN:
            return drafts.start(self._session, self._desk, who.person, CHANNEL, self._now)
        about = _kind(self._letter)
        if found.answers.state is State.SUBMITTED and about != "answer" and _other_title(found, reading):
            return drafts.start(self._session, self._desk, who.person, CHANNEL, self._now, found)
        return found

    def _confirm(self, who: Respondent, draft: Draft, result: Turn, *, kept: bool) -> str:
        if self._too_many():
            self._tell("loop", who.person)
            return "too many confirmations"
        complete = draft.submitted is not None or result.session.state is State.SUBMITTED
        questions = () if complete else outstanding(draft.form, result.session, self._now)
        items = summary(draft.form, result.session, self._now) if who.ours else ()
        accepted = {prompt.path for prompt in result.prompts if isinstance(prompt, Accepted)}
        understood = [item for item in items if item.path in accepted or complete]
        numbers = [item.number for item in items if item.number] + [ask.number for ask in questions if ask.number]
        self._put(
            "confirmation",
            "answer",
            self._mail.sender,
            {
                "understood": understood,
                "not_understood": _not_understood(result),
                "kept": kept,
                "questions": questions,
                "complete": complete,
                "number": draft.row.id,
                "late": bool(draft.submitted and draft.submitted.late),
                "code": letters.printed(draft.row.code),
                "telegram_link": self._chat_link(who, draft),
                "another_mailto": letters.another_mailto(self._desk, who.person) if who.ours else "",
            },
            person=who.person,
            draft=draft,
            numbers=tuple(numbers),
        )
        return "submitted" if draft.submitted is not None else "answered"

    def _chat_link(self, who: Respondent, draft: Draft) -> str:
        """A single-use link, only to the person's own mailbox: whoever opens it sees the answers."""
        return identity.once_link(self._session, self._desk, who.person, draft, self._now) if who.ours else ""

    def _send_questions(self, person: Person) -> str:
        """Nothing was answered yet: the questions, as an answer to their mail."""
        if self._too_many():
            self._tell("loop", person)
            return "too many confirmations"
        questions = invitations.core_questions(self._session, self._desk, person.language, self._now)
        values = letters.person_values(self._desk, person)
        values |= invitations.notice_values(self._session, self._desk, person) | {"questions": questions}
        numbers = tuple(question.number for question in questions)
        self._put("invitation", "answer", self._mail.sender, values, person=person, numbers=numbers)
        return "questions sent"

    def _too_many(self) -> bool:
        since = self._now - timedelta(hours=1)
        return outbox.count_since(self._session, CHANNEL, self._mail.sender, since) >= MOST_AN_HOUR

    def _put(
        self,
        template: str,
        kind: str,
        address: str,
        values: Mapping[str, object],
        *,
        person: Person | None,
        draft: Draft | None = None,
        numbers: tuple[int, ...] = (),
    ) -> None:
        letters.put(
            self._session,
            self._desk,
            template=template,
            kind=kind,
            key=f"in:{self._visit.row.id}:{template}",
            address=people.normal(CHANNEL, address),
            language=person.language if person else self._desk.campaign.language,
            values=values,
            now=self._now,
            person=person,
            conversation=draft.row if draft else None,
            reply_to=self._mail,
            numbers=numbers,
        )


def _kind(letter: Outbox | None) -> str:
    """What the letter was, as far as it matters here."""
    return letter.kind if letter is not None else ""


def _asked(form: Form, letter: Outbox | None) -> dict[int, Question]:
    """The questions that the letter printed, with the follow-ups of those ("Cits: ..."); all without a letter."""
    printed = set(letter.payload.get("numbers") or ()) if letter is not None else set()
    if not printed:
        return {question.number: question for question in form.questions if question.repeat is None}
    names = {question.name for question in form.questions if question.number in printed}
    return {
        question.number: question
        for question in form.questions
        if question.number in printed or question.follow_up_of in names
    }


def _not_understood(result: Turn) -> list[dict[str, object]]:
    return [
        {"number": prompt.number, "text": prompt.text[:500], "reason": prompt.reason_text}
        for prompt in result.prompts
        if isinstance(prompt, NotUnderstood)
    ]


def _other_title(draft: Draft, reading: Reading) -> bool:
    title = reading.answers.get("title")
    known = next((value for path, value in draft.answers.answers.items() if path.endswith("/title")), "")
    return bool(title) and title != known

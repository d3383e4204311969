"""One act in a chat while it is handled: the rows it concerns and the messages it causes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlmodel import Session

from conversations.turn import Input, NotUnderstood, Resume, Submitted, Turn
from intake import drafts, matters, outbox, wording
from intake.channels.email.dates import long_date
from intake.channels.telegram import screens
from intake.channels.telegram.buttons import Action, Button, inline, token
from intake.channels.telegram.incoming import ChatInput
from intake.channels.telegram.question import takes_the_keyboards_place
from intake.channels.telegram.render import NOTHING, Touched, render
from intake.channels.telegram.wording import words
from intake.chat import shown
from intake.chat.shown import Shown
from intake.desk import Desk
from intake.drafts import Draft
from intake.outbox import Message
from intake.tables import Inbox, Person, Submission

CHANNEL = "telegram"


@dataclass(slots=True)
class Visit:
    """Lives for one transaction. `person` is whose chat it is, None as long as nobody is known."""

    session: Session
    desk: Desk
    row: Inbox
    chat: str
    now: datetime
    person: Person | None = None
    sent: int = 0
    _shown: Shown | None = None

    @property
    def shown(self) -> Shown:
        """The keyboard at the end of the chat, looked up once as long as nothing is sent."""
        if self._shown is None:
            self._shown = shown.latest(self.session, CHANNEL, self.chat)
        return self._shown

    @property
    def language(self) -> str:
        return self.person.language if self.person else self.desk.campaign.language

    def send(
        self, payloads: Sequence[Mapping[str, Any]], kind: str = "answer", conversation_id: int | None = None
    ) -> None:
        """Put messages to this chat into the outbox, in order."""
        person_id = self.person.id if self.person else None
        self._shown = None
        for payload in payloads:
            self.sent += 1
            key = f"in:{self.row.id}:{self.sent}"
            message = Message(CHANNEL, kind, key, self.chat, payload, self.now, person_id, conversation_id)
            outbox.put(self.session, message, self.now)

    def words(self, name: str, /, **values: object) -> str:
        """One of the service's own sentences about the chat."""
        return wording.text(self.language, f"chat.{name}", **values)

    def say(self, name: str, /, **values: object) -> None:
        self.send(screens.plain(self.words(name, **values)))

    def offer(self, name: str, *buttons: tuple[str, Button]) -> None:
        """A sentence with a row for each button."""
        rows = [[inline(self.words(label), button)] for label, button in buttons]
        self.send(screens.plain(self.words(name), {"inline_keyboard": rows}))

    def stale(self, callback_id: str) -> str:
        """A button of a question that is closed: said politely, nothing changes."""
        if callback_id:
            self.send([screens.answer_callback(callback_id, words(self.language).sentence("stale"))])
        return "stale"

    def begin(self, person: Person, after: Draft | None = None, touched: Touched = NOTHING) -> None:
        """A new conversation: the notices first, then the first question."""
        draft = drafts.start(self.session, self.desk, person, CHANNEL, self.now, after)
        person.informed_at = person.informed_at or self.now
        self.take(person, draft, Resume(now=self.now), touched)

    def take(self, person: Person, draft: Draft, given: Input, touched: Touched = NOTHING) -> Turn:
        """Give the input to the conversation and send what it has to say."""
        touched = replace(touched, reply_keyboard=touched.reply_keyboard or keyboard_is_up(draft))
        result = drafts.advance(self.session, self.desk, draft, given, CHANNEL)
        person.language = result.session.language
        prompts = [prompt for prompt in result.prompts if not isinstance(prompt, Submitted)]
        self.send(
            render(prompts, result.session.language, salt=salt(draft), touched=touched), conversation_id=draft.row.id
        )
        for prompt in result.prompts:
            if isinstance(prompt, NotUnderstood) and prompt.number is not None:
                self.keep(person, f"{prompt.number}. {prompt.text}")
        if draft.submitted is not None:
            self.thank(person, draft.submitted)
        return result

    def keep(self, person: Person, text: str) -> None:
        """What was written beside an answer is read by the staff, as the person is told."""
        matters.open_matter(self.session, "remark", self.now, person_id=person.id, inbox_id=self.row.id, text=text)

    def thank(self, person: Person, submission: Submission) -> None:
        """What was submitted, how to correct it, whom to pass the question on to, and another initiative."""
        if submission.revision > 1:
            self.say("resubmitted", number=submission.conversation_id)
            return
        deadline = self.desk.campaign.local(self.desk.closes(self.session)).date()
        self.say(
            "submitted",
            title=submission.answers.get("title", ""),
            number=submission.conversation_id,
            deadline=long_date(deadline, self.language, "dative"),
        )
        if link := self.desk.telegram_link(person.pass_code):
            self.say("forward", link=link)
        self.offer_another()

    def offer_another(self) -> None:
        no = Button(Action.CANCEL, 0, token("another"))
        self.offer("another_ask", ("another_yes", Button(Action.ANOTHER)), ("another_no", no))


def keyboard_is_up(draft: Draft) -> bool:
    """Whether the open question has put a keyboard in the place of the phone's own."""
    asked = draft.form.question_at(plain(draft.answers.at or ""))
    return asked is not None and takes_the_keyboards_place(asked)


def plain(path: str) -> str:
    """A path without positions."""
    return "/".join(step.partition("[")[0] for step in path.split("/"))


def salt(draft: Draft) -> str:
    """What the buttons of one conversation are marked with, so that those of another are known as stale."""
    return str(draft.row.id)


def text_of(act: ChatInput) -> str:
    """What the person wrote, if anything."""
    return getattr(act.what, "text", "") or getattr(act.what, "caption", "")

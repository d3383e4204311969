"""A known person's act in the chat, given to the conversation as one input; what is no answer goes to the staff."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

from conversations.session import State
from conversations.turn import Accepted, Ask, Input, Resume, Turn
from intake import drafts, matters, privacy
from intake.channels.telegram import screens
from intake.channels.telegram.buttons import Action
from intake.channels.telegram.incoming import ChatInput
from intake.channels.telegram.render import NOTHING, Touched, render
from intake.chat.visit import CHANNEL, Visit, salt, text_of
from intake.drafts import Draft
from intake.tables import Person

FINISHED = (State.SUBMITTED, State.WITHDRAWN)


class Talk:
    """One act of a known person who has not said stop."""

    def __init__(self, visit: Visit, person: Person, act: ChatInput) -> None:
        self.visit, self.person, self.act = visit, person, act
        self.now = visit.now
        person.last_input_at, person.last_channel = visit.now, CHANNEL

    @cached_property
    def draft(self) -> Draft | None:
        """What the person is at as the act begins."""
        return drafts.current(self.visit.session, self.visit.desk, self.person)

    def given(self, given: Input) -> Turn | None:
        """An answer; None when there is nothing to answer: then a conversation began, or the staff were told."""
        draft = self.draft
        if draft is None:
            self.visit.begin(self.person)
            return None
        if draft.answers.state in FINISHED:
            self.to_staff()
            return None
        return self.visit.take(self.person, draft, given, Touched(self.open_message(draft)))

    def open_message(self, draft: Draft) -> int | None:
        """The message under which the buttons of the open question, or of the review, stand."""
        found = self.visit.shown
        reviewed = draft.answers.state is State.REVIEW and found.holds(Action.JUMP)
        return found.message_id if reviewed or found.belongs(draft.answers.at or "", salt(draft)) else None

    def take(self, draft: Draft, given: Input, touched: Touched = NOTHING) -> str:
        self.visit.take(self.person, draft, given, touched)
        return "answered"

    def show_again(self, draft: Draft, touched: Touched) -> None:
        """The open question in place: another page or group of its list."""
        asks = [prompt for prompt in self.ask(draft) if isinstance(prompt, Ask)]
        payloads = render(asks, self.visit.language, salt=salt(draft), touched=touched)
        self.visit.send(payloads, conversation_id=draft.row.id)

    def ask(self, draft: Draft) -> Sequence[object]:
        return drafts.advance(self.visit.session, self.visit.desk, draft, Resume(now=self.now), CHANNEL).prompts

    def to_staff(self, kind: str = "remark", text: str = "", said: str = "to_staff") -> str:
        """What is no answer goes to the staff, and is acknowledged by the sentence `said`."""
        matters.open_matter(
            self.visit.session,
            kind,
            self.now,
            person_id=self.person.id,
            inbox_id=self.visit.row.id,
            text=text or text_of(self.act),
        )
        if said:
            self.visit.say(said)
        return "to_staff"

    def stop(self) -> str:
        visit = self.visit
        privacy.stop(visit.session, visit.desk, self.person, self.now, channel=CHANNEL, address=visit.chat)
        return "stopped"

    def acknowledged(self, callback_id: str, *, close: bool = True) -> None:
        """End the waiting of a pressed button; `close` takes the screen's keyboard away, it has served."""
        if callback_id:
            self.visit.send([screens.answer_callback(callback_id)])
        if close and self.act.message_id is not None:
            self.visit.send([{"kind": "edit_markup", "message_id": self.act.message_id}])

    def stale(self, callback_id: str) -> str:
        return self.visit.stale(callback_id)


def accepted(turn: Turn | None) -> list[str]:
    """Paths of the answers that were taken."""
    return [prompt.path for prompt in turn.prompts if isinstance(prompt, Accepted)] if turn else []

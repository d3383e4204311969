"""Who comes into the chat, through which link, and how they are greeted."""

from __future__ import annotations

from conversations.session import State
from conversations.turn import Ask, Resume
from intake import drafts, identity, outbox, people, privacy
from intake.channels.telegram import screens
from intake.channels.telegram.buttons import Action, Button, decode, token
from intake.channels.telegram.incoming import ChatInput
from intake.channels.telegram.render import render
from intake.chat.visit import CHANNEL, Visit, salt
from intake.identity import Arrival, Outcome
from intake.tables import Person


class Door:
    """Meets whoever opens the chat."""

    def __init__(self, visit: Visit) -> None:
        self._visit = visit

    def enter(self, payload: str) -> str:
        """/start, with what stood in the link; also the first words of somebody unknown."""
        visit = self._visit
        found = identity.arrive(visit.session, visit.desk, visit.chat, payload, visit.person, visit.now)
        visit.person = found.person
        if found.outcome is Outcome.ASK and found.owner is not None:
            self._ask_meant(found.owner)
        elif found.person is None or found.outcome is Outcome.USED:
            visit.say("link_used" if found.outcome is Outcome.USED else "no_welcome")
        else:
            self._greet(found, found.person)
        return found.outcome

    def pressed(self, act: ChatInput, data: str, callback_id: str) -> str | None:
        """The answer to "was the invitation meant for you?", taken once; None for any other button."""
        button = decode(data)
        if button is None or button.action is not Action.MEANT:
            return None
        visit = self._visit
        if not visit.shown.holds(Action.MEANT):
            return visit.stale(callback_id)
        visit.send([screens.answer_callback(callback_id)] if callback_id else [])
        if act.message_id is not None:
            visit.send([{"kind": "edit_markup", "message_id": act.message_id}])
        owner = visit.session.get(Person, button.question)
        if owner is None or not button.belongs(owner.code):
            visit.say("link_used")
            return "stale"
        owner = people.now_known_as(visit.session, owner)
        return self._meant(owner) if button.index else self._passed_on(owner)

    def _meant(self, owner: Person) -> str:
        """Theirs, they say: a link goes to the known mailbox, and whoever can open it goes on."""
        visit = self._visit
        if owner == visit.person:
            self._greet(Arrival(Outcome.KNOWN, owner), owner)
            return Outcome.KNOWN
        sent = identity.send_once_link(visit.session, visit.desk, owner, visit.now)
        visit.say("link_sent" if sent else "no_mailbox")
        return "link_sent" if sent else "no_mailbox"

    def _passed_on(self, owner: Person) -> str:
        """A new respondent of the next wave, unless the chat belongs to somebody."""
        visit = self._visit
        person = identity.newcomer(visit.session, owner, visit.chat, visit.person, visit.now)
        visit.person = person
        self._greet(Arrival(Outcome.NEW, person), person)
        return "passed_on"

    def _ask_meant(self, owner: Person) -> None:
        mark, number = token(owner.code), owner.id or 0
        self._visit.offer(
            "meant_for_you",
            ("meant_yes", Button(Action.MEANT, number, mark, 1)),
            ("meant_no", Button(Action.MEANT, number, mark, 0)),
        )

    def _greet(self, found: Arrival, person: Person) -> None:
        """Begin, go on, or offer another initiative."""
        visit = self._visit
        visit.row.person_id = person.id
        if person.stopped_at is not None or outbox.stopped(visit.session, visit.chat, visit.desk.key):
            privacy.come_back(visit.session, visit.desk, person, visit.chat, visit.now)
        person.last_input_at, person.last_channel = visit.now, CHANNEL
        draft = found.draft or drafts.current(visit.session, visit.desk, person)
        if draft is None or draft.answers.state is State.WITHDRAWN:
            visit.begin(person)
        elif draft.answers.state is State.SUBMITTED:
            visit.offer_another()
        elif found.outcome is Outcome.KNOWN and draft.row.answered_at is not None:
            self._welcome_back(draft)
        else:
            visit.take(person, draft, Resume(now=visit.now))

    def _welcome_back(self, draft: drafts.Draft) -> None:
        """A second /start finds a draft: continue, start over, or change the language."""
        visit = self._visit
        result = drafts.advance(visit.session, visit.desk, draft, Resume(now=visit.now), CHANNEL)
        ask = next((prompt for prompt in result.prompts if isinstance(prompt, Ask)), None)
        if ask is not None:
            visit.send(screens.welcome_back(ask.position, ask.total, visit.language))
        else:
            visit.send(render(result.prompts, visit.language, salt=salt(draft)), conversation_id=draft.row.id)

"""What a phone shares by itself, the person's own number or a place: an answer only where it is asked for."""

from __future__ import annotations

from conversations.forms import Kind
from conversations.turn import Answer, Input, Locate
from intake.channels.telegram import incoming
from intake.chat import files
from intake.chat.talk import FINISHED, Talk


def contact(talk: Talk, given: incoming.Contact) -> str:
    """The number that Telegram vouches for. Somebody else's is nobody's to give: it is not stored."""
    draft = talk.draft
    question = files.open_question(draft) if draft else None
    asked = question is not None and "phone" in question.appearances
    if draft is not None and not given.own:
        talk.visit.say("others_contact" if asked else "others_contact_refused")
        return "not asked"
    number = given.phone if given.phone.startswith("+") else f"+{given.phone}"
    return _take(talk, Answer(number, now=talk.now), number, asked=asked)


def location(talk: Talk, given: incoming.Location) -> str:
    draft = talk.draft
    question = files.open_question(draft) if draft else None
    place = Locate(given.latitude, given.longitude, now=talk.now)
    asked = question is not None and question.kind is Kind.GEOPOINT
    return _take(talk, place, f"{given.latitude:.5f}, {given.longitude:.5f}", asked=asked)


def _take(talk: Talk, given: Input, text: str, *, asked: bool) -> str:
    """The answer; after the end a word to the staff; elsewhere it is said that something else was asked."""
    draft = talk.draft
    if draft is not None and draft.answers.state in FINISHED:
        return talk.to_staff(text=text)
    if draft is not None and not asked:
        talk.visit.say("not_asked_for")
        return "not asked"
    return "answered" if talk.given(given) else "not asked"

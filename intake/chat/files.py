"""A file in the chat: the answer to a question that asks for one, else a remark for the staff."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from conversations.forms import Kind, Question
from conversations.session import State
from conversations.turn import Answer, Attach
from intake import attachments, matters, outbox, people, wording
from intake.channels.telegram import incoming, screens
from intake.chat.talk import Talk
from intake.chat.visit import CHANNEL, plain
from intake.desk import Desk
from intake.drafts import Draft
from intake.outbox import Message
from intake.tables import Attachment, AttachmentState, Person

MEDIA = (Kind.IMAGE, Kind.AUDIO, Kind.VIDEO, Kind.FILE)
PREFIX = "attachment:"
TOGETHER = timedelta(seconds=5)


def receive(talk: Talk, file: incoming.Attachment) -> str:
    """Take the file, or say why not; the outcome in a word."""
    session, person = talk.visit.session, talk.person
    refused = attachments.refusal(session, file.kind, file.name, file.size, person.id or 0, talk.now)
    if refused is not None:
        talk.visit.say(refused)
        return refused
    draft = talk.draft
    question = _media_question(draft, file.kind) if draft else None
    row = _row(talk, file, draft, question or "")
    if draft is not None and question is not None:
        return talk.take(draft, Attach(None, f"{PREFIX}{row.id}", now=talk.now))
    return _remark(talk, draft, file, row)


def tell(session: Session, desk: Desk, row: Attachment, now: datetime) -> None:
    """A file that could not be fetched in the end: the person is asked to send it again, the staff learn of it."""
    if row.state != AttachmentState.FAILED or row.person_id is None:
        return
    person = session.get_one(Person, row.person_id)
    matters.open_matter(session, "attachment_failed", now, person_id=person.id, text=f"{PREFIX}{row.id}")
    chat = people.address(session, person.id, CHANNEL)
    if chat is not None:
        for payload in screens.plain(wording.text(person.language, "chat.file_failed", name=row.name or "–")):
            message = Message(CHANNEL, "answer", f"{PREFIX}{row.id}:failed", chat, payload, now, person.id)
            outbox.put(session, message, now)


def asks_for_text(draft: Draft) -> bool:
    """Whether anything that is written may be the answer now."""
    question = open_question(draft)
    return question is not None and question.kind is Kind.TEXT


def open_question(draft: Draft) -> Question | None:
    """What is asked now; nothing at the review and after the end."""
    if draft.answers.state not in (State.OPEN, State.PAUSED):
        return None
    return draft.form.question_at(plain(draft.answers.at or ""))


def _media_question(draft: Draft, kind: str) -> str | None:
    """The path of the open question if such a file answers it; a picture may come as a document."""
    question = open_question(draft)
    fits = question is not None and (kind in (question.kind, "file") or question.kind is Kind.FILE)
    return draft.answers.at if question is not None and question.kind in MEDIA and fits else None


def _row(talk: Talk, file: incoming.Attachment, draft: Draft | None, path: str) -> Attachment:
    row = Attachment(
        person_id=talk.person.id,
        conversation_id=draft.row.id if draft else None,
        inbox_id=talk.visit.row.id,
        path=path,
        kind=file.kind,
        provider_id=file.file_id,
        name=attachments.cleaned(file.name),
        due_at=talk.now,
        created_at=talk.now,
    )
    talk.visit.session.add(row)
    talk.visit.session.flush()
    return row


def _one_of_several(talk: Talk, row: Attachment) -> bool:
    """Whether another file came a moment before: an album of pictures arrives one by one, and is thanked for once."""
    before = select(col(Attachment.id)).where(
        col(Attachment.person_id) == talk.person.id,
        col(Attachment.path) == "",
        col(Attachment.id) < row.id,
        col(Attachment.created_at) > talk.now - TOGETHER,
    )
    return talk.visit.session.scalars(before.limit(1)).first() is not None


def _remark(talk: Talk, draft: Draft | None, file: incoming.Attachment, row: Attachment) -> str:
    """What is written under the file answers the open question; the file itself goes to the staff."""
    text = f"{PREFIX}{row.id} {file.caption}".strip()
    under_way = draft is not None and draft.answers.state is State.OPEN
    said = "file_beside_question" if under_way and not file.caption else "file_to_staff"
    talk.to_staff("attachment", text, "" if _one_of_several(talk, row) else said)
    if under_way and file.caption:
        talk.given(Answer(file.caption, now=talk.now))
    return "attachment"

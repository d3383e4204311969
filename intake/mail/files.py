"""Files that came with a mail: answers to questions that ask for one, else material for the staff; stored by hash."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from conversations.forms import Kind
from conversations.turn import outstanding
from intake import attachments
from intake.channels.email import enclosed
from intake.channels.email.enclosed import File
from intake.drafts import Draft
from intake.mail.visit import Visit
from intake.tables import Attachment, AttachmentState, Person

MOST_A_MAIL = 10
LARGEST = 10_000_000
"""Bytes of one file; a mail of more than 25 MB is not fetched at all."""
PREFIX = "attachment:"
"""How an answer names a file."""
DOCUMENTS = ("doc", "docx", "odt", "rtf", "pdf", "txt", "md", "xls", "xlsx", "ods", "csv")
"""Endings of what may be a questionnaire filled in outside the mail."""
_TOLD = {"file_too_large": "large", "file_kind_refused": "type", "file_too_many": "many"}
_KINDS = {"image": Kind.IMAGE, "audio": Kind.AUDIO, "video": Kind.VIDEO}


@dataclass(slots=True)
class Files:
    """What became of the files of one mail: `told` is for the confirmation, `answers` by question name."""

    told: list[Mapping[str, object]] = field(default_factory=list)
    answers: dict[str, str] = field(default_factory=dict)


def keep(visit: Visit, person: Person, draft: Draft | None) -> Files:
    """Store the files beside the database and write their rows; the staff are told of what answers no question."""
    found = Files()
    open_questions = _open(visit, draft)
    for index, file in enumerate(enclosed.files(visit.body) if visit.mail.attachments else ()):
        reason = "file_too_many" if index >= MOST_A_MAIL else _refusal(visit, person, file)
        if reason is not None:
            found.told.append({"name": file.name, "reason": _TOLD[reason]})
            continue
        kind = _KINDS.get(file.content_type.partition("/")[0], Kind.FILE)
        name = next((name for name, (_, asked) in open_questions.items() if asked in (kind, Kind.FILE)), None)
        row = _store(visit, person, draft, file)
        if name is not None:
            path, _ = open_questions.pop(name)
            found.answers[name], row.path = f"{PREFIX}{row.id}", path
        else:
            visit.tell("attachment", person, f"{PREFIX}{row.id}")
        found.told.append({"name": file.name, "reason": "answer" if name is not None else _kept(file)})
    return found


def _open(visit: Visit, draft: Draft | None) -> dict[str, tuple[str, Kind]]:
    """Questions still open that a file answers, by name: their path and kind."""
    asks = outstanding(draft.form, draft.answers, visit.now) if draft is not None else ()
    media = {Kind.FILE, *_KINDS.values()}
    found = [ask for ask in asks if ask.kind in media and "[" not in ask.path]
    return {ask.path.rpartition("/")[2]: (ask.path, ask.kind) for ask in found}


def _refusal(visit: Visit, person: Person, file: File) -> str | None:
    if len(file.content) > LARGEST:
        return "file_too_large"
    return attachments.refusal(visit.session, "file", file.name, len(file.content), person.id or 0, visit.now)


def _kept(file: File) -> str:
    return "document" if file.name.rpartition(".")[2].lower() in DOCUMENTS else "kept"


def _store(visit: Visit, person: Person, draft: Draft | None, file: File) -> Attachment:
    """The bytes first: a file without a row harms nobody, and the same mail writes the same file again."""
    row = Attachment(
        person_id=person.id,
        conversation_id=draft.row.id if draft is not None else None,
        inbox_id=visit.row.id,
        kind="email",
        provider_id="",
        name=attachments.cleaned(file.name),
        state=AttachmentState.STORED,
        due_at=visit.now,
        digest=attachments.keep(visit.folder, file.content),
        size=len(file.content),
        created_at=visit.now,
        stored_at=visit.now,
    )
    visit.session.add(row)
    visit.session.flush()
    return row

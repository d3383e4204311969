"""Files that come with a mail: kept by hash beside the database, told to the staff and to the person."""

from __future__ import annotations

import hashlib
from datetime import date
from email.message import EmailMessage
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlmodel import col

from intake import attachments, campaign_files, forms
from intake.mail.files import LARGEST
from intake.tables import Attachment, AttachmentState
from tests.intake.conftest import desk_of
from tests.intake.mail.post import Post, text

ANNA = "anna@tilts.example"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(200_000)
QUESTIONNAIRE = """
| survey |
| | type | name | label::Latviešu (lv) | required | appearance |
| | text | title | Kā sauc iniciatīvu? | yes | core |
| | image | photo | Pievienojiet attēlu | yes | core |
| | file | plan | Pievienojiet plānu | | core |
| settings |
| | form_title | form_id | default_language |
| | Attēli | pictures | Latviešu (lv) |
"""


def rows(post: Post) -> list[Attachment]:
    return list(post.session.scalars(select(Attachment).order_by(col(Attachment.id))))


def with_files(post: Post, said: str, *files: tuple[str, str, bytes]) -> EmailMessage:
    message = post.mail(ANNA, said, to=post.invite(ANNA))
    for name, kind, content in files:
        main, _, sub = kind.partition("/")
        message.add_attachment(content, maintype=main, subtype=sub, filename=name)
    return message


def test_material_is_kept_with_the_submission(post: Post) -> None:
    content = b"%PDF-1.7 invented"
    assert (
        post.receive(with_files(post, "1. Saule", ("../../Plāns\u202e.pdf", "application/pdf", content))) == "answered"
    )
    (row,) = rows(post)
    digest = hashlib.sha256(content).hexdigest()
    assert (row.digest, row.size, row.state) == (digest, len(content), AttachmentState.STORED)
    assert (row.person_id, row.conversation_id) == (post.person(ANNA).id, post.drafts(ANNA)[0].id)
    assert "/" not in row.name
    assert row.name.endswith(".pdf")
    assert attachments.path_of(post.folder / attachments.FOLDER, digest).read_bytes() == content
    (letter,) = post.deliver()
    assert "to izlasīs kolēģis" in text(letter)
    assert post.matters() == [("attachment", f"attachment:{row.id}")]


def test_a_filled_in_document_alone(post: Post) -> None:
    assert post.receive(with_files(post, "", ("anketa.docx", "application/msword", b"PK invented"))) == "answered"
    (letter,) = post.deliver()
    assert "Pielikumi" in text(letter)
    assert "anketa.docx" in text(letter)
    assert [kind for kind, _ in post.matters()] == ["attachment"]


@pytest.mark.parametrize(
    ("name", "size", "said"),
    [
        ("virus.exe", 10, "Šāda veida failus nepieņemam"),
        ("page.html", 10, "Šāda veida failus nepieņemam"),
        ("noname", 10, "Šāda veida failus nepieņemam"),
        ("film.mp4", LARGEST + 1, "Fails ir pārāk liels"),
    ],
)
def test_what_is_not_kept_is_told(post: Post, name: str, size: int, said: str) -> None:
    message = with_files(post, "1. Saule", (name, "application/octet-stream", bytes(size)))
    assert post.receive(message) == "answered"
    assert said in text(post.deliver()[0])
    assert rows(post) == []


def test_too_many_files(post: Post) -> None:
    message = with_files(post, "1. Saule", *((f"{n}.pdf", "application/pdf", b"%d" % n) for n in range(13)))
    post.receive(message)
    assert len(rows(post)) == 10
    assert text(post.deliver()[0]).count("Failu ir pārāk daudz") == 3


def test_what_clients_add_is_no_file(post: Post) -> None:
    message = post.mail(ANNA, "1. Saule", to=post.invite(ANNA))
    message.add_alternative('<p>1. Saule</p><img src="cid:logo@x">', subtype="html")
    message.add_attachment(b"\x89PNG", maintype="image", subtype="png", cid="<logo@x>", disposition="inline")
    message.add_attachment(b"signed", maintype="application", subtype="pgp-signature", filename="signature.asc")
    message.add_attachment("BEGIN:VCARD\nEND:VCARD\n", subtype="vcard", filename="anna.vcf")
    post.receive(message)
    assert (rows(post), "Pielikumi" in text(post.deliver()[0])) == ([], False)


def test_files_answer_the_questions_that_ask_for_them(post: Post, tmp_path: Path) -> None:
    folder = tmp_path / "campaign"
    campaign_files.write(folder, campaign_files.Window(date(2026, 1, 12), date(2026, 2, 13)))
    (folder / "initiative.md").write_text(QUESTIONNAIRE, encoding="utf-8")
    xform, form, files = forms.compiled(folder / "initiative.md", tmp_path / "forms")
    post.desk = desk_of(folder, forms.install(post.session, xform, form, files, post.now))
    plan, photo = ("plan.pdf", "application/pdf", b"%PDF"), ("foto.png", "image/png", PNG)
    assert post.receive(with_files(post, "1. Saule", plan, photo)) == "submitted"
    (submitted,) = post.submissions(ANNA)
    by_name = {row.name: f"attachment:{row.id}" for row in rows(post)}
    assert submitted.answers["photo"] == by_name["foto.png"]
    assert submitted.answers["plan"] == by_name["plan.pdf"]
    assert post.matters() == []


def test_a_question_with_a_file(post: Post) -> None:
    assert (
        post.receive(with_files(post, "Vai šis ir pareizi?", ("anketa.pdf", "application/pdf", b"%PDF"))) == "question"
    )
    assert [kind for kind, _ in post.matters()] == ["attachment", "question"]

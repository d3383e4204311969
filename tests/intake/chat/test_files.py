"""Files: on disk under their hash and nowhere else, fetched again after a fault, removed with the person."""

from __future__ import annotations

import hashlib
import os
from datetime import timedelta
from pathlib import Path

import pytest

from intake import attachments, people, privacy
from intake.tables import Attachment, AttachmentState, Matter
from tests.intake.chat.place import Place, opened

CONTENT = b"%PDF-1.7 about us"
DIGEST = hashlib.sha256(CONTENT).hexdigest()


def kept(tmp_path: Path) -> list[Path]:
    return [path for path in (tmp_path / attachments.FOLDER).rglob("*") if path.is_file()]


async def send(place: Place, name: str = "../apraksts.pdf") -> Attachment:
    person = place.person(5001)
    person.start()
    person.send_document(name, CONTENT, caption="Saules darbnīca")
    await place.settle()
    (row,) = await place.rows(Attachment)
    return row


async def test_a_file_is_kept_under_the_hash_of_its_content(tmp_path: Path) -> None:
    async with opened(tmp_path) as place:
        row = await send(place)
        (path,) = kept(tmp_path)
        assert (row.state, row.digest, row.name, row.size) == ("stored", DIGEST, "apraksts.pdf", len(CONTENT))
        assert path == tmp_path / "attachments" / DIGEST[:2] / DIGEST
        assert path.stat().st_mode & 0o777 == 0o600
        (matter,) = await place.rows(Matter)
        assert (matter.kind, matter.text) == ("attachment", f"attachment:{row.id} Saules darbnīca")


async def test_an_album_is_thanked_for_once(tmp_path: Path) -> None:
    async with opened(tmp_path) as place:
        person = place.person(5001)
        person.start()
        for number in range(4):
            person.send_photo(b"\xff\xd8\xff" + bytes([number]))
        await place.settle()
        assert sum("nodevām" in message.get("text", "") for message in person.history()) == 1
        assert [matter.kind for matter in await place.rows(Matter)] == ["attachment"] * 4
        assert len(kept(tmp_path)) == 4


@pytest.mark.parametrize("fault", ["502", "drop before", "drop after", "429"])
async def test_a_file_is_fetched_again_after_a_fault(tmp_path: Path, fault: str) -> None:
    async with opened(tmp_path) as place:
        place.api.faults.plan("getFile", fault, retry_after_s=1)
        person = place.person(5001)
        person.start()
        person.send_document("apraksts.pdf", CONTENT)
        await place.api.account.chats[5001].until(lambda: place.api.faults.happened or None, 20)
        place.wait(timedelta(minutes=5))
        await place.settle()
        (row,) = await place.rows(Attachment)
        assert (row.state, row.attempts) == (AttachmentState.STORED, 2)
        assert len(kept(tmp_path)) == 1


async def test_a_file_that_cannot_be_fetched_is_asked_for_again(tmp_path: Path) -> None:
    async with opened(tmp_path) as place:
        place.api.faults.plan("getFile", "400", description="wrong file_id")
        row = await send(place)
        assert row.state == AttachmentState.FAILED
        assert "neizdevās saņemt" in place.person(5001).shown()["text"]
        assert "attachment_failed" in [matter.kind for matter in await place.rows(Matter)]


async def test_what_a_dead_process_had_begun_is_fetched_when_its_lease_ends(tmp_path: Path) -> None:
    async with opened(tmp_path) as place:
        now = place.now
        row = Attachment(kind="file", provider_id="1", due_at=now, created_at=now)
        leased = await place.change(lambda s: (s.add(row), s.flush(), attachments.lease(s, now))[2])
        assert leased is not None
        later = now + attachments.LEASE + timedelta(seconds=1)
        again = (
            await place.look(lambda s: attachments.lease(s, now)),
            await place.look(lambda s: attachments.lease(s, later)),
        )
        assert (again[0], again[1]) == (None, leased)
        await place.change(lambda s: attachments.erase(s))


async def test_what_a_dead_process_left_is_removed_at_the_next_start(tmp_path: Path) -> None:
    async with opened(tmp_path) as place:
        await send(place)
    (known,) = kept(tmp_path)
    strays = [known.with_name(name) for name in (f"{DIGEST}.77.part", "ab" * 32, "cd" * 32)]
    for stray in strays:
        stray.write_bytes(b"x")
    for old in (known, *strays[:2]):
        os.utime(old, (0, 0))
    async with opened(tmp_path) as place:
        while strays[1].exists():
            await place.look(lambda session: None)
    assert set(kept(tmp_path)) == {known, strays[2]}


async def test_an_erased_person_leaves_no_file(tmp_path: Path) -> None:
    async with opened(tmp_path) as place:
        await send(place)
        desk, now = place.service.desk, place.now

        def forget(session):  # type: ignore[no-untyped-def]
            person = people.by_address(session, "telegram", "5001")
            privacy.forget(session, desk, person, now, "self")

        await place.change(forget)
        while kept(tmp_path):
            place.service.asked.ring()
            await place.settle()
            await place.look(lambda session: None)
        (row,) = await place.rows(Attachment)
        assert (row.state, row.name) == (AttachmentState.ERASED, "")


@pytest.mark.parametrize(
    ("name", "clean"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\x\\apraksts.docx", "apraksts.docx"),
        ("a;rm -rf $(x).pdf", "a_rm -rf _(x).pdf"),
        ("ā" * 300 + ".pdf", "ā" * 110 + "_" + "ā" * 5 + ".pdf"),
        ("", ""),
        (".htaccess", "htaccess"),
    ],
)
def test_names_mean_nothing_to_a_shell_or_a_file_system(name: str, clean: str) -> None:
    assert attachments.cleaned(name) == clean

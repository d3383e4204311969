"""Raw updates in, what the person did out."""

import json
from contextlib import suppress
from copy import deepcopy
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.channels import Unreadable
from intake.channels.telegram.incoming import (
    Attachment,
    Blocked,
    ChatInput,
    Command,
    Contact,
    Edited,
    Location,
    Migrated,
    Pressed,
    Text,
    Unblocked,
    Unsupported,
    What,
    read,
)

Json = dict[str, Any]
ANNA: Json = {"id": 7, "is_bot": False, "first_name": "Anna", "last_name": "Ozola", "language_code": "lv"}
CHAT: Json = {"id": 7, "type": "private", "first_name": "Anna"}
GROUP: Json = {"id": -100, "type": "supergroup", "title": "Komanda"}


def message(**content: Any) -> Json:
    return {"message_id": 5, "date": 1_790_000_000, "chat": CHAT, "from": ANNA, **content}


def update(**content: Any) -> bytes:
    return json.dumps({"update_id": 1, **content}).encode()


def what(**content: Any) -> What | None:
    found = read(update(message=message(**content)))
    return found and found.what


def member(status: str) -> Json:
    user = {"id": 1, "is_bot": True, "first_name": "Atsauce"}
    return {"user": user, "status": status, **({"until_date": 0} if status == "kicked" else {})}


def change(before: str, after: str, chat: Json = CHAT) -> bytes:
    moved = {"old_chat_member": member(before), "new_chat_member": member(after)}
    return update(my_chat_member={"chat": chat, "from": ANNA, "date": 1_790_000_000, **moved})


def press(**content: Any) -> bytes:
    query = {"id": "99", "from": ANNA, "chat_instance": "1", "message": message(text="?"), "data": "c1", **content}
    return update(callback_query={name: value for name, value in query.items() if value is not None})


def test_a_text_with_everything_around_it() -> None:
    assert read(update(message=message(text="Labdien"))) == ChatInput(
        update_id=1,
        chat_id=7,
        user_id=7,
        name="Anna Ozola",
        language_code="lv",
        message_id=5,
        date=datetime.fromtimestamp(1_790_000_000, UTC),
        in_group=False,
        what=Text("Labdien"),
    )


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("/start", Command("start")),
        ("/start AbC_1-2", Command("start", "AbC_1-2")),
        ("/start " + "x" * 64, Command("start", "x" * 64)),
        ("/start " + "x" * 65, Command("start")),
        ("/start kods!", Command("start")),
        ("/start kodš", Command("start")),
        ("/START@AtsauceBot abc", Command("start", "abc")),
        ("/help\nkas tas ir", Command("help", "kas tas ir")),
        ("/language en", Command("language", "en")),
        ("1/2", Text("1/2")),
        ("/ jā", Text("/ jā")),
        ("/pašvaldība", Text("/pašvaldība")),
        ("a\x00b", Text("ab")),
        ("\ud83d", Text("")),
        ("a" * 5000, Text("a" * 4096)),
    ],
)
def test_texts_and_commands(text: str, meant: What) -> None:
    assert what(text=text) == meant


FILE = {"file_id": "F1", "file_unique_id": "U1", "file_size": 10}
PHOTO = {**FILE, "width": 1, "height": 1}
SOUND = {**FILE, "duration": 1}


@pytest.mark.parametrize(
    ("content", "meant"),
    [
        ({"contact": {"phone_number": "+37120000000", "first_name": "A", "user_id": 7}}, Contact("+37120000000", True)),
        (
            {"contact": {"phone_number": "+37120000000", "first_name": "A", "user_id": 8}},
            Contact("+37120000000", False),
        ),
        ({"location": {"latitude": 56.9, "longitude": 24.1}}, Location(56.9, 24.1)),
        ({"photo": [{**PHOTO, "file_id": "F0"}, PHOTO], "caption": "c"}, Attachment("image", "F1", 10, "", "c")),
        ({"document": {**FILE, "file_name": "a.pdf"}}, Attachment("file", "F1", 10, "a.pdf", "")),
        ({"voice": SOUND}, Attachment("audio", "F1", 10, "", "")),
        ({"audio": {**SOUND, "file_name": "a.mp3"}}, Attachment("audio", "F1", 10, "a.mp3", "")),
        ({"video": {**PHOTO, **SOUND}}, Attachment("video", "F1", 10, "", "")),
        ({"video_note": {**SOUND, "length": 1}}, Attachment("video", "F1", 10, "", "")),
        ({"dice": {"emoji": "🎲", "value": 3}}, Unsupported()),
        ({"migrate_to_chat_id": -1005, "chat": GROUP}, Migrated(-100, -1005)),
        ({"migrate_from_chat_id": -5, "chat": GROUP}, Migrated(-5, -100)),
        ({"delete_chat_photo": True}, None),
    ],
)
def test_other_messages(content: Json, meant: What | None) -> None:
    assert what(**content) == meant


def test_an_edited_text_names_the_message() -> None:
    edited = read(update(edited_message=message(text="labots\x00", edit_date=1_790_000_100)))
    assert edited is not None
    assert (edited.message_id, edited.what) == (5, Edited("labots"))


@pytest.mark.parametrize(
    ("body", "meant"),
    [
        (press(), Pressed("c1", "99")),
        (press(message={"chat": CHAT, "message_id": 5, "date": 0}), Pressed("c1", "99")),
        (press(message=None, inline_message_id="x"), None),
        (press(data=None, game_short_name="x"), None),
        (change("member", "kicked"), Blocked()),
        (change("kicked", "member"), Unblocked()),
        (change("member", "member", GROUP), None),
    ],
)
def test_buttons_and_membership(body: bytes, meant: What | None) -> None:
    found = read(body)
    assert (found and found.what) == meant
    if found and isinstance(meant, Pressed):
        assert (found.chat_id, found.message_id, found.date) == (7, 5, None)


def test_in_a_group() -> None:
    found = read(update(message=message(text="/start", chat=GROUP)))
    assert found is not None
    assert found.in_group
    assert (found.chat_id, found.user_id) == (-100, 7)


@pytest.mark.parametrize(
    "body",
    [
        update(),
        update(channel_post=message(text="x")),
        update(message=message(text="x", **{"from": {**ANNA, "is_bot": True}})),
    ],
)
def test_nothing_for_us(body: bytes) -> None:
    assert read(body) is None


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff\xfe",
        b"[]",
        b"null",
        b"{}",
        b"[" * 100_000,
        b"9" * 5_000,
        b'{"update_id":"x"}',
        b'{"update_id":true}',
        b'{"update_id":' + b"9" * 30 + b"}",
        b" " * 1_000_001,
        update(message=5),
        update(message={"chat": 5}),
        update(message=message(text="x", chat={"id": "7", "type": "private"})),
        update(message=message(text=5)),
        update(message=message(date=1e30)),
        update(message=message(date=10**20)),
        update(message=message(location={"latitude": "north", "longitude": 1})),
        update(message=message(text="x", **{"from": {**ANNA, "first_name": ["A"]}})),
        update(callback_query={}),
        update(my_chat_member={"chat": CHAT}),
    ],
)
def test_unreadable(body: bytes) -> None:
    with pytest.raises(Unreadable):
        read(body)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
GOOD = [
    json.loads(body)
    for body in (
        update(message=message(text="/start x")),
        update(message=message(photo=[PHOTO], caption="c")),
        update(message=message(location={"latitude": 1, "longitude": 2})),
        update(message=message(contact={"phone_number": "+371", "first_name": "A"})),
        update(edited_message=message(text="x")),
        press(),
        change("member", "kicked"),
    )
]


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for key, part in inner for place in places(part, (*path, key)))]


@st.composite
def spoiled(draw: st.DrawFn) -> Any:
    """A good update with one part replaced by anything, or taken away."""
    value = {"update": deepcopy(draw(st.sampled_from(GOOD)))}
    *way, last = draw(st.sampled_from(places(value)[1:]))
    holder: Any = value
    for key in way:
        holder = holder[key]
    if draw(st.booleans()):
        holder[last] = draw(JSON)
    else:
        del holder[last]
    return value.get("update")


@given(spoiled() | JSON)
def test_nothing_but_unreadable_is_raised(value: Any) -> None:
    try:
        found = read(json.dumps(value).encode())
    except Unreadable:
        return
    assert found is None or (isinstance(found.chat_id, int) and isinstance(found.user_id, int))


@given(st.binary(max_size=200))
def test_nor_for_bytes(body: bytes) -> None:
    with suppress(Unreadable):
        read(body)

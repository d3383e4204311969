"""Recorded conversations over the Bot API: a text file that says who says what, played again and compared.

    # What is shown, in a sentence.
    contact: anna@example.org, Anna Ozola, Biedrība “Saules tilts”
    setting: staff_chat = -100200
    campaign: welcome_without_invitation = false
    questionnaire: media.md             one of tests/intake/chat/samples

    @ Anna                              whose chat this is from here on (`@ Anna in group` : in the staff chat)
    > /start {code anna@example.org}    what the person types; {pass ...} is the link to pass on, {once ...} a link sent
    > [Gatavs (2)]                      a button under the newest message that has one which begins so
    > <edit Droši mājas> Droši mājās    also <photo>, <file NAME>, <voice>, <location 56.95 24.1>,
                                        <contact NUMBER> WHOSE, <block>, <unblock>, <stale [LABEL]>, <wait 31 min>,
                                        <tick>, <long N> WORDS, <until TEXT> (the usual answers until the bot says so)
      Labdien!                          what the service says, two spaces before every line
      ✎ Kā sauc iniciatīvu?             a message that was changed
      [Gatavs] [‹ Atpakaļ]              the buttons under it
      ⌨ [Nosūtīt manu tālruņa numuru]   a keyboard in place of the phone's own; "⌨ –": it is put away
      (!) Šis jautājums jau ir slēgts   what appears over the chat for a moment

To write into the files what the service says now: `python -m tests.intake.chat.recording FILES`.
"""

from __future__ import annotations

import asyncio
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlmodel import col, select

from intake import people
from intake.campaign_files import write
from intake.playground.bot_api import Callback, Chat, Person
from intake.playground.bot_api.keyboards import buttons
from intake.tables import Outbox
from tests.acceptance.answers import CHAT
from tests.acceptance.chat import Press
from tests.intake.chat.place import STAFF_CHAT, WINDOW, Place, opened

LONGEST_LINE, MOST_LINES, MOST_ROWS = 100, 9, 5
_HIDDEN = r"\1…"
_FILE = {"file_id": "F", "file_unique_id": "U"}
_SINCE_9_6 = ("allows_revoting", "members_only")
_STICKER = {"type": "regular", "width": 9, "height": 9, "is_animated": False, "is_video": False}
_USER = {"id": 99, "is_bot": False, "first_name": "Cits"}
OTHERS: dict[str, dict[str, Any]] = {
    "sticker": {"sticker": _FILE | _STICKER},
    "dice": {"dice": {"emoji": "🎲", "value": 3}},
    "poll": {
        "poll": dict.fromkeys(("is_closed", "is_anonymous", "allows_multiple_answers", *_SINCE_9_6), False)
        | {"id": "1", "question": "?", "options": [], "total_voter_count": 0, "type": "regular"}
    },
    "venue": {
        "location": {"latitude": 57.0, "longitude": 25.0},
        "venue": {"location": {"latitude": 57.0, "longitude": 25.0}, "title": "Kafejnīca", "address": "Rīgas iela 1"},
    },
    "story": {"story": {"id": 1, "chat": {"id": 99, "type": "private"}}},
    "forward": {"forward_origin": {"type": "user", "date": 1, "sender_user": _USER}},
    "pin": {"pinned_message": {"message_id": 1, "date": 0, "chat": {"id": 5001, "type": "private"}, "text": "x"}},
}
"""What people send beside texts and files."""
SAMPLES = Path(__file__).parent / "samples"
Json = dict[str, Any]
_ACT = re.compile(r"<(\w+)(?: ([^>]*))?>(?: (.*))?", re.DOTALL)
_CODE = re.compile(r"\{(\w+) ([^}]*)\}")
_SECRET = re.compile(r"(start=|SI-)[\w-]+")


class Recording:
    """One file: remarks and head, and the lines of the conversation."""

    def __init__(self, text: str) -> None:
        head, _, self.talk = text.partition("\n\n")
        self.head = head.split("\n")

    def values(self, key: str) -> list[str]:
        return [line.partition(":")[2].strip() for line in self.head if line.startswith(f"{key}:")]

    async def play(self, folder: Path) -> str:
        """The file as it would read if the service spoke now."""
        settings = dict(_pair(line) for line in self.values("setting"))
        async with opened(folder / "data", self._campaign(folder), **settings) as place:
            place.api.account.open_group(STAFF_CHAT, "Komanda")
            await place.invite(*map(_contact, self.values("contact")))
            return "\n".join([*self.head, "", *[line async for line in Stage(place).play(self.talk)]])

    def _campaign(self, folder: Path) -> Path | None:
        changes, questionnaire = self.values("campaign"), self.values("questionnaire")
        if not changes and not questionnaire:
            return None
        write(folder / "campaign", WINDOW)
        if questionnaire:
            shutil.copyfile(SAMPLES / questionnaire[0], folder / "campaign" / "initiative.md")
        path = folder / "campaign" / "campaign.toml"
        text = path.read_text(encoding="utf-8")
        for name, value in map(_pair, changes):
            section, _, key = name.rpartition(".")
            text = re.sub(rf"(?m)^#? ?{key} *=.*\n", "", text)
            text = (
                text.replace(f"[{section}]\n", f"[{section}]\n{key} = {value}\n", 1)
                if section
                else f"{key} = {value}\n{text}"
            )
        path.write_text(text, encoding="utf-8")
        return path.parent


class Stage:
    """The conversation while it is played."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self.people: dict[str, Person] = {}
        self.who, self.group = "Anna", False
        self.shown: dict[tuple[int, int], Json] = {}
        self.injected = 0
        self.letters = 0
        self.pressed: list[Callback] = []
        self.keyboards: dict[int, str] = {}

    async def play(self, talk: str) -> Any:
        lines = talk.split("\n")
        self.letters = len(await self._letters())
        while lines:
            line = lines.pop(0)
            if line.startswith("@ "):
                self._enter(line[2:])
            if not line.startswith("  "):
                yield line
            if line.startswith("> "):
                await self._act(line[2:])
                await self.place.settle()
                for said in self._said():
                    yield f"  {said}".rstrip()
                for letter in (await self._letters())[self.letters :]:
                    yield f"  ✉ {letter}"
                self.letters = len(await self._letters())

    def _enter(self, name: str) -> None:
        self.who, _, where = name.partition(" in ")
        self.group = bool(where)
        self.person  # noqa: B018 - introduces them
        if self.group:
            self.person.join(self.place.api.account.chats[STAFF_CHAT])

    @property
    def person(self) -> Person:
        if self.who not in self.people:
            self.people[self.who] = self.place.person(5001 + len(self.people), self.who)
        return self.people[self.who]

    @property
    def chat(self) -> Chat:
        return self.place.api.account.chats[STAFF_CHAT] if self.group else self.person.chat

    async def _act(self, line: str) -> None:
        person, chat = self.person, self.chat
        act = _ACT.fullmatch(line)
        if line.startswith("["):
            self._press(line.strip("[]"))
        elif act is None:
            person.write((await self._filled(line)).replace("\\n", "\n"), chat=chat)
        else:
            await self._other(act[1], act[2] or "", act[3] or "")

    async def _other(self, name: str, argument: str, rest: str) -> None:
        act = getattr(self, f"_do_{name}")
        done = act(argument, rest)
        if done is not None:
            await done

    def _do_edit(self, beginning: str, text: str) -> None:
        mine = (m for m in reversed(self.person.history(self.chat)) if not m["from"]["is_bot"])
        message = next(m for m in mine if m.get("text", "").startswith(beginning))
        self.person.edit(message["message_id"], text, chat=self.chat)

    def _do_photo(self, _: str, caption: str) -> None:
        self.person.send_photo(b"\xff\xd8\xff a photo", caption)

    def _do_file(self, name: str, caption: str) -> None:
        size = 21_000_000 if "liels" in name else 2_000
        self.person.send_document(name, b"%PDF" + bytes(size), "application/pdf", caption)

    def _do_voice(self, *_: str) -> None:
        self.person.send_voice(b"OggS a voice")

    def _do_location(self, place: str, _: str) -> None:
        latitude, longitude = place.split()
        self.person.send_location(float(latitude), float(longitude))

    def _do_contact(self, number: str, whose: str) -> None:
        self.person.send_contact(number or "37120000000", **({"first_name": whose} if whose else {}))

    def _do_send(self, kind: str, rest: str) -> None:
        self.person.send(chat=self.chat, **OTHERS[kind], **({"text": rest} if rest else {}))

    def _do_update(self, kind: str, text: str) -> None:
        body = {"id": "1", "from": self.person.user, "query": text, "offset": ""} if kind == "inline_query" else None
        post = {"message_id": 1, "date": 0, "chat": {"id": -1009, "type": "channel", "title": "Kanāls"}, "text": text}
        self.injected += 1
        self.place.api.account.updates.inject({"update_id": 10_000 + self.injected, kind: body or post})

    def _do_invite(self, *_: str) -> None:
        """The bot is put into a group of this person's."""
        group = self.place.api.group(-700 - self.person.user["id"], "Draugi", self.person)
        account = self.place.api.account
        account.updates.put("my_chat_member", account.membership(group, self.person.user, "member"))

    def _do_block(self, quietly: str, _: str) -> None:
        if quietly:
            self.person.chat.blocked = True
        else:
            self.person.block()

    def _do_unblock(self, *_: str) -> None:
        self.person.unblock()

    def _do_leave(self, *_: str) -> None:
        del self.chat.members[self.person.user["id"]]

    def _do_stale(self, label: str, _: str) -> None:
        message, data = self._seen_button(label.strip("[]"))
        self.pressed.append(self.person.tap(message, data, chat=self.chat))

    def _do_long(self, length: str, words: str) -> None:
        self.person.write((words * 4096)[: int(length)], chat=self.chat)

    def _do_wait(self, time: str, _: str) -> None:
        self.place.wait(timedelta(minutes=float(time.split()[0])))

    async def _do_tick(self, *_: str) -> None:
        await self.place.tick()

    async def _do_until(self, text: str, _: str) -> None:
        await self._walk(text)

    async def _walk(self, until: str) -> None:
        """As tests.acceptance.answers has it; what is said on the way is not recorded."""
        for _ in range(60):
            await self.place.settle()
            list(self._said())
            text = person.shown()["text"] if (person := self.person) else ""
            if until in text:
                self.shown.pop((self.chat.id, person.shown()["message_id"]), None)
                return
            step = next(step for said in self._latest() for part, step in CHAT.items() if part in said)
            for label in step.labels if isinstance(step, Press) else ():
                self._press(label)
                await self.place.settle()
            if isinstance(step, str):
                person.write(step)
        raise AssertionError(f"nobody said {until}")

    def _latest(self) -> Iterator[str]:
        """What the bot said last, the newest first."""
        for message in list(reversed(self.person.history()))[:5]:
            if message["from"]["is_bot"]:
                yield message.get("text", "")

    def _press(self, label: str) -> None:
        for message in reversed(self.person.history(self.chat)):
            for button in buttons(message.get("reply_markup")):
                if "callback_data" in button and _bare(button["text"]).startswith(_bare(label)):
                    self.pressed.append(self.person.tap(message["message_id"], button["callback_data"], chat=self.chat))
                    return
        labels = [button["text"] for button in buttons(self.chat.reply_keyboard)]
        self.person.press(next((one for one in labels if one.startswith(label)), label), chat=self.chat)

    def _seen_button(self, label: str) -> tuple[int, str]:
        """A button that was there once."""
        for (chat, number), message in reversed(self.shown.items()):
            for button in buttons(message.get("was", message).get("reply_markup")) if chat == self.chat.id else ():
                if _bare(button["text"]).startswith(label):
                    return number, button["callback_data"]
        raise AssertionError(f"no button {label} was ever shown")

    async def _filled(self, line: str) -> str:
        for kind, address in _CODE.findall(line):
            line = line.replace(
                f"{{{kind} {address}}}", await self.place.change(lambda s, k=kind, a=address: self._code(s, k, a))
            )
        return line

    def _code(self, session: Any, kind: str, address: str) -> str:
        if kind == "once":
            letters = session.exec(select(Outbox).where(col(Outbox.address) == address).order_by(col(Outbox.id).desc()))
            return next(m[1] for row in letters if (m := re.search(r"start=([\w-]{12,})", row.payload["text"])))
        channel, value = ("email", address) if "@" in address else ("telegram", str(self.people[address].chat.id))
        person = people.by_address(session, channel, value)
        return person.pass_code if kind == "pass" else person.code

    async def _letters(self) -> list[str]:
        rows = await self.place.look(
            lambda s: list(s.exec(select(Outbox).where(col(Outbox.channel) == "email").order_by(col(Outbox.id))))
        )
        return [
            f"{row.address}: {_SECRET.sub(lambda m: m[1] + '…', row.payload.get('subject', ''))}"
            for row in rows
            if row.kind != "digest"
        ]

    def _said(self) -> Iterator[str]:
        for callback in self.pressed:
            if text := (callback.answer or {"text": "–– unanswered"}).get("text"):
                yield f"(!) {text}"
        self.pressed = []
        for chat in list(self.place.api.account.chats.values()):
            lines = list(self._new(chat))
            if lines and chat.id != self.chat.id:
                yield f"→ {chat.info.get('title') or chat.info['first_name']}"
            yield from lines
            keyboard = " ".join(f"[{button['text']}]" for button in buttons(chat.reply_keyboard))
            if self.keyboards.get(chat.id, "") != keyboard:
                self.keyboards[chat.id] = keyboard
                yield f"⌨ {keyboard or '–'}"

    def _new(self, chat: Chat) -> Iterator[str]:
        for message in list(chat.messages.values()):
            before = self.shown.get((chat.id, message["message_id"]))
            if message["from"]["is_bot"] and before != message and (before or {}).get("now") != message:
                if before is None:
                    self.shown[chat.id, message["message_id"]] = {**message, "now": message}
                else:
                    kept = message if message.get("reply_markup") else before.get("was", before)
                    self.shown[chat.id, message["message_id"]] = {"now": message, "was": kept}
                earlier = (before or {}).get("now", {})
                yield from _show(message, earlier if earlier.get("text") == message.get("text") else {}, bool(before))


def _show(message: Json, earlier: Json, edited: bool) -> Iterator[str]:
    """`earlier`: the message with the same text, when only the keyboard has changed."""
    lines = [line for line in message.get("text", message.get("caption", "")).split("\n") if line]
    lines = [next((line for line in lines if "?" in line), lines[0])] if earlier else lines
    shown = (
        lines
        if len(lines) <= MOST_LINES
        else [*lines[: MOST_LINES - 2], f"… ({len(lines) - MOST_LINES + 1})", lines[-1]]
    )
    for number, line in enumerate(shown):
        text = _short(_SECRET.sub(_HIDDEN, line))
        yield f"✎ {text}" if edited and not number else text
    keyboard = (message.get("reply_markup") or {}).get("inline_keyboard", ())
    rows = [" ".join(f"[{one['text']}]" for one in row) for row in keyboard]
    if len(rows) > MOST_ROWS + 1:
        rows = [*rows[: MOST_ROWS - 2], f"… ({len(rows) - MOST_ROWS})", *rows[-2:]]
    yield from (f"    {row}" for row in rows)


def _short(text: str) -> str:
    return text if len(text) <= LONGEST_LINE else f"{text[: LONGEST_LINE - 1]}…"


def _bare(label: str) -> str:
    return re.sub(r"^[a-z]\) ", "", label.lstrip("☐☑ "))


def _pair(line: str) -> tuple[str, str]:
    name, _, value = line.partition("=")
    return name.strip(), value.strip()


def _contact(line: str) -> dict[str, str]:
    address, name, organisation = (part.strip() for part in f"{line},,".split(",")[:3])
    return {"email": address, "name": name, "organisation": organisation}


def main(names: list[str]) -> None:
    for name in names:
        path = Path(name)
        with tempfile.TemporaryDirectory() as folder:
            text = asyncio.run(Recording(path.read_text(encoding="utf-8")).play(Path(folder)))
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])

"""Question types: what a chat or a letter can ask, and what XLSForm calls the same thing otherwise."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

SELECTS = {
    "select_one": "select_one",
    "select one": "select_one",
    "select one from": "select_one",
    "select1": "select_one",
    "add select one prompt using": "select_one",
    "select_multiple": "select_multiple",
    "select multiple": "select_multiple",
    "select all that apply": "select_multiple",
    "select all that apply from": "select_multiple",
    "add select multiple prompt using": "select_multiple",
    "select_one_from_file": "select_one_from_file",
    "select one from file": "select_one_from_file",
    "select_multiple_from_file": "select_multiple_from_file",
    "select multiple from file": "select_multiple_from_file",
    "rank": "rank",
}
ASKED = {
    "text", "integer", "decimal", "range", "note", "date", "time", "datetime", "acknowledge", "geopoint", "image",
    "audio", "video", "file",
}  # fmt: skip
SILENT = {"calculate", "hidden", "csv-external", "start", "end", "today"}
"""Never asked: a value that is computed, filled by the service, or the time of the conversation."""
DEVICE = {"deviceid", "username", "phonenumber", "email", "simserial", "subscriberid", "audit"}
"""What ODK Collect reads from the telephone; empty here."""
OTHER_NAMES = {
    "string": "text", "int": "integer", "photo": "image", "gps": "geopoint", "location": "geopoint", "trigger":
    "acknowledge", "date time": "datetime", "picture": "image", "phone number": "phonenumber", "device id": "deviceid",
    "start time": "start", "end time": "end",
}  # fmt: skip

CONTAINER = re.compile(r"(?P<edge>begin|end)[ _](?P<what>group|repeat|lgroup|looped group|loop)", re.IGNORECASE)
OR_OTHER = re.compile(r"\s+or[_ ](other|specify other)$", re.IGNORECASE)
PROMPT = re.compile(r"^(?:q (?P<short>.+)|add (?P<long>.+) prompt|get (?P<meta>.+))$")


@dataclass(frozen=True, slots=True)
class QuestionType:
    """`kind` in XLSForm's present spelling ("" when a chat cannot ask it), with the list it takes choices from."""

    written: str
    kind: str
    list_name: str = ""
    or_other: bool = False

    @property
    def chooses(self) -> bool:
        return self.kind in SELECTS.values()

    @property
    def from_file(self) -> bool:
        return self.kind.endswith("_from_file")

    @property
    def asks(self) -> bool:
        return self.chooses or self.kind in ASKED

    @property
    def begins(self) -> bool:
        return self.kind in ("begin group", "begin repeat")

    @property
    def ends(self) -> bool:
        return self.kind in ("end group", "end repeat")


def read_type(written: str) -> QuestionType:
    text = " ".join(written.split())
    if container := CONTAINER.fullmatch(text):
        return QuestionType(written, _container(container["edge"].lower(), container["what"].lower()))
    return _select(text) or QuestionType(written, _simple(text.lower()))


def _container(edge: str, what: str) -> str:
    if what == "loop":
        return ""
    return f"{edge} {'group' if what == 'group' else 'repeat'}"


def _select(text: str) -> QuestionType | None:
    or_other = bool(OR_OTHER.search(text))
    command, _, list_name = OR_OTHER.sub("", text).rpartition(" ")
    kind = SELECTS.get(command.lower())
    if kind is None:
        # A bare "select_one" names no list; pyxform takes it for an unknown type.
        return None
    return QuestionType(text, kind, list_name, or_other)


def _simple(text: str) -> str:
    if prompt := PROMPT.match(text):
        text = prompt["short"] or prompt["long"] or prompt["meta"]
    text = OTHER_NAMES.get(text, text)
    return text if text in ASKED | SILENT | DEVICE else ""


def files_of(types: Iterable[str]) -> tuple[str, ...]:
    """The CSV files that questions of these types choose from, each once."""
    found = (kind.list_name for kind in map(read_type, types) if kind.from_file)
    return tuple(dict.fromkeys(found))

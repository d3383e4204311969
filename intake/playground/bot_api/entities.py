"""Formatted text as the Bot API takes it: HTML in, plain text and entities with UTF-16 offsets out."""

import html
import re
from dataclasses import dataclass, field

from intake.playground.bot_api.errors import Json, Refusal, bad_request

# Bot API, "HTML style".
_KINDS = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "span": "spoiler",
    "tg-spoiler": "spoiler",
    "tg-emoji": "custom_emoji",
    "a": "text_link",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
}
_TOKEN = re.compile(
    r"[^<&]+|&(?:#\d+|#x[0-9a-fA-F]+|lt|gt|amp|quot);|&|<(?P<end>/?)(?P<tag>[a-zA-Z0-9-]*)(?P<rest>[^<>]*)>|<"
)
_ATTRIBUTE = re.compile(r"""([a-zA-Z-]+)(?:\s*=\s*("[^"]*"|'[^']*'|[^\s"']+))?""")
_COMMAND = re.compile(r"(?<![\w/])/[A-Za-z0-9_]{1,32}(?:@\w+)?")
_LINK = re.compile(r"https?://[^\s<>\"]+")


def utf16_length(text: str) -> int:
    """Length in UTF-16 code units, the unit of every offset in the Bot API."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le")) // 2


@dataclass
class _Open:
    tag: str
    start: int
    attributes: dict[str, str]


@dataclass
class _Reader:
    source: str
    parts: list[str] = field(default_factory=list)
    length: int = 0
    open: list[_Open] = field(default_factory=list)
    entities: list[Json] = field(default_factory=list)

    def add(self, text: str) -> None:
        self.parts.append(text)
        self.length += utf16_length(text)

    def fail(self, message: str, position: int) -> Refusal:
        offset = len(self.source[:position].encode())
        return bad_request(f"can't parse entities: {message.format(offset=offset)}")

    def begin(self, tag: str, rest: str, position: int) -> None:
        attributes = {name.lower(): value.strip("\"'") for name, value in _ATTRIBUTE.findall(rest)}
        if tag not in _KINDS or (tag == "span" and attributes.get("class") != "tg-spoiler"):
            raise self.fail(f'Unsupported start tag "{tag}" at byte offset {{offset}}', position)
        self.open.append(_Open(tag, self.length, attributes))

    def end(self, tag: str, position: int) -> None:
        if not self.open:
            raise self.fail("Unexpected end tag at byte offset {offset}", position)
        opened = self.open.pop()
        if tag and tag != opened.tag:
            message = f'Unmatched end tag at byte offset {{offset}}, expected "</{opened.tag}>", found "</{tag}>"'
            raise self.fail(message, position)
        if self.length > opened.start:
            self._keep(opened)

    def _keep(self, opened: _Open) -> None:
        entity: Json = {"type": _KINDS[opened.tag], "offset": opened.start, "length": self.length - opened.start}
        if opened.tag == "a":
            if not opened.attributes.get("href"):
                return
            entity["url"] = html.unescape(opened.attributes["href"])
        elif opened.tag == "tg-emoji":
            entity["custom_emoji_id"] = opened.attributes.get("emoji-id", "")
        elif opened.tag == "blockquote" and "expandable" in opened.attributes:
            entity["type"] = "expandable_blockquote"
        elif opened.tag == "code" and opened.attributes.get("class", "").startswith("language-"):
            entity["language"] = opened.attributes["class"].removeprefix("language-")
        self.entities.append(entity)

    def finish(self) -> tuple[str, list[Json]]:
        if self.open:
            raise self.fail(f'Can\'t find end tag corresponding to start tag "{self.open[-1].tag}"', 0)
        return "".join(self.parts), sorted(self.entities, key=lambda entity: (entity["offset"], -entity["length"]))


def read_html(source: str) -> tuple[str, list[Json]]:
    """Plain text and entities; a Refusal "can't parse entities" where Telegram gives one."""
    reader = _Reader(source)
    for token in _TOKEN.finditer(source):
        text = token.group()
        if not text.startswith("<"):
            reader.add(html.unescape(text) if text.startswith("&") else text)
        elif len(text) == 1:
            raise reader.fail("Unclosed start tag at byte offset {offset}", token.start())
        elif token["end"]:
            reader.end(token["tag"].lower(), token.start())
        elif not token["tag"]:
            raise reader.fail("Empty tag name at byte offset {offset}", token.start())
        else:
            reader.begin(token["tag"].lower(), token["rest"], token.start())
    return reader.finish()


def trimmed(text: str, entities: list[Json]) -> tuple[str, list[Json]]:
    """Telegram cuts white space around a text; what the entities mark stays marked."""
    stripped = text.strip()
    if stripped == text or not entities:
        return stripped, entities
    shift = utf16_length(text[: len(text) - len(text.lstrip())])
    end = utf16_length(stripped)
    kept = []
    for entity in entities:
        start = max(entity["offset"] - shift, 0)
        stop = min(entity["offset"] - shift + entity["length"], end)
        if stop > start:
            kept.append({**entity, "offset": start, "length": stop - start})
    return stripped, kept


def typed(text: str) -> list[Json]:
    """The entities that a client adds to what a person types: commands and links."""
    found = [("bot_command", match) for match in _COMMAND.finditer(text)]
    found += [("url", match) for match in _LINK.finditer(text)]
    return [
        {"type": kind, "offset": utf16_length(text[: match.start()]), "length": utf16_length(match.group())}
        for kind, match in sorted(found, key=lambda pair: pair[1].start())
    ]

"""Functions of text (ODK XForms, "String Functions")."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from typing import Any

from conversations.xpath.errors import XPathError, fault
from conversations.xpath.library import function
from conversations.xpath.numerals import whole
from conversations.xpath.patterns import compile_pattern
from conversations.xpath.value import text_of_nodes, to_string

_SPACES = re.compile(r"[ \t\r\n]+")
_DIGESTS = {"MD5": "md5", "SHA-1": "sha1", "SHA-256": "sha256", "SHA-384": "sha384", "SHA-512": "sha512"}


def texts(values: tuple[Any, ...]) -> list[str]:
    """The texts of values, each node of a node-set by itself."""
    found: list[str] = []
    for value in values:
        if isinstance(value, list):
            found.extend(text_of_nodes((node,)) for node in value)
        else:
            found.append(to_string(value))
    return found


@function("string", "s? -> s")
def string(text: str) -> str:
    return text


@function("concat", "v* -> s")
def concat(*values: Any) -> str:
    return "".join(texts(values))


@function("join", "s v* -> s")
def join(separator: str, *values: Any) -> str:
    return separator.join(texts(values))


@function("substr", "s n n? -> s")
def substr(text: str, start: float, end: float | None = None) -> str:
    """Characters from `start` up to, not including, `end`; counted from 0, and from the end where negative."""
    return text[whole(start) : len(text) if end is None else whole(end)]


@function("substring", "s n n? -> s")
def substring(text: str, start: float, length: float | None = None) -> str:
    """Characters at the rounded places from `start` on, counted from 1 (XPath 1.0)."""
    first = _rounded(start)
    last = float("inf") if length is None else first + _rounded(length)
    if first != first or last != last:
        return ""
    begin, end = max(first, 1), min(last, len(text) + 1)
    return text[int(begin) - 1 : int(end) - 1] if begin < end else ""


def _rounded(number: float) -> float:
    return number if number != number or abs(number) == float("inf") else float((number + 0.5) // 1)


@function("substring-before", "s s -> s")
def substring_before(text: str, mark: str) -> str:
    before, found, _ = text.partition(mark) if mark else ("", "", "")
    return before if found else ""


@function("substring-after", "s s -> s")
def substring_after(text: str, mark: str) -> str:
    return text.partition(mark)[2] if mark else text


@function("translate", "s s s -> s")
def translate(text: str, letters: str, replacements: str) -> str:
    table: dict[int, str] = {}
    for place, letter in enumerate(letters):
        table.setdefault(ord(letter), replacements[place : place + 1])
    return text.translate(table)


@function("string-length", "s? -> n")
def string_length(text: str) -> float:
    return float(len(text))


@function("normalize-space", "s? -> s")
def normalize_space(text: str) -> str:
    return _SPACES.sub(" ", text).strip(" ")


@function("contains", "s s -> b")
def contains(text: str, part: str) -> bool:
    return part in text


@function("starts-with", "s s -> b")
def starts_with(text: str, start: str) -> bool:
    return text.startswith(start)


@function("ends-with", "s s -> b")
def ends_with(text: str, end: str) -> bool:
    return text.endswith(end)


@function("regex", "s s -> b")
def regex(text: str, expression: str) -> bool:
    """Whether the pattern is found anywhere in the text; `^` and `$` tie it to the ends."""
    return compile_pattern(expression).found_in(text)


@function("digest", "s s s? -> s")
def digest(text: str, algorithm: str, encoding: str = "base64") -> str:
    if algorithm not in _DIGESTS:
        raise XPathError(fault("digest_algorithm", known=", ".join(_DIGESTS), given=repr(algorithm)))
    value = hashlib.new(_DIGESTS[algorithm], text.encode("utf-8", "surrogatepass"), usedforsecurity=False)
    if encoding == "hex":
        return value.hexdigest()
    if encoding == "base64":
        return base64.b64encode(value.digest()).decode("ascii")
    raise XPathError(fault("digest_encoding", given=repr(encoding)))


@function("base64-decode", "s -> s")
def base64_decode(text: str) -> str:
    """The text behind Base64, or "" where it is none."""
    try:
        return base64.b64decode(text, validate=True).decode("utf-8")
    except (binascii.Error, ValueError):
        return ""


@function("coalesce", "v v -> s")
@function("once", "v -> s")
@function("uuid", "n? -> s", fixed=False)
def _by_special(*values: Any) -> str:
    raise AssertionError(values)

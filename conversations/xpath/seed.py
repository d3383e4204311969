"""Chance that can be repeated: drawn from the session's seed, never from the machine."""

from __future__ import annotations

import hashlib
import math
import uuid
from collections.abc import Sequence
from typing import TypeVar

from conversations.xpath.context import Context
from conversations.xpath.errors import XPathError, fault

Item = TypeVar("Item")
_MODULUS = 2_147_483_647
_MULTIPLIER = 16_807
MAX_TOKEN = 10_000


def _drawn(c: Context, place: str, turn: int = 0) -> bytes:
    """32 bytes that depend on the seed, the instant, the context node and the place in the expression alone."""
    key = f"{c.seed}|{c.now.isoformat()}|{c.node.path()}|{place}|{turn}"
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).digest()


def random_number(c: Context, place: str) -> float:
    """A number from 0 up to, but not including, 1, with 15 digits as Enketo gives."""
    return int.from_bytes(_drawn(c, place)[:8], "big") % 10**15 / 10**15


def random_uuid(c: Context, place: str) -> str:
    """A version 4 UUID (RFC 4122)."""
    return str(uuid.UUID(bytes=_drawn(c, place)[:16], version=4))


def random_token(c: Context, place: str, length: float) -> str:
    """A text of that many hexadecimal digits."""
    if not 0 <= length <= MAX_TOKEN:
        raise XPathError(fault("uuid_length", limit=MAX_TOKEN))
    wanted = int(length)
    return "".join(_drawn(c, place, turn).hex() for turn in range(wanted // 64 + 1))[:wanted]


def context_seed(c: Context) -> int:
    """The seed of a shuffle that names none: it stays the same while the session lasts."""
    return text_seed(f"{c.seed}|{c.node.path()}")


def text_seed(text: str) -> int:
    """A seed out of a text: the first 64 bits of its SHA-256, as JavaRosa and ODK Web Forms take them."""
    return int.from_bytes(hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()[:8], "big", signed=True)


def number_seed(number: float) -> int:
    """A seed out of a number as Java makes a long of a double: cut off, held between the limits, 0 for NaN."""
    if number != number:
        return 0
    if math.isinf(number):
        return 2**63 - 1 if number > 0 else -(2**63)
    return max(-(2**63), min(2**63 - 1, int(number)))


def shuffled(items: Sequence[Item], seed: int) -> list[Item]:
    """The inside-out Fisher-Yates shuffle with a Park-Miller generator (ODK XForms, `randomize()`)."""
    state = int(math.copysign(1, seed)) * (abs(seed) % _MODULUS)
    if state <= 0:
        state += _MODULUS - 1
    result: list[Item] = []
    for index, item in enumerate(items):
        state = state * _MULTIPLIER % _MODULUS
        other = math.floor((state - 1) / (_MODULUS - 1) * (index + 1))
        result.append(item)
        if other != index:
            result[index] = result[other]
            result[other] = item
    return result

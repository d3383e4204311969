"""The codes in links and letters: six random Crockford base-32 characters and one that checks them (DOMAIN.md 5)."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 6
_MISREAD = str.maketrans("OIL", "011")
_CODE = re.compile(f"[{ALPHABET}]{{{LENGTH + 1}}}")


def new() -> str:
    """A code that nobody can guess in bulk: 30 random bits and the check character."""
    body = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
    return body + _check(body)


def once() -> str:
    """A secret for a link or a letter that is good for one use: 120 random bits."""
    return secrets.token_urlsafe(15)


def pin() -> str:
    """The one-time code of the staff: six digits."""
    return f"{secrets.randbelow(10**6):06d}"


def digest(code: str, key: bytes) -> str:
    """Under which a one-use secret is kept, so that the database alone opens nothing."""
    return hashlib.blake2b(code.encode(), key=hashlib.sha256(key).digest(), digest_size=32).hexdigest()


def read(text: str) -> str | None:
    """A code as somebody typed it, or None; O, I and L are read as the digits they look like."""
    folded = text.strip().upper().replace("-", "").translate(_MISREAD)
    return folded if _CODE.fullmatch(folded) and _check(folded[:-1]) == folded[-1] else None


def stop_token(person_id: int, key: bytes) -> str:
    """What stands in a person's stop link; the mark makes it impossible to guess another's."""
    mark = hmac.new(key, f"stop {person_id}".encode(), hashlib.sha256).hexdigest()[:32]
    return f"{person_id}.{mark}"


def read_stop_token(token: str, key: bytes) -> int | None:
    """Whose stop link it is, or None when it is forged."""
    number = token.partition(".")[0]
    if not (token.isascii() and number.isdecimal() and len(number) < 16):
        return None
    return int(number) if hmac.compare_digest(token, stop_token(int(number), key)) else None


def _check(body: str) -> str:
    """Catches one wrong character and most exchanged neighbours: odd weights, modulo 32."""
    return ALPHABET[sum((2 * place + 1) * ALPHABET.index(char) for place, char in enumerate(body)) % 32]

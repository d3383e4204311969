"""Texts made comparable: case, diacritics, quotes and spacing do not tell two answers apart."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

_BREVE = "\u0306"
_JOINER = "\u200d"
_WORD = re.compile(r"[^\W_]+")
_ENDING = re.compile(r"(?<=...)(?:am|em|im|as|es|is|os|us|a|e|i|u|o|s)$")


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a text: folded, and where it stands in the original."""

    text: str
    start: int
    end: int

    @property
    def stem(self) -> str:
        return stem(self.text)


def clean(text: str) -> str:
    """NFC, trimmed, without control and invisible format characters; line breaks, tabs and joined emoji stay."""
    composed = unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n")
    pairs = zip(composed, " " + composed, strict=False)
    return "".join(c for c, before in pairs if c in "\n\t" or _seen(c, before)).strip()


def _seen(character: str, before: str) -> bool:
    joins = character == _JOINER and unicodedata.category(before) in ("So", "Sk", "Mn")
    return joins or unicodedata.category(character) not in ("Cc", "Cf", "Cs", "Co")


@lru_cache(maxsize=4096)
def fold_word(word: str) -> str:
    """Lower case without diacritics: "Cēsu" -> "cesu"; the Russian й is a letter of its own."""
    if word.isascii():
        return word.lower()
    plain = (c for c in unicodedata.normalize("NFKD", word.casefold()) if c == _BREVE or not unicodedata.combining(c))
    return unicodedata.normalize("NFC", "".join(plain))


def words(text: str) -> tuple[Word, ...]:
    """The words of a text; quotes, dashes and other marks are no words."""
    return tuple(Word(fold_word(m.group()), m.start(), m.end()) for m in _WORD.finditer(text))


@lru_cache(maxsize=4096)
def fold(text: str) -> str:
    """The folded words joined by one space."""
    return " ".join(fold_word(m.group()) for m in _WORD.finditer(text))


@lru_cache(maxsize=4096)
def stem(word: str) -> str:
    """A folded Latvian word without its case ending, three letters at least: "cesis", "cesu" -> "ces"."""
    return _ENDING.sub("", word) if not word.isdigit() else word

"""Regular expressions for `regex()`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache


@dataclass(frozen=True, slots=True)
class Pattern:
    matcher: re.Pattern[str]

    def found_in(self, text: str) -> bool:
        return self.matcher.search(text) is not None


@lru_cache(256)
def compile_pattern(text: str) -> Pattern:
    return Pattern(re.compile(text, re.ASCII))

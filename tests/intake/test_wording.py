"""The service's own sentences: the same ones in each language, with the same gaps to fill."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from intake import wording

FOLDER = Path(wording.__file__).parent
GAP = re.compile(r"\{(\w+)\}")


def sentences(language: str) -> dict[str, set[str]]:
    """`table.key` -> the gaps in the sentence."""
    tables = tomllib.loads((FOLDER / f"{language}.toml").read_text(encoding="utf-8"))
    return {
        f"{table}.{key}": set(GAP.findall(str(text))) for table, texts in tables.items() for key, text in texts.items()
    }


def test_each_language_has_the_same_sentences_and_gaps() -> None:
    assert sentences("lv") == sentences("en")


def test_a_language_without_a_file_speaks_latvian() -> None:
    assert wording.text("de", "cli.migrated") == wording.text("lv", "cli.migrated")

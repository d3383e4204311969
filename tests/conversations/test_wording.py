"""The engine's own sentences: the same keys in every language, whole sentences for each plural category."""

from __future__ import annotations

import re

import pytest

from conversations.wording import languages, wording


def test_every_language_has_every_sentence_with_the_same_values() -> None:
    tables = [wording(language).sentences for language in sorted(languages())]
    for table in tables[0]:
        for key, sentence in tables[0][table].items():
            others = [other[table][key] for other in tables[1:]]
            if isinstance(sentence, str) and table != "values":
                assert {frozenset(re.findall(r"{(\w+)", one)) for one in (sentence, *others)} == {
                    frozenset(re.findall(r"{(\w+)", sentence))
                }
    assert all({table: set(one[table]) for table in one} == {t: set(tables[0][t]) for t in tables[0]} for one in tables)


@pytest.mark.parametrize(
    ("n", "category"),
    [(0, "zero"), (1, "one"), (2, "other"), (10, "zero"), (11, "zero"), (21, "one"), (22, "other"), (111, "zero")],
)
def test_latvian_plural_categories(n: int, category: str) -> None:
    words = wording("lv")
    assert words.plural("said.incomplete", n) == words.sentences["said"]["incomplete"][category].format(n=n)


def test_a_language_without_a_file_is_spoken_in_english() -> None:
    assert wording("xx") is wording("en")
    assert wording("../lv") is wording("en")

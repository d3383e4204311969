"""The terminal: what is typed becomes inputs, and what was said can be saved and played again as a test."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from conversations.forms import Form, Kind
from conversations.recording import Recording
from conversations.turn import Ask, AskRepeat, Option, Prompt, ReviewList
from intake.channels.terminal import Conversation
from intake.channels.terminal.typed import recorded
from intake.channels.terminal.wording import words
from intake.cli import app
from tests.conversations.conftest import load
from tests.conversations.recording import replay

NOW = datetime(2026, 11, 24, 8, 30, tzinfo=UTC)
OPTIONS = tuple(Option(index, "abc"[index], f"Option {index}", False) for index in range(3))
FOUND = (Option(7, "", "Cēsis", False), Option(31, "", "Cesvaine", False))


def ask(kind: Kind, options: tuple[Option, ...] = ()) -> Ask:
    return Ask("/data/q", 1, kind, "?", "", True, options, 1, 9)


ONE, SEVERAL = ask(Kind.SELECT_ONE, OPTIONS), ask(Kind.SELECT_MULTIPLE, OPTIONS)
REPEAT, REVIEW = AskRepeat("/data/r", "?", 0), ReviewList((), ())


@pytest.mark.parametrize(
    ("typed", "open_", "lines"),
    [
        ("Saules darbnīca ", ask(Kind.TEXT), ["Saules darbnīca"]),
        ("5", ask(Kind.INTEGER), ["5"]),
        ("2", ONE, ["[choose b]"]),
        ("2 3", ONE, ["2 3"]),
        ("4", ONE, ["4"]),
        ("0", ONE, ["0"]),
        ("1, 3", SEVERAL, ["[choose a]", "[choose c]"]),
        ("", SEVERAL, ["[done]"]),
        ("", ONE, []),
        ("b", SEVERAL, ["b"]),
        ("2", ask(Kind.SELECT_ONE, FOUND), ["[choose 31]"]),
        ("2", ask(Kind.RANK, OPTIONS), ["2"]),
        ("+", REPEAT, ["[add]"]),
        ("-", REPEAT, ["[enough]"]),
        ("-", ask(Kind.TEXT), ["-"]),
        ("8", REVIEW, ["[jump 8]"]),
        ("/back", None, ["[back]"]),
        ("/jump 8", ONE, ["[jump 8]"]),
        ("/language en", ONE, ["[language en]"]),
        ("/time", ONE, ["[time passes]"]),
        ("/jump", ONE, None),
        ("/back now", ONE, None),
        ("/help", ONE, None),
    ],
)
def test_what_is_typed(typed: str, open_: Prompt | None, lines: list[str] | None) -> None:
    assert recorded(typed, open_) == lines


def talk(form: Form, typed: Iterable[str], language: str = "lv") -> tuple[str, str]:
    """The recording and what was shown."""
    lines, shown = iter(typed), list[str]()
    talking = Conversation(
        form,
        name="initiative",
        language=language,
        now=NOW,
        fill={"campaign_controller": "Fonds"},
        read=lambda: next(lines, None),
        write=shown.append,
    )
    talking.run()
    return talking.recording(), "\n".join(shown)


def test_a_saved_conversation_is_a_test() -> None:
    typed = ("Saules darbnīca", "/jump 4", "1 2", "", "/back", "/language en", "/jump stage", "1", "/review", "8", "4")
    saved, shown = talk(load("initiative"), typed)
    assert replay(saved) == saved
    assert "> [choose a]\n" in saved
    assert "> [choose b]\n" in saved
    assert "\n> [jump 8]\n" in saved
    assert "✔ Kā sauc iniciatīvu?: Saules darbnīca" in shown
    assert "☑ 1) Produkts" in shown
    assert "☐ 4) All Latvia" in shown


def test_it_ends_when_it_is_submitted_or_withdrawn() -> None:
    saved, _ = talk(load("initiative"), ("/withdraw", "nobody reads this"))
    assert "nobody reads this" not in saved


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(
        st.one_of(
            st.sampled_from(
                ["/back", "/skip", "/review", "/done", "1", "2 3", "", "/add", "-", "/jump 8", "/place x y"]
            ),
            st.sampled_from(
                ["[press c of /nowhere]", "[choose zz]", "[mail] title = X; 8? Rīga", "[nonsense]", "[file]"]
            ),
            st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zl", "Zp"]), max_size=30),
        ),
        max_size=12,
    )
)
def test_nothing_typed_breaks_it_and_everything_replays(typed: list[str]) -> None:
    form = load("initiative")
    saved, _ = talk(form, typed)
    assert Recording(saved).play(form) == saved


def test_the_command(tmp_path: Path) -> None:
    kept = tmp_path / "kept.txt"
    arguments = ["chat", "initiative", "--language", "en", "--save", str(kept)]
    result = CliRunner().invoke(app, arguments, input="Sun workshop\n/review\n")
    assert result.exit_code == 0, result.output
    assert "What is the name of the initiative?" in result.output
    assert replay(kept.read_text(encoding="utf-8")) == kept.read_text(encoding="utf-8")


@pytest.mark.parametrize("arguments", [["nothing"], ["initiative", "--language", "xx"], ["initiative", "--fill", "x"]])
def test_the_command_refuses_in_words(arguments: list[str]) -> None:
    result = CliRunner().invoke(app, ["chat", *arguments])
    assert result.exit_code == 1
    assert "Traceback" not in result.output


def test_both_languages_say_the_same() -> None:
    assert set(words("lv")) == set(words("en"))

"""env.example explains every setting of the code, and no other."""

import re
from pathlib import Path

import pytest

from intake.settings import Settings
from tests.deploy import DEPLOY

EXAMPLE = (DEPLOY / "env.example").read_text()
ASSIGNMENT = re.compile(r"^(#?)([A-Z][A-Z0-9_]*)=(.*)$", re.MULTILINE)


def test_every_setting_of_the_code_is_explained_and_no_other() -> None:
    explained = {name for _, name, _ in ASSIGNMENT.findall(EXAMPLE)} - {"POSTGRES_PASSWORD"}
    assert explained == {f"ATSAUCE_{field.upper()}" for field in Settings.model_fields}


def test_each_is_named_once_with_words_before_it() -> None:
    names = [name for _, name, _ in ASSIGNMENT.findall(EXAMPLE)]
    assert len(names) == len(set(names))
    for commented, name, value in ASSIGNMENT.findall(EXAMPLE):
        before = EXAMPLE[: EXAMPLE.index(f"{commented}{name}={value}")].rstrip("\n").splitlines()[-1]
        assert re.match(r"# .*[.,:)\w]$", before) or ASSIGNMENT.match(before), f"{name}: {before}"


@pytest.mark.parametrize("uncommented", [False, True])
def test_the_example_loads_as_it_stands_and_with_every_line_switched_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, uncommented: bool
) -> None:
    for field in Settings.model_fields:
        monkeypatch.delenv(f"ATSAUCE_{field.upper()}", raising=False)
    text = ASSIGNMENT.sub(r"\2=\3", EXAMPLE) if uncommented else EXAMPLE
    (tmp_path / ".env").write_text(text)
    monkeypatch.chdir(tmp_path)
    settings = Settings()
    assert settings.staff == ("anna@example.org", "juris@example.org")
    assert settings.imap_url.get_secret_value().startswith("imaps://")
    assert (settings.staff_chat is not None) is uncommented


def test_the_example_holds_no_secret() -> None:
    for _, name, value in ASSIGNMENT.findall(EXAMPLE):
        if name.endswith(("SECRET", "PASSWORD", "TOKEN")) or ("@" in value and "://" in value):
            assert "replace-me" in value, name


def test_what_may_be_left_out_says_what_happens_then() -> None:
    optional = [name for commented, name, _ in ASSIGNMENT.findall(EXAMPLE) if commented]
    for name in optional:
        if name in ("POSTGRES_PASSWORD", "ATSAUCE_CLOCK", "ATSAUCE_WEB_HOST", "ATSAUCE_WEB_PORT"):
            continue
        block = EXAMPLE[: EXAMPLE.index(f"#{name}=")].rpartition("=")[2]
        assert "Left out:" in block, name

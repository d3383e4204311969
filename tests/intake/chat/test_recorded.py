"""The recorded conversations, played again over the Bot API."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.intake.chat.recording import Recording

FILES = sorted((Path(__file__).parent / "recorded").glob("*.txt"))
TEXTS = [path.read_text(encoding="utf-8") for path in FILES]


@pytest.mark.parametrize("recorded", TEXTS, ids=[path.stem for path in FILES])
async def test_the_service_says_what_was_recorded(recorded: str, tmp_path: Path) -> None:
    assert (await Recording(recorded).play(tmp_path)).split("\n") == recorded.split("\n")

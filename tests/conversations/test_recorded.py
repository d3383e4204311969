"""The recorded conversations, played again."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conversations.recording import replay

FILES = sorted(Path(__file__).parent.glob("*.txt"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_service_says_what_was_recorded(path: Path) -> None:
    recorded = path.read_text(encoding="utf-8")
    assert replay(recorded) == recorded

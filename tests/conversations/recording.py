"""The recordings of this folder: `form:` names a built-in questionnaire or one of the samples.

To write into the files what the service says now: `python -m tests.conversations.recording FILES`.
"""

from __future__ import annotations

import sys
from pathlib import Path

from conversations.recording import Recording
from tests.conversations.conftest import load


def replay(text: str) -> str:
    """The file as it would read if the service spoke now."""
    recording = Recording(text)
    return recording.play(load(recording.value("form")))


def main(names: list[str]) -> None:
    for name in names:
        path = Path(name)
        path.write_text(replay(path.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])

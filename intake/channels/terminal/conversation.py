"""One conversation at a terminal, kept as a recording that can be played again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from conversations.forms import Form
from conversations.recording import Recording, read_input, say
from conversations.session import State
from conversations.turn import Ask, AskRepeat, Prompt, ReviewList, turn
from intake.channels.terminal import screen
from intake.channels.terminal.typed import recorded
from intake.channels.terminal.wording import words

BEGINNING = "[resume]"


class Conversation:
    """`read` gives the next line typed, None at the end; `write` shows one. Time stands still, so that it replays."""

    def __init__(
        self,
        form: Form,
        *,
        name: str,
        language: str,
        now: datetime,
        fill: Mapping[str, str],
        read: Callable[[], str | None],
        write: Callable[[str], None],
    ) -> None:
        self.form, self.now = form, now
        self._read, self._write = read, write
        head = [f"form: {name}", f"language: {language}", f"now: {now.isoformat()}"]
        self._lines = [*head, *(f"fill: {key} = {value}" for key, value in fill.items()), ""]
        self._session = Recording("\n".join(self._lines)).begin(form)
        self._open: Prompt | None = None

    def run(self) -> None:
        """Talk until it is submitted, withdrawn or left."""
        self._write(words(self._session.language)["intro"])
        self._do(BEGINNING)
        while self._session.state not in (State.SUBMITTED, State.WITHDRAWN):
            typed = self._read()
            if typed is None:
                return
            self._take(typed)

    def recording(self) -> str:
        """The conversation so far, in the format of tests/conversations."""
        return "\n".join(self._lines) + "\n"

    def _take(self, typed: str) -> None:
        spoken = words(self._session.language)
        done = recorded(typed, self._open)
        if done is None:
            self._write(spoken["help" if typed.strip() in ("/help", "/?") else "unknown"])
            return
        for number, line in enumerate(done, 1):
            if not self._do(line, show=number == len(done)):
                self._write(spoken["unknown"])
                return

    def _do(self, line: str, *, show: bool = True) -> bool:
        """One input; False when nobody can do that."""
        try:
            given = read_input(line, self._session, self.now)
        except (LookupError, ValueError):
            return False
        result = turn(self.form, self._session, given)
        self._session = result.session
        said = [f"  {text}" for prompt in result.prompts for text in say(prompt)]
        self._lines += [f"> {line}", *said]
        asked = [prompt for prompt in result.prompts if isinstance(prompt, Ask | AskRepeat | ReviewList)]
        self._open = asked[-1] if asked else self._open
        if show:
            for text in screen.lines(result.prompts, self._session.language):
                self._write(text)
        return True

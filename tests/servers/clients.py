"""Foreign mail programs: mutt at a terminal of its own, where somebody presses keys and types, and swaks."""

import os
import pty
import select
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from tests.servers.dovecot import PASSWORD
from tests.servers.mail import MailServers

PATIENCE_S = 90.0

MUTTRC = """\
set folder="imap://127.0.0.1:{imap_port}/" spoolfile="imap://127.0.0.1:{imap_port}/INBOX"
set imap_user="{address}" imap_pass="{password}" imap_authenticators="login"
set smtp_url="smtp://127.0.0.1:{smtp_port}/" smtp_authenticators=""
set ssl_starttls=no ssl_force_tls=no
set from="{address}" realname="{name}" use_from=yes use_envelope_from=yes hostname="{domain}"
set charset="utf-8" send_charset="utf-8" editor="{editor}"
set include=yes fast_reply=yes abort_unmodified=no copy=no move=no quit=yes confirmcreate=no mark_old=no
set header_cache="" message_cachedir="" history_file="" wait_key=no beep=no pager_stop=yes
{more}
"""
EDITOR = """\
#!/bin/sh
cp "$1" "{folder}/quoted.part" && mv "{folder}/quoted.part" "{folder}/quoted"
while [ ! -e "{folder}/typed" ]; do sleep 0.02; done
cp "{folder}/typed" "$1"
"""


def why_no_mutt() -> str | None:
    """The reason why mutt cannot be used here, or None."""
    return None if shutil.which("mutt") else "no mutt here (Debian: mutt)"


def why_no_swaks() -> str | None:
    """The reason why swaks cannot be used here, or None."""
    return None if shutil.which("swaks") else "no swaks here (Debian: swaks)"


class Mutt:
    """Somebody's mutt over IMAP and SMTP; `more` are lines for its muttrc."""

    def __init__(self, folder: Path, servers: MailServers, address: str, name: str, more: str = "") -> None:
        self._folder = folder
        folder.mkdir()
        editor = folder / "editor"
        editor.write_text(EDITOR.format(folder=folder))
        editor.chmod(0o755)
        settings = {"imap_port": servers.dovecot.imap_port, "smtp_port": servers.postfix.port, "password": PASSWORD}
        domain = address.rpartition("@")[2]
        text = MUTTRC.format(address=address, name=name, domain=domain, editor=editor, more=more, **settings)
        (folder / "muttrc").write_text(text, encoding="utf-8")

    def reply(self, message_id: str, type_: Callable[[str], str], *keys: str) -> None:
        """Reply to the letter with this Message-ID: what the editor shows goes through `type_`; before the letter is
        sent, these keys are pressed (mutt's own notation)."""
        sought = message_id.strip("<>").replace(".", "\\\\.")
        presses = f"<search>~i {sought}<enter><reply>{''.join(keys)}<send-message><sync-mailbox><exit>"
        self._run(["-e", f"push '{presses}'"], type_)

    def _run(self, arguments: list[str], type_: Callable[[str], str]) -> None:
        quoted, typed = self._folder / "quoted", self._folder / "typed"
        for path in (quoted, typed):
            path.unlink(missing_ok=True)
        terminal, side = pty.openpty()
        process = subprocess.Popen(
            ["mutt", "-n", "-F", str(self._folder / "muttrc"), *arguments],
            stdin=side,
            stdout=side,
            stderr=side,
            env={"HOME": str(self._folder), "TERM": "xterm", "LANG": "C.UTF-8", "PATH": os.environ["PATH"]},
            cwd=self._folder,
            start_new_session=True,
        )
        os.close(side)
        try:
            screen = self._attend(process, terminal, type_)
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
            os.close(terminal)
        assert typed.exists(), f"mutt never opened its editor; on the screen: {screen[-1500:]!r}"
        assert process.returncode == 0, f"mutt gave {process.returncode}; on the screen: {screen[-1500:]!r}"

    def _attend(self, process: "subprocess.Popen[bytes]", terminal: int, type_: Callable[[str], str]) -> str:
        """Read what mutt draws until it ends, and type when its editor is open."""
        quoted, typed, screen = self._folder / "quoted", self._folder / "typed", b""
        end = time.monotonic() + PATIENCE_S
        while process.poll() is None and time.monotonic() < end:
            if select.select([terminal], [], [], 0.05)[0]:
                try:
                    screen += os.read(terminal, 65_536)
                except OSError:  # the other side is closed
                    break
            if quoted.exists() and not typed.exists():
                part = typed.with_suffix(".part")
                part.write_text(type_(quoted.read_text(encoding="utf-8")), encoding="utf-8")
                part.rename(typed)
        try:
            process.wait(max(0.1, end - time.monotonic()))
        except subprocess.TimeoutExpired:
            raise AssertionError(f"mutt does not end; on the screen: {screen[-1500:]!r}") from None
        return screen.decode(errors="replace")


def swaks(servers: MailServers, sender: str, recipient: str, *options: str) -> str:
    """Send one mail to Postfix; `options` as on the command line. The dialogue."""
    command = ["swaks", "--server", "127.0.0.1", "--port", str(servers.postfix.port), "--from", sender]
    command += ["--to", recipient, "--ehlo", "client.example.org", *options]
    done = subprocess.run(command, capture_output=True, timeout=PATIENCE_S, stdin=subprocess.DEVNULL, check=False)
    assert done.returncode == 0, (done.stdout + done.stderr).decode(errors="replace")[-1500:]
    return done.stdout.decode(errors="replace")

"""Postfix and Dovecot together: a real mail system on loopback, and what arrived in it."""

import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import quote as quote_url

from tests.servers import dovecot, postfix
from tests.servers.daemon import free_port, until
from tests.servers.dovecot import PASSWORD, Dovecot
from tests.servers.postfix import Postfix

__all__ = ["PASSWORD", "MailServers", "mail_servers", "why_not"]

WAIT_S = 30.0


def why_not() -> str | None:
    """The reason why the mail servers cannot be started here, or None."""
    return dovecot.why_not() or postfix.why_not()


@contextmanager
def mail_servers() -> "Iterator[MailServers]":
    """Both servers running, removed afterwards."""
    root = Path(tempfile.mkdtemp(prefix="atsauce-mail-"))
    root.chmod(0o755)  # the servers' own users pass through
    servers = MailServers(root)
    try:
        servers.postfix.initialise()
        servers.start()
        yield servers
    finally:
        servers.kill()
        shutil.rmtree(root, ignore_errors=True)


class MailServers:
    """Mail for anybody at `postfix.DOMAINS`; `postfix` and `dovecot` can be stopped and killed one by one."""

    def __init__(self, root: Path) -> None:
        port = free_port()
        self.dovecot = Dovecot(_directory(root / "dovecot"), port)
        self.postfix = Postfix(
            _directory(root / "postfix"),
            port=port,
            lmtp_port=self.dovecot.lmtp_port,
            auth_port=self.dovecot.auth_port,
        )

    def start(self) -> None:
        self.dovecot.start()
        self.postfix.start()

    def stop(self) -> None:
        self.postfix.stop()
        self.dovecot.stop()

    def kill(self) -> None:
        self.postfix.kill()
        self.dovecot.kill()

    def smtp_url(self, address: str, password: str = PASSWORD) -> str:
        """ATSAUCE_SMTP_URL for the account of `address`."""
        return f"smtp://{_login(address, password)}@127.0.0.1:{self.postfix.submission_port}"

    def imap_url(self, address: str, password: str = PASSWORD) -> str:
        """ATSAUCE_IMAP_URL for the mailbox of `address`."""
        return f"imap://{_login(address, password)}@127.0.0.1:{self.dovecot.imap_port}"

    def arrived(self, address: str) -> list[EmailMessage]:
        """The messages in the inbox of `address`, oldest first; `Return-Path` and `Delivered-To` are the envelope."""
        return [message_from_bytes(raw, policy=policy.default) for raw in self.raw(address)]

    def raw(self, address: str) -> list[bytes]:
        """The same messages as bytes."""
        return [path.read_bytes() for path in self.dovecot.mailbox(address)]

    def wait_for(self, address: str, count: int = 1, timeout_s: float = WAIT_S) -> list[EmailMessage]:
        """The inbox of `address` as soon as it holds `count` messages."""
        until(lambda: len(self.dovecot.mailbox(address)) >= count, f"{count} message(s) for {address}", timeout_s)
        return self.arrived(address)

    def settle(self, timeout_s: float = WAIT_S) -> None:
        """Return when Postfix has nothing under way: what did not arrive by then is deferred or never will."""
        # Twice: a notice may be queued behind our back while the bounced message is just being removed.
        until(lambda: self.postfix.queued() == self.postfix.queued() == 0, "Postfix's queue is not empty", timeout_s)

    def deliveries(self) -> Counter[tuple[str, str]]:
        """How often each (Message-ID, envelope recipient) was delivered, over all mailboxes."""
        counts: Counter[tuple[str, str]] = Counter()
        for address in self.dovecot.mailboxes():
            for message in self.arrived(address):
                counts[str(message["Message-ID"] or "").strip(), _recipient(message)] += 1
        return counts

    def empty(self) -> None:
        """Remove all mail that arrived."""
        self.settle()
        self.dovecot.empty()


def _recipient(message: EmailMessage) -> str:
    return str(message["Delivered-To"]).strip("<> ").lower()


def _login(address: str, password: str) -> str:
    return f"{quote_url(address, safe='')}:{quote_url(password, safe='')}"


def _directory(path: Path) -> Path:
    path.mkdir()
    path.chmod(0o755)
    return path

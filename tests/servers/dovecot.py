"""Dovecot on loopback: IMAP, LMTP and the passwords; any address is a mailbox and has the same password."""

import grp
import os
import pwd
import shutil
from pathlib import Path

from tests.servers.daemon import Daemon, free_port

PASSWORD = "secret"

CONFIGURATION = """\
base_dir = {root}/run
state_dir = {root}/run
log_path = {root}/dovecot.log
protocols = imap lmtp
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
auth_mechanisms = plain login
auth_failure_delay = 0
default_login_user = {login_user}
default_internal_user = {internal_user}
default_internal_group = {internal_group}
first_valid_uid = 1
first_valid_gid = 1
mail_location = maildir:{root}/mail/%u
mail_home = {root}/home/%u
mail_fsync = never
mail_max_userip_connections = 100
recipient_delimiter = +
# Delivered-To keeps the recipient of the envelope with its +code.
lmtp_hdr_delivery_address = final
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} allow_all_users=yes
}}
namespace inbox {{
  inbox = yes
}}
service anvil {{
  chroot =
  # No growing delay after wrong passwords: the tests give them on purpose.
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service auth {{
  inet_listener {{
    port = {auth_port}
  }}
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {imap_port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service lmtp {{
  inet_listener lmtp {{
    port = {lmtp_port}
  }}
}}
service stats {{
  chroot =
}}
"""


def why_not() -> str | None:
    """The reason why Dovecot cannot be started here, or None."""
    if _program() is None:
        return "no Dovecot here (Debian: dovecot-imapd)"
    if not Path("/usr/lib/dovecot/lmtp").exists():
        return "Dovecot has no LMTP here (Debian: dovecot-lmtpd)"
    return None


class Dovecot(Daemon):
    """Dovecot with its mailboxes under `root`."""

    def __init__(self, root: Path) -> None:
        self.imap_port, self.lmtp_port, self.auth_port = free_port(), free_port(), free_port()
        self._mail = root / "mail"
        _make_directories(root)
        (root / "dovecot.conf").write_text(self._configuration(root))
        argv = [_program() or "dovecot", "-F", "-c", str(root / "dovecot.conf")]
        super().__init__(argv, root / "dovecot.log", [self.imap_port, self.lmtp_port, self.auth_port])

    def mailbox(self, address: str) -> list[Path]:
        """The files of the messages in the inbox of `address`, oldest first."""
        directory = self._mail / address.lower()
        found = [path for part in ("new", "cur") for path in (directory / part).glob("*")]
        # A maildir's file name begins with the second, then microseconds and a counter.
        return sorted(found, key=lambda path: path.name)

    def mailboxes(self) -> list[str]:
        """The addresses that ever got mail."""
        return sorted(path.name for path in self._mail.iterdir())

    def empty(self) -> None:
        """Remove all mailboxes; nobody may be logged in."""
        for path in self._mail.iterdir():
            shutil.rmtree(path)

    def _configuration(self, root: Path) -> str:
        me = _owner()
        root_user = os.geteuid() == 0
        return CONFIGURATION.format(
            root=root,
            login_user="dovenull" if root_user else me.pw_name,
            internal_user="dovecot" if root_user else me.pw_name,
            internal_group="dovecot" if root_user else grp.getgrgid(me.pw_gid).gr_name,
            uid=me.pw_uid,
            gid=me.pw_gid,
            password=PASSWORD,
            imap_port=self.imap_port,
            lmtp_port=self.lmtp_port,
            auth_port=self.auth_port,
        )


def _make_directories(root: Path) -> None:
    for name in ("run", "mail", "home"):
        (root / name).mkdir()
    if os.geteuid() == 0:
        owner = _owner()
        for name in ("mail", "home"):
            os.chown(root / name, owner.pw_uid, owner.pw_gid)


def _owner() -> pwd.struct_passwd:
    """Who owns the mailboxes: never root, Dovecot refuses to read root's mail."""
    return pwd.getpwnam("nobody") if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())


def _program() -> str | None:
    return shutil.which("dovecot", path=f"{os.environ.get('PATH', '')}:/usr/sbin")

"""Dovecot on loopback: IMAP, LMTP and the passwords; any address is a mailbox and has the same password."""

import grp
import os
import pwd
import re
import shutil
from pathlib import Path

from tests.servers.daemon import Daemon, free_port

PASSWORD = "secret"
SIEVE_PLUGIN = Path("/usr/lib/dovecot/modules/lib90_sieve_plugin.so")

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
{sieve}"""
SIEVE = """\
protocol lmtp {{
  mail_plugins = sieve
}}
plugin {{
  sieve = file:{root}/sieve/%u.sieve
}}
# What a script sends by itself goes to Postfix.
submission_host = 127.0.0.1:{smtp_port}
submission_ssl = no
"""


def why_not() -> str | None:
    """The reason why Dovecot cannot be started here, or None."""
    if _program() is None:
        return "no Dovecot here (Debian: dovecot-imapd)"
    if not Path("/usr/lib/dovecot/lmtp").exists():
        return "Dovecot has no LMTP here (Debian: dovecot-lmtpd)"
    return None


def why_no_sieve() -> str | None:
    """The reason why no Sieve script can run here, or None."""
    return why_not() or (None if SIEVE_PLUGIN.exists() else "Dovecot has no Sieve here (Debian: dovecot-sieve)")


class Dovecot(Daemon):
    """Dovecot with its mailboxes under `root`; what Sieve scripts send is handed to `smtp_port`."""

    def __init__(self, root: Path, smtp_port: int = 0) -> None:
        self.imap_port, self.lmtp_port, self.auth_port = free_port(), free_port(), free_port()
        self._mail, self._scripts = root / "mail", root / "sieve"
        _make_directories(root)
        (root / "dovecot.conf").write_text(self._configuration(root, smtp_port))
        argv = [_program() or "dovecot", "-F", "-c", str(root / "dovecot.conf")]
        super().__init__(argv, root / "dovecot.log", [self.imap_port, self.lmtp_port, self.auth_port])

    def mailbox(self, address: str) -> list[Path]:
        """The files of the messages in the inbox of `address`, oldest first."""
        directory = self._mail / address.lower()
        found = [path for part in ("new", "cur") for path in (directory / part).glob("*")]
        return sorted(found, key=_delivered)

    def mailboxes(self) -> list[str]:
        """The addresses that ever got mail."""
        return sorted(path.name for path in self._mail.iterdir())

    def empty(self) -> None:
        """Remove all mailboxes and scripts; nobody may be logged in."""
        for path in (*self._mail.iterdir(), *(self._scripts.parent / "home").iterdir()):
            shutil.rmtree(path)
        for path in self._scripts.iterdir():
            path.unlink()

    def filter(self, address: str, script: str) -> None:
        """From now on this Sieve script receives the mail of `address`."""
        (self._scripts / f"{address.lower()}.sieve").write_text(script, encoding="utf-8")

    def renumber(self, address: str) -> None:
        """Number the inbox of `address` anew: another UIDVALIDITY, as after a restored backup."""
        directory = self._mail / address.lower()
        head = (directory / "dovecot-uidlist").read_text().partition("\n")[0]
        for path in directory.glob("dovecot*"):
            path.unlink()
        anew = re.sub(r" V(\d+) N\d+", lambda old: f" V{int(old[1]) + 1} N1", head)
        (directory / "dovecot-uidlist").write_text(anew + "\n")
        shutil.chown(directory / "dovecot-uidlist", _owner().pw_uid, _owner().pw_gid)

    def _configuration(self, root: Path, smtp_port: int) -> str:
        me = _owner()
        root_user = os.geteuid() == 0
        sieve = SIEVE.format(root=root, smtp_port=smtp_port) if smtp_port and SIEVE_PLUGIN.exists() else ""
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
            sieve=sieve,
        )


def _delivered(path: Path) -> tuple[int, int]:
    """When Dovecot wrote it: the second, and the microsecond without leading zeros ("1795295023.M90665P258.mx")."""
    second, _, rest = path.name.partition(".M")
    return int(second), int(rest.partition("P")[0])


def _make_directories(root: Path) -> None:
    for name in ("run", "mail", "home", "sieve"):
        (root / name).mkdir()
    if os.geteuid() == 0:
        owner = _owner()
        for name in ("mail", "home", "sieve"):
            os.chown(root / name, owner.pw_uid, owner.pw_gid)


def _owner() -> pwd.struct_passwd:
    """Who owns the mailboxes: never root, Dovecot refuses to read root's mail."""
    return pwd.getpwnam("nobody") if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())


def _program() -> str | None:
    return shutil.which("dovecot", path=f"{os.environ.get('PATH', '')}:/usr/sbin")

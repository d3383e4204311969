"""Postfix on loopback: takes mail, hands it to Dovecot, bounces and defers with real notices, sends nothing outside."""

import os
import shutil
import subprocess
from pathlib import Path

from tests.servers.daemon import Daemon, free_port

DOMAINS = ("example.test", "example.org", "example.com", "example.net")
"""Mail to these arrives, whatever stands before the @."""
REFUSED = ("nobody@", "gone@")
"""Recipients of any domain that are refused with 550 in the SMTP dialogue, with a +code as well."""
BUSY = "busy@"
"""Recipients of any domain that are put off with 450 in the SMTP dialogue."""
BOUNCING_DOMAIN = "bounces.example"
"""Mail is accepted, then a delivery status notification comes back to the envelope sender."""
DEFERRED_DOMAIN = "deferred.example"
"""Mail is accepted and stays in the queue."""
CLEANED_DOMAIN = "cleaned.example"
"""Mail arrives through a gateway that takes away what it does not know: List-... and Auto-Submitted."""
REWRITTEN_DOMAIN = "rewritten.example"
"""Mail arrives through a relay that puts a Message-ID of its own in the place of ours, as Amazon SES does."""

MAIN = """\
compatibility_level = 3.6
queue_directory = {root}/spool
data_directory = {root}/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
mail_owner = postfix
setgid_group = postdrop
myhostname = mx.example.test
mydestination =
relay_domains = {domains}
mynetworks = 127.0.0.0/8
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
recipient_delimiter = +
smtpd_sasl_type = dovecot
smtpd_sasl_path = inet:127.0.0.1:{auth_port}
smtpd_relay_restrictions = permit_mynetworks, reject
smtpd_recipient_restrictions = check_recipient_access regexp:{root}/etc/recipients, permit
smtpd_hard_error_limit = 1000
smtpd_error_sleep_time = 0
transport_maps = inline:{{ {transports} }}
local_recipient_maps =
relay_recipient_maps =
alias_maps =
alias_database =
default_transport = error:5.7.1 mail does not leave the tests
disable_dns_lookups = yes
lmtp_host_lookup = native
maillog_file = {root}/maillog
maillog_file_prefixes = {root}
in_flow_delay = 0
message_size_limit = 60000000
minimal_backoff_time = 1s
maximal_backoff_time = 2s
queue_run_delay = 1s
"""

MASTER = """\
127.0.0.1:{port} inet n - n - - smtpd
127.0.0.1:{submission_port} inet n - n - - smtpd -o smtpd_sasl_auth_enable=yes
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
relay unix - - n - - smtp
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
# By the transports error and retry smtpd would refuse at RCPT; an exit status (sysexits.h) comes after acceptance.
bouncing unix - n n - - pipe user=nobody argv=/bin/sh -c {{ exit 67 }}
deferring unix - n n - - pipe user=nobody argv=/bin/sh -c {{ exit 75 }}
discard unix - - n - - discard
lmtp unix - - n - - lmtp
cleaned unix - - n - - lmtp -o lmtp_header_checks=regexp:{root}/etc/cleaned
rewritten unix - - n - - lmtp -o lmtp_header_checks=regexp:{root}/etc/rewritten
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
"""

RECIPIENTS = """\
/^(nobody|gone)(\\+.*)?@/ 550 5.1.1 Recipient address rejected: User unknown
/^busy(\\+.*)?@/ 450 4.2.1 Mailbox busy, try again later
"""

CLEANED = "/^(List-[a-z-]+|Auto-Submitted):/ IGNORE\n"
REWRITTEN = "/^Message-ID: <([^@>]+)@/ REPLACE Message-ID: <0102-$1-000000@relay.example>\n"


def why_not() -> str | None:
    """The reason why Postfix cannot be started here, or None."""
    if not Path("/usr/lib/postfix/sbin/master").exists():
        return "no Postfix here (Debian: postfix)"
    if os.geteuid() != 0:
        return "Postfix starts as root only"
    return None


class Postfix(Daemon):
    """Postfix with its queue under `root`; delivers by LMTP, asks Dovecot for passwords."""

    def __init__(self, root: Path, *, port: int, lmtp_port: int, auth_port: int) -> None:
        # Whoever logs in needs Dovecot; mail from others is taken while Dovecot is down.
        self.port, self.submission_port = port, free_port()
        self._root = root
        for name in ("etc", "spool", "data"):
            (root / name).mkdir()
        shutil.chown(root / "data", "postfix")
        transports = dict.fromkeys(DOMAINS, f"lmtp:inet:127.0.0.1:{lmtp_port}")
        transports[BOUNCING_DOMAIN] = "bouncing:"
        transports[DEFERRED_DOMAIN] = "deferring:"
        transports[CLEANED_DOMAIN] = f"cleaned:inet:127.0.0.1:{lmtp_port}"
        transports[REWRITTEN_DOMAIN] = f"rewritten:inet:127.0.0.1:{lmtp_port}"
        listed = ", ".join(f"{{ {domain} = {transport} }}" for domain, transport in transports.items())
        main = MAIN.format(root=root, domains=" ".join(DOMAINS), transports=listed, auth_port=auth_port)
        (root / "etc/main.cf").write_text(main)
        (root / "etc/master.cf").write_text(
            MASTER.format(root=root, port=self.port, submission_port=self.submission_port)
        )
        (root / "etc/recipients").write_text(RECIPIENTS)
        (root / "etc/cleaned").write_text(CLEANED)
        (root / "etc/rewritten").write_text(REWRITTEN)
        argv = ["/usr/lib/postfix/sbin/master", "-s", "-c", str(root / "etc")]
        super().__init__(argv, root / "postfix.log", [self.port, self.submission_port])

    def initialise(self) -> None:
        """Let Postfix make the directories of its queue."""
        command = ["/usr/sbin/postfix", "-c", str(self._root / "etc"), "check"]
        subprocess.run(command, check=True, capture_output=True, stdin=subprocess.DEVNULL)

    def set(self, **settings: str) -> None:
        """Go on with these settings, as after an edit of main.cf."""
        with (self._root / "etc/main.cf").open("a") as file:
            file.writelines(f"{name} = {value}\n" for name, value in settings.items())
        command = ["/usr/sbin/postfix", "-c", str(self._root / "etc"), "reload"]
        subprocess.run(command, check=True, capture_output=True, stdin=subprocess.DEVNULL)

    def queued(self) -> int:
        """How many messages are on their way; those that wait after a failed try are not counted."""
        return self._files("maildrop", "incoming", "active")

    def deferred(self) -> int:
        """How many messages wait for another try."""
        return self._files("deferred")

    def _files(self, *queues: str) -> int:
        return sum(path.is_file() for queue in queues for path in (self._root / "spool" / queue).rglob("*"))

    def _tail(self) -> str:
        maillog = self._root / "maillog"
        return super()._tail() + (maillog.read_text(errors="replace")[-3000:] if maillog.exists() else "")

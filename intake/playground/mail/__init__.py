"""A local mail server (SMTP and IMAP on loopback) and people who write through it."""

from intake.playground.mail.correspondent import Correspondent
from intake.playground.mail.faults import SmtpFault
from intake.playground.mail.mailboxes import Letter, Mailbox
from intake.playground.mail.server import MailServer
from intake.playground.mail.smtp import Delivery

__all__ = ["Correspondent", "Delivery", "Letter", "MailServer", "Mailbox", "SmtpFault"]

"""Sending a composed letter over SMTP, as a mail program does."""

from email.message import EmailMessage
from email.utils import getaddresses

from aiosmtplib import SMTP, SMTPException, SMTPRecipientsRefused


class NotSent(Exception):
    """The server did not take the letter; the message says why, in its words."""


async def post(message: EmailMessage, *, host: str, port: int, address: str, password: str) -> None:
    """Send to the addresses of To and Cc, or raise NotSent. Loopback only, hence without TLS."""
    recipients = [found for _, found in getaddresses([*message.get_all("To", ()), *message.get_all("Cc", ())])]
    try:
        async with SMTP(hostname=host, port=port, start_tls=False, use_tls=False, timeout=30) as client:
            await client.login(address, password)
            await client.send_message(message, sender=address, recipients=recipients)
    except SMTPRecipientsRefused as error:
        raise NotSent("; ".join(refused.message for refused in error.recipients)) from error
    except (SMTPException, ValueError) as error:
        raise NotSent(str(error)) from error

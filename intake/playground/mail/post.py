"""Sending a composed letter over SMTP, as a mail program does."""

from email.message import EmailMessage
from email.utils import getaddresses

from aiosmtplib import SMTP


async def post(message: EmailMessage, *, host: str, port: int, address: str, password: str) -> None:
    """Send to the addresses of To and Cc. Loopback only, hence without TLS. Raises `aiosmtplib.SMTPException`."""
    recipients = [found for _, found in getaddresses([*message.get_all("To", ()), *message.get_all("Cc", ())])]
    async with SMTP(hostname=host, port=port, start_tls=False, use_tls=False, timeout=30) as client:
        await client.login(address, password)
        await client.send_message(message, sender=address, recipients=recipients)

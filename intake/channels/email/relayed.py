"""The Message-ID that a relay says it put in the place of ours, from its answer to the letter."""

from __future__ import annotations

import re

from intake.channels.email.message import MESSAGE_ID

# Amazon SES: "Ok 0102018e6f2a-5f0b...-000000"; the letter arrives as <that@REGION.amazonses.com>.
_SES = re.compile(r"\s*Ok ([0-9a-f]{8,40}(?:-[0-9a-f]{4,12}){2,8})\s*", re.IGNORECASE)
_SES_HOST = re.compile(r"email-smtp(?:-fips)?\.([a-z0-9-]{1,40})\.amazonaws\.com(?:\.cn)?", re.IGNORECASE)


def message_id(answer: str, host: str) -> str | None:
    """The id in the answer of the server `host`, None where it names none. Exchange names it in angle brackets:
    "2.6.0 <...> [InternalId=...] Queued mail for delivery"."""
    if (region := _SES_HOST.fullmatch(host)) and (given := _SES.fullmatch(answer)):
        return f"<{given[1]}@{'email' if region[1] == 'us-east-1' else region[1]}.amazonses.com>"
    found = MESSAGE_ID.search(answer[:1_000])
    return found[0] if found and "@" in found[0] else None

"""Letters as the page shows them: summaries, text, and HTML made harmless, with links that stay in the playground."""

from collections.abc import Mapping
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any
from urllib.parse import parse_qs, unquote, urlencode, urlsplit

from selectolax.lexbor import LexborHTMLParser

from intake.playground.mail import compose

HTML_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:;"
    " sandbox allow-popups allow-top-navigation-by-user-activation"
)


def parsed(raw: bytes) -> EmailMessage:
    message = message_from_bytes(raw, policy=policy.default)
    if not isinstance(message, EmailMessage):
        raise TypeError("the default policy makes EmailMessage")
    return message


def summary(uid: int, raw: bytes) -> dict[str, Any]:
    """One line of the list of letters."""
    message = parsed(raw)
    return {"uid": uid, **{name: str(message[name] or "") for name in ("from", "to", "subject", "date")}}


def view(uid: int, raw: bytes, words: Mapping[str, str]) -> dict[str, Any]:
    """A letter to read and to answer: its text, whether it has HTML, and how a reply quotes it."""
    message = parsed(raw)
    return {
        **summary(uid, raw),
        "text": compose.text_of(message),
        "html": bool(compose.html_of(message)),
        "quote": compose.quoted(message, words),
        "attachments": [{"name": file.name, "size": len(file.content)} for file in compose.attachments(message)],
    }


def harmless_html(raw: bytes, resident: str, bot: str) -> str:
    """The HTML part for a sandboxed frame: nothing runs or loads, t.me and mailto links lead back to the page."""
    tree = LexborHTMLParser(compose.html_of(parsed(raw)))
    tree.strip_tags(["script", "iframe", "object", "embed", "form", "base", "meta", "link"])
    for link in tree.css("[href], [xlink\\:href]"):
        given = link.attributes.get("href") or ""
        inside = playground_link(given, resident, bot)
        for name in ("href", "xlink:href", "ping"):
            if name in link.attributes:
                del link.attrs[name]
        if inside or urlsplit(given).scheme in ("http", "https"):
            link.attrs["href"] = inside or given
        link.attrs["target"] = "_top" if inside else "_blank"
        link.attrs["rel"] = "noopener noreferrer"
    return tree.html or ""


def playground_link(url: str, resident: str, bot: str) -> str | None:
    """Where a link to the bot or to a mail address leads inside the playground; None for any other link."""
    parts = urlsplit(url)
    query = parse_qs(parts.query)
    if parts.hostname in ("t.me", "telegram.me") and parts.path.strip("/").lower() == bot.lower():
        return "/?" + urlencode({"person": resident, "start": query.get("start", [""])[0]})
    if parts.scheme == "mailto":
        fields = {"mailto": unquote(parts.path), "subject": query.get("subject", [""])[0]}
        return "/?" + urlencode({"person": resident, **fields, "body": query.get("body", [""])[0]})
    return None

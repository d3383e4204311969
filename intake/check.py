"""`atsauce check`: everything that must be in order before the first letter, looked at without sending any."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from pydantic import ValidationError
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError
from sqlmodel import Session

from conversations.forms import FormError
from intake import forms, migrations, numbers, trial, wording, xlsform
from intake.campaign import Campaign, CampaignRefused
from intake.channels.email import round_trip
from intake.channels.email.addresses import normalise
from intake.channels.email.checks import check_domain, check_mail, check_round_trip, sentence
from intake.channels.email.oauth import LoginProblem
from intake.channels.telegram import TelegramChannel
from intake.channels.telegram.health import State
from intake.desk import Desk
from intake.opening import NotReady, campaign_of, clock_of, mail_tokens, open_desk, staff_of
from intake.settings import Settings, on_loopback
from intake.store import Store
from intake.wording import invalid
from intake.xlsform import FormRefused, Severity

TIMEOUT_S = 15.0


@dataclass(frozen=True, slots=True)
class Line:
    """One thing looked at: whether it is in order, and a sentence that also says what to do if not."""

    key: str
    ok: bool
    text: str

    def row(self) -> dict[str, Any]:
        return {"key": self.key, "ok": self.ok, "text": self.text}


@dataclass(frozen=True, slots=True)
class Checker:
    """What the checks share; `language` is that of the sentences."""

    settings: Settings
    language: str
    send_to_self: bool = False

    def well(self, key: str, **values: object) -> Line:
        return Line(key, True, wording.text(self.language, f"check.{key}", **values))

    def problem(self, key: str, **values: object) -> Line:
        return Line(key, False, wording.text(self.language, f"check.{key}", **values))


async def check(language: str, *, send_to_self: bool = False) -> list[Line]:
    """Every line, in the order in which a problem should be dealt with; mails are sent to ourselves only if asked."""
    try:
        settings = Settings()
    except ValidationError as error:
        problems = "; ".join(invalid.settings(error, language))
        return [Line("settings", False, wording.text(language, "check.settings", problems=problems))]
    checker = Checker(settings, language, send_to_self)
    return [line async for line in _lines(checker)]


async def _lines(c: Checker) -> AsyncIterator[Line]:
    yield _data_folder(c)
    campaign, lines = _campaign(c)
    for line in lines:
        yield line
    for line in await asyncio.to_thread(lambda: list(_database(c, campaign))):
        yield line
    yield await _telegram(c)
    for line in await _mail(c, campaign):
        yield line
    yield _base_url(c)
    if campaign is not None:
        yield _staff(c, campaign)
    if c.settings.clock is not None:
        yield c.problem("clock_outside") if c.settings.outside() else c.well("clock_set", at=c.settings.clock)


def _data_folder(c: Checker) -> Line:
    folder = c.settings.data.resolve()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        return c.problem("data_refused", folder=folder, error=error.strerror)
    return c.well("data_ok", folder=folder)


def _campaign(c: Checker) -> tuple[Campaign | None, list[Line]]:
    """The campaign and its questionnaire."""
    try:
        campaign = campaign_of(c.settings)
    except NotReady:
        return None, [c.problem("campaign_missing")]
    except CampaignRefused as error:
        return None, [c.problem("campaign_refused", problem=problem) for problem in error.said(c.language)]
    lines = [c.well("campaign_ok", title=campaign.text(campaign.title, c.language), deadline=campaign.deadline)]
    return campaign, [*lines, *_questionnaire(c, campaign)]


def _questionnaire(c: Checker, campaign: Campaign) -> Iterator[Line]:
    path = campaign.folder / campaign.questionnaire
    try:
        format, files = xlsform.format_of(path.suffix), forms.code_lists(path.parent)
        findings = xlsform.lint(path.read_bytes(), format=format or "md", files=files, language=c.language)
    except (OSError, FormRefused) as error:
        yield c.problem("form_refused", file=path.name, problem=error)
        return
    errors = [finding for finding in findings if finding.severity is Severity.ERROR]
    for finding in errors:
        yield c.problem("form_refused", file=path.name, problem=finding)
    if not errors:
        yield c.well("form_ok", file=path.name)


def _database(c: Checker, campaign: Campaign | None) -> Iterator[Line]:
    """Reachable and up to date; then, with a campaign, the contacts and the letters."""
    try:
        store = Store(c.settings.database)
    except (ArgumentError, NoSuchModuleError):
        yield c.problem("database_url")
        return
    except (DBAPIError, OSError) as error:
        yield c.problem("database_refused", error=_reason(error))
        return
    try:
        yield from _tables(c, campaign, store)
    except (DBAPIError, OSError) as error:
        yield c.problem("database_refused", error=_reason(error))
    finally:
        store.close()


def _tables(c: Checker, campaign: Campaign | None, store: Store) -> Iterator[Line]:
    if store.sqlite:
        migrations.upgrade(store.engine)
    if not migrations.current(store.engine):
        yield c.problem("database_older")
        return
    yield c.well("database_ok")
    contacts = asyncio.run(store.read(numbers.status))["contacts"]
    yield c.well("contacts_ok", contacts=contacts) if contacts else c.well("contacts_none")
    if campaign is not None:
        yield from _letters(c, campaign, store)


def _letters(c: Checker, campaign: Campaign, store: Store) -> Iterator[Line]:
    try:
        clock = clock_of(c.settings)
        desk = open_desk(c.settings, store, campaign, clock)
    except (NotReady, FormRefused, FormError):
        return  # said by a line of its own
    problems = store.run(lambda session: _trial(session, desk, clock.now()))
    for problem in problems:
        yield c.problem("letter_refused", problem=problem)
    if not problems:
        yield c.well("letters_ok", languages=", ".join(campaign.languages))


def _trial(session: Session, desk: Desk, now: datetime) -> list[str]:
    """Write every letter to invented people and take it all back."""
    with session.begin_nested() as savepoint:
        problems = trial.letters_refused(session, desk, now)
        savepoint.rollback()
    return problems


async def _telegram(c: Checker) -> Line:
    token = c.settings.telegram_token.get_secret_value()
    if not token:
        return c.well("telegram_none")
    channel = TelegramChannel(token, c.settings.telegram_api_url or None)
    try:
        async with asyncio.timeout(TIMEOUT_S):
            found = await channel.check()
    except TimeoutError:
        return c.problem("telegram_unreachable", error=TimeoutError.__name__)
    finally:
        await channel.close()
    if found.health.state is State.WORKING:
        return c.well("telegram_ok", bot=found.username)
    if found.health.state is State.WRONG_TOKEN:
        return c.problem("telegram_token")
    return c.problem("telegram_unreachable", error=found.health.error)


async def _mail(c: Checker, campaign: Campaign | None) -> list[Line]:
    smtp, imap = c.settings.smtp_url.get_secret_value(), c.settings.imap_url.get_secret_value()
    if not smtp and not imap:
        return [c.well("mail_none") if c.settings.telegram_token.get_secret_value() else c.problem("no_channel")]
    address = c.settings.mail_address or (campaign.sender.address if campaign else "")
    try:
        tokens = mail_tokens(c.settings)
    except LoginProblem as problem:
        return [Line("oauth_unknown", False, sentence(problem.key, c.language, "ATSAUCE_MAIL_OAUTH"))]
    folder, sent = c.settings.mail_folder, c.settings.mail_sent_folder
    findings = await check_mail(smtp, imap, address, c.language, folder, sent_folder=sent, tokens=tokens)
    if c.send_to_self and all(found.ok for found in findings):
        now, data = datetime.now(UTC), c.settings.data
        findings += await check_round_trip(
            smtp, imap, address, c.language, data=data, now=now, folder=folder, tokens=tokens
        )
    selector = round_trip.remembered(c.settings.data, address).selector
    dns = _host_and_port(c.settings.dns) if c.settings.dns else None
    findings += await check_domain(smtp, address, c.language, selector=selector, server=dns)
    return [Line(found.key, found.ok, found.text) for found in findings]


def _host_and_port(text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    return (host, int(port)) if host and port.isdecimal() else (text, 53)


def _base_url(c: Checker) -> Line:
    url = c.settings.base_url
    if not url:
        return c.well("base_url_none")
    if url.startswith("https://") or (url.startswith("http://") and on_loopback(url)):
        return c.well("base_url_ok", url=url)
    return c.problem("base_url_http", url=url)


def _staff(c: Checker, campaign: Campaign) -> Line:
    addresses = staff_of(c.settings, campaign)
    for address in addresses:
        try:
            normalise(address)
        except ValueError:
            return c.problem("staff_wrong", address=address)
    return c.well("staff_ok", addresses=", ".join(addresses)) if addresses else c.problem("staff_none")


def _reason(error: Exception) -> str:
    original = getattr(error, "orig", None) or error
    return (str(original).strip().splitlines() or [type(original).__name__])[0][:300]

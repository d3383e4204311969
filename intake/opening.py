"""The way from the settings to a desk, for the service and for every command; no channel is needed for it."""

from __future__ import annotations

import time

from intake import forms, migrations
from intake.campaign import Campaign, load
from intake.channels.email import oauth, round_trip
from intake.channels.email.channel import EmailChannel
from intake.channels.email.oauth import Application, Tokens
from intake.clock import Clock
from intake.desk import Desk
from intake.settings import Settings
from intake.store import Store
from intake.wording.refusal import Refusal, sentence


class NotReady(Refusal):
    """The service or a command cannot begin; the sentence says what to do."""


def campaign_of(settings: Settings) -> Campaign:
    """The campaign of the settings; raises CampaignRefused or NotReady."""
    if settings.campaign is None:
        raise NotReady(sentence("campaign_unset"))
    return load(settings.campaign)


def clock_of(settings: Settings) -> Clock:
    """The clock; a set one is refused as long as a message could reach somebody outside this machine."""
    if settings.clock is not None and (outside := settings.outside()):
        raise NotReady(sentence("clock_outside", names=", ".join(outside)))
    return Clock(settings.clock)


def open_desk(settings: Settings, store: Store, campaign: Campaign, clock: Clock, bot: str = "") -> Desk:
    """The campaign's desk over a migrated database; compiles and stores the questionnaire when it is new."""
    if store.sqlite:
        migrations.upgrade(store.engine)
    elif not migrations.current(store.engine):
        raise NotReady(sentence("database_older"))
    xform, form, files = forms.compiled(campaign.folder / campaign.questionnaire, settings.data / "forms")
    form_id = store.run(lambda session: forms.install(session, xform, form, files, clock.now()))
    address = settings.mail_address or campaign.sender.address
    paths = round_trip.remembered(settings.data, address)
    return Desk(
        campaign=campaign,
        shelf=forms.Shelf(),
        form_id=form_id,
        key=settings.key(),
        mail_address=address,
        plus=paths.plus,
        verp=paths.verp,
        bot=bot or campaign.sender.telegram,
        base_url=settings.base_url.rstrip("/"),
        staff=staff_of(settings, campaign),
        staff_chat=settings.staff_chat,
    )


def email_channel(settings: Settings, campaign: Campaign, clock: Clock) -> EmailChannel | None:
    """The mail account of the settings; None where there is none."""
    smtp, imap = settings.smtp_url.get_secret_value(), settings.imap_url.get_secret_value()
    if not smtp or not imap:
        return None
    return EmailChannel(
        smtp,
        imap,
        settings.mail_address or campaign.sender.address,
        folder=settings.mail_folder,
        sent_folder=settings.mail_sent_folder,
        rate_per_minute=campaign.sender.letters_a_minute or None,
        to_one_domain=campaign.sender.letters_a_minute_to_one_domain or None,
        tokens=mail_tokens(settings),
        clock=clock.now,
    )


def mail_tokens(settings: Settings) -> Tokens | None:
    """How the mail account is logged in to where it takes no password; raises LoginProblem."""
    return mail_login(settings)[1] if settings.mail_oauth else None


def mail_login(settings: Settings) -> tuple[Application, Tokens]:
    """What is needed to log in to the mail account with OAuth 2.0; raises LoginProblem."""
    found = oauth.provider(settings.mail_oauth)
    application = Application(found, settings.mail_client_id, settings.mail_client_secret.get_secret_value())
    return application, Tokens(application, settings.data, time.time)


def staff_of(settings: Settings, campaign: Campaign) -> tuple[str, ...]:
    """The staff's mail addresses: those of the settings before those of the campaign."""
    return settings.staff or tuple(address.lower() for address in campaign.staff.addresses)

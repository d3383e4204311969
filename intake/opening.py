"""The way from the settings to a desk, for the service and for every command; no channel is needed for it."""

from __future__ import annotations

from intake import forms, migrations
from intake.campaign import Campaign, load
from intake.clock import Clock
from intake.desk import Desk
from intake.settings import Settings
from intake.store import Store


class NotReady(Exception):
    """The service or a command cannot begin; the message says what to do."""


def campaign_of(settings: Settings) -> Campaign:
    """The campaign of the settings; raises CampaignRefused or NotReady."""
    if settings.campaign is None:
        raise NotReady(
            "ATSAUCE_CAMPAIGN is not set: write a campaign with `atsauce campaign new DIR` and name its folder"
        )
    return load(settings.campaign)


def clock_of(settings: Settings) -> Clock:
    """The clock; a set one is refused as long as a message could reach somebody outside this machine."""
    if settings.clock is not None and (outside := settings.outside()):
        raise NotReady(f"ATSAUCE_CLOCK is for trying out, but {', '.join(outside)} is not on this machine")
    return Clock(settings.clock)


def open_desk(settings: Settings, store: Store, campaign: Campaign, clock: Clock, bot: str = "") -> Desk:
    """The campaign's desk over a migrated database; compiles and stores the questionnaire when it is new."""
    if store.sqlite:
        migrations.upgrade(store.engine)
    elif not migrations.current(store.engine):
        raise NotReady("the database has older tables: run `atsauce migrate`")
    xform, form, files = forms.compiled(campaign.folder / campaign.questionnaire, settings.data / "forms")
    form_id = store.run(lambda session: forms.install(session, xform, form, files, clock.now()))
    return Desk(
        campaign=campaign,
        shelf=forms.Shelf(),
        form_id=form_id,
        key=settings.key(),
        mail_address=settings.mail_address or campaign.sender.address,
        bot=bot or campaign.sender.telegram,
        base_url=settings.base_url.rstrip("/"),
        staff=staff_of(settings, campaign),
        staff_chat=settings.staff_chat,
    )


def staff_of(settings: Settings, campaign: Campaign) -> tuple[str, ...]:
    """The staff's mail addresses: those of the settings before those of the campaign."""
    return settings.staff or tuple(address.lower() for address in campaign.staff.addresses)

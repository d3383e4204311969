"""The campaign's facts as phrases that a questionnaire's sentences take: dates in their cases, the controller."""

from __future__ import annotations

from sqlmodel import Session

from intake import wording
from intake.channels.email.dates import long_date
from intake.desk import Desk


def campaign_values(session: Session, desk: Desk, language: str) -> dict[str, str]:
    """The hidden fields of a questionnaire that the campaign fills, as its sentences need them."""
    campaign, controller = desk.campaign, desk.campaign.controller
    details = campaign.text(controller.address, language)
    if number := controller.registration_number:
        details = wording.text(language, "letter.registered", number=number, address=details)
    deadline = campaign.local(desk.closes(session)).date()
    return {
        "campaign_deadline": long_date(deadline, language, "dative"),
        "campaign_controller": campaign.text(controller.name, language),
        "campaign_controller_details": details,
        "campaign_controller_email": controller.email,
        "campaign_dpo": controller.dpo,
        "campaign_retention": long_date(controller.retention, language, "dative"),
        "campaign_recipients": campaign.text(controller.recipients, language),
        "campaign_privacy_link": controller.privacy_link,
        "campaign_previous_survey": campaign.text(campaign.previous_survey, language),
    }

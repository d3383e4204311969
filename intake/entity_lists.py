"""The entity lists that a questionnaire can write to, and the properties that mean something in them (save_to)."""

from __future__ import annotations

INITIATIVES = "initiatives"
REFERRALS = "referrals"

TEXTS = (
    *("description", "need", "form", "novelty", "service", "target", "scope"),
    *("municipality", "region", "stage", "role", "publish"),
)
"""Columns of an initiative, beside its title and year."""
ORGANISATION = ("organisation", "registration_number", "legal_form")
CONTACT = ("contact_name", "contact_position", "contact_email", "contact_phone", "phone")
"""Stay with the answers: an initiative says nothing about persons."""
CONSENTS = {
    "contact_consent": "stage2",
    "case_study": "stage3",
    "publish": "publish",
    "privacy_read": "notice",
    "recording": "recording",
    "quotes": "quotes",
}
"""Property, or question of that name -> the purpose it is about (DOMAIN.md 4, rule 12)."""
MORE = (
    *("social_enterprise", "partners", "funding", "reach", "barriers", "enablers"),
    *("service_detail", "target_detail", "transferability", "evidence_strength"),
)
"""What the built-in questionnaires know besides; like any other property it is kept with the initiative."""
PROPERTIES = {
    INITIATIVES: ("title", *TEXTS, "year", *ORGANISATION, *CONTACT, *CONSENTS, *MORE),
    REFERRALS: ("organisation", "email", "municipality", "person", "person_knows", "may_name"),
}
COLUMNS = {INITIATIVES: ("title", *TEXTS, "year", *ORGANISATION), REFERRALS: PROPERTIES[REFERRALS]}
"""Those that tables and letters show."""


def kept(written: str) -> str:
    """The list of ours that is meant ("Initiative", "referrals"); "" for a list that only ODK servers keep."""
    name = written.casefold()
    return next((one for one in PROPERTIES if name in (one, one.removesuffix("s"))), "")

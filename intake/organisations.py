"""Which organisation is meant: a registration number or the strict key decide, folded keys only propose (DOMAIN 3)."""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime

from sqlalchemy import select
from sqlmodel import Session, col

from intake.tables import Organisation

_SEPARATORS = re.compile(r"[\s„“”\"«»'ʼ‘’`\-–—.,/]+")
_FORMS = (
    "sabiedriba ar ierobezotu atbildibu",
    "pasvaldibas iestade",
    "valsts agentura",
    "akciju sabiedriba",
    "individualais komersants",
    "biedriba",
    "nodibinajums",
    "psia",
    "vsia",
    "sia",
    "as",
    "ik",
)
"""Words for the legal form, folded: taken off either end of a name."""
SECTORS = {
    "biedriba": "ngo",
    "nodibinajums": "ngo",
    "religious": "ngo",
    "union": "ngo",
    "sia_su": "social_enterprise",
    "sia": "business",
    "merchant": "business",
    "coop": "business",
    "municipality": "municipal",
    "mun_inst": "municipal",
    "mun_company": "municipal",
    "region": "state",
    "state_inst": "state",
    "state_company": "state",
    "public_foundation": "state",
    "university": "academic",
    "institute": "academic",
    "informal": "informal",
    "person": "informal",
}
"""Legal form -> sector (questionnaires.md, LEGAL)."""


def folded(text: str) -> str:
    """Lower case without diacritics, quotes and punctuation, single spaces."""
    plain = unicodedata.normalize("NFD", unicodedata.normalize("NFKC", text).casefold())
    letters = "".join(char for char in plain if not unicodedata.combining(char))
    return _SEPARATORS.sub(" ", letters).strip()


def strict_key(name: str) -> str:
    """Punctuation, spaces and letter case make no difference of names (Enterprise Register); diacritics do."""
    return _SEPARATORS.sub(" ", unicodedata.normalize("NFKC", name).casefold()).strip()


def folded_key(name: str) -> str:
    """Without diacritics and without the legal form at either end: proposes, never decides."""
    key = folded(name)
    for form in _FORMS:
        key = key.removeprefix(form + " ").removesuffix(" " + form)
    return key


def find_or_add(
    session: Session, name: str, now: datetime, *, registration_number: str | None = None, **known: str | None
) -> Organisation | None:
    """The organisation of this name or number, added when new; None for an empty name.

    What is already known about it is kept; what was missing is filled in from `known`.
    """
    if not name.strip():
        return None
    found = _by_number(session, registration_number) or _by_name(session, name, registration_number)
    if found is None:
        found = Organisation(
            name=name.strip(), strict_key=strict_key(name), folded_key=folded_key(name), created_at=now
        )
        session.add(found)
    for column, value in {"registration_number": registration_number, **known}.items():
        if value and not getattr(found, column):
            setattr(found, column, value)
    session.flush()
    return found


def candidates(session: Session, organisation: Organisation) -> list[Organisation]:
    """Others that may be the same: for the staff to look at, never merged by themselves."""
    same = select(Organisation).where(
        col(Organisation.folded_key) == organisation.folded_key, col(Organisation.id) != organisation.id
    )
    return list(session.scalars(same.limit(20)))


def _by_number(session: Session, number: str | None) -> Organisation | None:
    if not number:
        return None
    return session.scalars(select(Organisation).where(col(Organisation.registration_number) == number)).first()


def _by_name(session: Session, name: str, number: str | None) -> Organisation | None:
    rows = session.scalars(select(Organisation).where(col(Organisation.strict_key) == strict_key(name)))
    return next((row for row in rows if not (number and row.registration_number)), None)

"""When two names are one organisation, and when they only look alike."""

from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import Session

from intake import organisations


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Biedrība “Saules tilts”", 'BIEDRĪBA "SAULES TILTS"', True),
        ("Biedrība „Saules  tilts”", "biedrība Saules-tilts", True),
        ("Reach for Change", "Reach  for Change ", True),
        ("Latvijas Samariešu apvienība", "Latvijas Samariesu apvieniba", False),
        ("SIA Zieds", "SIA “Ziedi”", False),
        ("Jelgavas novads", "Jelgava", False),
    ],
)
def test_the_strict_key_decides(session: Session, now: datetime, one: str, other: str, same: bool) -> None:
    first = organisations.find_or_add(session, one, now)
    second = organisations.find_or_add(session, other, now)
    assert first is not None
    assert second is not None
    assert (first.id == second.id) is same
    assert first.name == one.strip()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Biedrība “Zelda”", "Zelda, biedrība"),
        ("Latvijas Samariešu apvienība", "Latvijas Samariesu apvieniba"),
        ("SIA Ūdens", "Udens SIA"),
        ("Sabiedrība ar ierobežotu atbildību “Tilts”", "SIA Tilts"),
    ],
)
def test_the_folded_key_only_proposes(session: Session, now: datetime, one: str, other: str) -> None:
    first = organisations.find_or_add(session, one, now)
    second = organisations.find_or_add(session, other, now)
    assert first is not None
    assert second is not None
    assert first.id != second.id
    assert [found.id for found in organisations.candidates(session, first)] == [second.id]


def test_a_number_joins_names_and_keeps_namesakes_apart(session: Session, now: datetime) -> None:
    known = organisations.find_or_add(session, "Tilts", now, registration_number="40008001803")
    renamed = organisations.find_or_add(session, "Tilts un krasts", now, registration_number="40008001803")
    namesake = organisations.find_or_add(session, "Tilts", now, registration_number="40008002279")
    assert known is not None
    assert renamed is not None
    assert namesake is not None
    assert renamed.id == known.id
    assert namesake.id != known.id


def test_what_is_known_is_kept_and_what_was_missing_filled_in(session: Session, now: datetime) -> None:
    first = organisations.find_or_add(session, "Tilts", now, sector="ngo")
    again = organisations.find_or_add(session, "TILTS", now, sector="state", municipality="riga")
    assert again is not None
    assert first is not None
    assert (again.id, again.sector, again.municipality) == (first.id, "ngo", "riga")


@pytest.mark.parametrize("name", ["", "   ", "\t\n"])
def test_no_name_no_organisation(session: Session, now: datetime, name: str) -> None:
    assert organisations.find_or_add(session, name, now) is None


@given(st.text(max_size=200))
def test_keys_are_stable(name: str) -> None:
    """A key of a key is the key, so that a stored one may be compared with a new one."""
    assert organisations.strict_key(organisations.strict_key(name)) == organisations.strict_key(name)
    assert organisations.folded(organisations.folded(name)) == organisations.folded(name)

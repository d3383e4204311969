"""campaign.toml: everything wrong with it is said at once; days and hours are those of the campaign's zone."""

from __future__ import annotations

import shutil
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intake.campaign import Campaign, CampaignRefused, load

RIGA = ZoneInfo("Europe/Riga")


@pytest.fixture
def folder(campaign_folder: Path, tmp_path: Path) -> Path:
    """A copy to be spoiled."""
    for name in ("campaign.toml", "initiative.md"):
        shutil.copyfile(campaign_folder / name, tmp_path / name)
    return tmp_path


@pytest.fixture(scope="module")
def campaign(campaign_folder: Path) -> Campaign:
    return load(campaign_folder)


def change(folder: Path, old: str, new: str) -> None:
    path = folder / "campaign.toml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("deadline = 2026-02-13", "deadline = 2026-01-01", "the deadline is before the opening"),
        ("deadline = 2026-02-13", 'deadline = "soon"', "deadline"),
        ('"Europe/Riga"', '"Europe/Ryga"', "for Latvia write Europe/Riga"),
        ('["09:00", "17:00"]', '["17:00", "09:00"]', "from the earlier to the later hour"),
        ('["09:00", "17:00"]', '["9 o\'clock", "17:00"]', "sending_hours"),
        ('["lv", "en"]', "[]", "languages"),
        ('["lv", "en"]', '["lv", "en", "uk"]', "lacks a text in: uk"),
        ('"initiative.md"', '"initiative.docx"', ".md, .xlsx or .csv"),
        ('"initiative.md"', '"other.md"', "the questionnaire other.md is not in"),
        ("target = 60", "target = -1", "staff.target"),
        ("target = 60", "target = 60\ntypo = 1", "staff.typo"),
        ('approval = "staff"', 'approval = "nobody"', "referrals.approval"),
        ("[title]", "[title", "campaign.toml"),
    ],
)
def test_what_is_wrong_is_named(folder: Path, old: str, new: str, words: str) -> None:
    change(folder, old, new)
    with pytest.raises(CampaignRefused) as refused:
        load(folder)
    assert any(words in problem for problem in refused.value.said("en")), refused.value
    assert not set(refused.value.said("lv")) & set(refused.value.said("en"))


def test_everything_wrong_is_said_at_once(folder: Path) -> None:
    change(folder, "target = 60", 'target = "many"')
    change(folder, 'approval = "staff"', 'approval = "nobody"')
    with pytest.raises(CampaignRefused) as refused:
        load(folder)
    assert len(refused.value.reasons) == 2


def test_no_campaign_says_how_to_write_one(tmp_path: Path) -> None:
    with pytest.raises(CampaignRefused, match="atsauce campaign new"):
        load(tmp_path)


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", "nosaukums = “a”".encode(), b"languages = ["])
def test_a_file_that_is_no_toml(folder: Path, content: bytes) -> None:
    (folder / "campaign.toml").write_bytes(content)
    with pytest.raises(CampaignRefused):
        load(folder)


def test_a_byte_order_mark_is_no_fault(folder: Path) -> None:
    path = folder / "campaign.toml"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert load(folder).languages == ("lv", "en")


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2026, 1, 20), True),
        (date(2026, 1, 24), False),
        (date(2026, 5, 1), False),
        (date(2026, 5, 4), False),
        (date(2026, 6, 23), False),
        (date(2026, 6, 24), False),
        (date(2026, 12, 24), False),
        (date(2026, 12, 31), False),
    ],
)
def test_working_days(campaign: Campaign, day: date, works: bool) -> None:
    assert campaign.works(day) is works


@pytest.mark.parametrize(
    ("number", "expected"), [(1, date(2026, 2, 12)), (2, date(2026, 2, 11)), (10, date(2026, 1, 30))]
)
def test_working_days_before_the_deadline(campaign: Campaign, number: int, expected: date) -> None:
    assert campaign.working_days_before(date(2026, 2, 13), number) == expected


def test_the_staff_correct_the_calendar(folder: Path) -> None:
    change(folder, "free = []", "free = [2026-02-12]")
    change(folder, "working = []", "working = [2026-02-07]")
    campaign = load(folder)
    assert campaign.working_days_before(date(2026, 2, 13), 1) == date(2026, 2, 11)
    assert campaign.works(date(2026, 2, 7))


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2026-01-20 10:00", "2026-01-20 10:00"),
        ("2026-01-20 08:59", "2026-01-20 09:00"),
        ("2026-01-20 17:00", "2026-01-21 09:00"),
        ("2026-01-23 18:00", "2026-01-26 09:00"),
        ("2026-04-30 18:00", "2026-05-05 09:00"),
        ("2026-03-28 12:00", "2026-03-30 09:00"),
        ("2026-10-25 03:30", "2026-10-26 09:00"),
    ],
)
def test_the_next_hour_for_sending(campaign: Campaign, now: str, expected: str) -> None:
    at = datetime.fromisoformat(now).replace(tzinfo=RIGA)
    assert campaign.local(campaign.next_sending(at.astimezone(UTC))) == datetime.fromisoformat(expected).replace(
        tzinfo=RIGA
    )


@settings(max_examples=200, deadline=None)
@given(st.datetimes(datetime(2025, 1, 1), datetime(2028, 1, 1)))  # noqa: DTZ001 - hypothesis wants naive bounds
def test_sending_never_begins_outside_hours(naive: datetime) -> None:
    campaign = _built_in()
    at = naive.replace(tzinfo=UTC)
    found = campaign.next_sending(at)
    local = campaign.local(found)
    assert at <= found <= at + timedelta(days=14)
    assert campaign.works(local.date())
    assert campaign.sending_hours[0] <= local.time() < campaign.sending_hours[1]


def test_the_deadline_is_the_end_of_its_day(campaign: Campaign) -> None:
    assert campaign.closes() == datetime(2026, 2, 13, 21, 59, tzinfo=UTC)
    summer = campaign.end_of(date(2026, 7, 1))
    assert summer == datetime(2026, 7, 1, 20, 59, tzinfo=UTC)
    assert campaign.closes(summer) == summer


def _built_in() -> Campaign:
    return Campaign.model_validate(
        {
            "folder": Path("."),
            "title": {"lv": "Aptauja"},
            "languages": ("lv",),
            "opening": date(2026, 1, 12),
            "deadline": date(2026, 2, 13),
            "sender": {"name": "Aptauja", "address": "a@example.org"},
            "controller": {
                "name": {"lv": "Fonds"},
                "address": {"lv": "Rīga"},
                "email": "d@example.org",
                "dpo": "d@example.org",
                "recipients": {"lv": "darbinieki"},
                "retention": date(2027, 12, 31),
                "privacy_link": "https://example.org",
            },
        }
    )

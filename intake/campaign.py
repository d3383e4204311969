"""The campaign as its staff wrote it in `campaign.toml`: window, languages, sender, reminders, referral policy."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, available_timezones

import holidays
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, field_validator, model_validator
from pydantic_core import ErrorDetails

from intake.wording.invalid import reason, wrong
from intake.wording.refusal import Refusal, Sentence, sentence

FILE = "campaign.toml"
FORMATS = {".md": "md", ".xlsx": "xlsx", ".csv": "csv"}


class CampaignRefused(Refusal):
    """`campaign.toml` cannot be used; the reasons are everything wrong with it."""


def _time(value: object) -> object:
    try:
        return time.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        raise wrong("invalid_hour") from None


Hour = Annotated[time, BeforeValidator(_time)]
Texts = dict[str, str]
"""A sentence in each language: language code -> text."""


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Sender(_Section):
    name: str
    address: str
    signature: tuple[str, ...] = ()
    telegram: str = ""
    authserv_id: str = ""
    """By which our mail server names itself in Authentication-Results; empty: they are not looked at."""
    letters_a_minute: float = Field(default=0, ge=0)
    """0: as fast as the mail server takes them."""
    letters_a_minute_to_one_domain: float = Field(default=0, ge=0)


class Controller(_Section):
    """Who answers for the personal data (GDPR, Art. 13 and 14)."""

    name: Texts
    registration_number: str = ""
    address: Texts
    email: str
    dpo: str
    recipients: Texts
    retention: date
    privacy_link: str


class Staff(_Section):
    addresses: tuple[str, ...] = ()
    digest_at: Hour = time(8, 30)
    target: int = Field(default=0, ge=0)
    names_in_chat: bool = False
    """Whether the staff chat may show who wrote and what, not only numbers and organisations."""


class Reminders(_Section):
    working_days_before_deadline: tuple[int, ...] = (10, 2)
    referred_working_days_before_deadline: tuple[int, ...] = (2,)
    at: Hour = time(10)


class Referrals(_Section):
    approval: Literal["staff", "at_once"] = "staff"
    most_per_respondent: int = Field(default=5, ge=0, le=20)
    days_to_answer: int = Field(default=30, ge=1, le=30)


class Holidays(_Section):
    free: tuple[date, ...] = ()
    working: tuple[date, ...] = ()


class Campaign(_Section):
    """One campaign; `folder` holds its files. Instants are computed in its zone and returned in UTC."""

    folder: Path
    title: Texts
    languages: tuple[str, ...] = Field(min_length=1)
    opening: date
    deadline: date
    time_zone: str = "Europe/Riga"
    country: str = "LV"
    sending_hours: tuple[Hour, Hour] = (time(9), time(17))
    questionnaire: str = "initiative.md"
    minutes: int = Field(default=10, ge=1, le=240)
    """What the letters say that an answer takes."""
    welcome_without_invitation: bool = True
    sender: Sender
    controller: Controller
    staff: Staff = Staff()
    reminders: Reminders = Reminders()
    referrals: Referrals = Referrals()
    previous_survey: Texts = {}
    funding: Texts = {}
    holidays: Holidays = Holidays()

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        if value not in available_timezones():
            raise wrong("time_zone", value=value)
        return value

    @model_validator(mode="after")
    def _coherent(self) -> Campaign:
        if self.deadline < self.opening:
            raise wrong("deadline_before_opening")
        if self.sending_hours[0] >= self.sending_hours[1]:
            raise wrong("sending_hours")
        if Path(self.questionnaire).suffix not in FORMATS:
            raise wrong("questionnaire_format")
        for texts, name in ((self.title, "title"), (self.controller.name, "controller.name")):
            if missing := set(self.languages) - set(texts):
                raise wrong("text_lacks", name=name, languages=", ".join(sorted(missing)))
        return self

    @property
    def language(self) -> str:
        """The one used until somebody asks for another."""
        return self.languages[0]

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    def opens(self) -> datetime:
        return self._at(self.opening, self.sending_hours[0])

    def closes(self, moved: datetime | None = None) -> datetime:
        """The last instant before the deadline's midnight, or the one the staff moved it to."""
        return moved or self._at(self.deadline, time(23, 59))

    def end_of(self, day: date) -> datetime:
        """The instant at which a deadline on `day` falls."""
        return self._at(day, time(23, 59))

    def local(self, instant: datetime) -> datetime:
        return instant.astimezone(self.zone)

    def text(self, texts: Texts, language: str) -> str:
        return texts.get(language) or texts.get(self.language, "")

    def works(self, day: date) -> bool:
        """Whether `day` is a working day, with the staff's own corrections."""
        if day in self.holidays.free:
            return False
        return day in self.holidays.working or _calendar(self.country).is_working_day(day)

    def working_days_before(self, day: date, number: int) -> date:
        """The `number`th working day before `day`."""
        for candidate in self._days(day, -1):
            number -= self.works(candidate)
            if number <= 0:
                return candidate
        raise AssertionError("unreachable")

    def working_instant(self, day: date, at: time) -> datetime:
        return self._at(day, at)

    def next_sending(self, now: datetime) -> datetime:
        """`now` if it lies within the sending hours of a working day, else the beginning of the next ones."""
        local = self.local(now)
        begin, end = self.sending_hours
        if self.works(local.date()) and local.time() < end:
            return now if local.time() >= begin else self._at(local.date(), begin)
        for day in self._days(local.date(), 1):
            if self.works(day):
                return self._at(day, begin)
        raise AssertionError("unreachable")

    def _at(self, day: date, at: time) -> datetime:
        return datetime.combine(day, at, self.zone).astimezone(UTC)

    @staticmethod
    def _days(day: date, step: int) -> Iterator[date]:
        while True:
            day += timedelta(days=step)
            yield day


def load(folder: Path) -> Campaign:
    """Read `campaign.toml` in `folder`; CampaignRefused says everything that is wrong with it."""
    path = folder / FILE
    try:
        campaign = Campaign.model_validate(_read(path) | {"folder": folder})
    except ValidationError as error:
        raise CampaignRefused(*(_problem(path, problem) for problem in error.errors())) from None
    if not (folder / campaign.questionnaire).is_file():
        missing = sentence("campaign_questionnaire_missing", path=path, file=campaign.questionnaire, folder=folder)
        raise CampaignRefused(missing)
    return campaign


def spoken_in(folder: Path) -> str | None:
    """The first language of a campaign, also of one that cannot be used; None where it cannot even be read."""
    try:
        languages = _read(folder / FILE).get("languages")
    except (CampaignRefused, OSError):
        return None
    first = languages[0] if isinstance(languages, list) and languages else None
    return first if isinstance(first, str) else None


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise CampaignRefused(sentence("campaign_missing", path=path, folder=path.parent)) from None
    except UnicodeDecodeError:
        raise CampaignRefused(sentence("campaign_unreadable", path=path, reason=sentence("not_utf8"))) from None
    except tomllib.TOMLDecodeError as error:
        raise CampaignRefused(sentence("campaign_unreadable", path=path, reason=_syntax(str(error)))) from None


def _syntax(error: str) -> Sentence:
    """Where the mistake is; what it is stays in the words of Python's parser."""
    found = re.fullmatch(r"(.*) \(at line (\d+), column (\d+)\)", error, re.DOTALL)
    if found is None:
        return sentence("toml_end", error=error.removesuffix(" (at end of document)"))
    return sentence("toml_syntax", error=found[1], line=found[2], column=found[3])


def _problem(path: Path, problem: ErrorDetails) -> Sentence:
    where = ".".join(str(part) for part in problem["loc"])
    return sentence("campaign_problem", path=path, where=f"{where}: " if where else "", reason=reason(problem))


_CALENDARS: dict[str, holidays.HolidayBase] = {}


def _calendar(country: str) -> holidays.HolidayBase:
    if country not in _CALENDARS:
        _CALENDARS[country] = holidays.country_holidays(country)
    return _CALENDARS[country]

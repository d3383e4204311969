"""What every command begins with: the settings, the database and the campaign, or a refusal in plain words."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NoReturn, TypeVar

import typer
from pydantic import ValidationError
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, OperationalError
from sqlmodel import Session

from conversations.forms import FormError
from intake import migrations, wording
from intake.campaign import spoken_in
from intake.channels.email import checks
from intake.channels.email.letters import LetterError
from intake.channels.email.oauth import LoginProblem
from intake.clock import Clock
from intake.commands import screen
from intake.desk import Desk
from intake.opening import campaign_of, clock_of, open_desk
from intake.settings import Settings
from intake.store import Store
from intake.wording import invalid
from intake.wording.refusal import Refusal
from intake.xlsform import FormRefused

T = TypeVar("T")

REFUSED = 1


@dataclass(frozen=True, slots=True)
class Counter:
    """An open desk at which a command works, while the service may be running on the same database."""

    settings: Settings
    store: Store
    desk: Desk
    clock: Clock

    @property
    def language(self) -> str:
        return self.desk.campaign.language

    def now(self) -> datetime:
        return self.clock.now()

    def look(self, rule: Callable[[Session], T]) -> T:
        """The result of a rule that changes nothing."""
        return asyncio.run(self.store.read(rule))

    def change(self, rule: Callable[[Session], T]) -> T:
        """The result of a rule, once it is committed."""
        return self.store.run(rule)

    def say(self, key: str, **values: object) -> str:
        return wording.text(self.language, f"cli.{key}", **values)


@contextlib.contextmanager
def counter() -> Iterator[Counter]:
    """Open everything a command needs; whatever prevents it is said in plain words, with exit code 1."""
    with refusing(), _store() as (settings, store):
        clock = clock_of(settings)
        yield Counter(settings, store, open_desk(settings, store, campaign_of(settings), clock), clock)


@contextlib.contextmanager
def database() -> Iterator[Store]:
    """The database alone, as it is, for `migrate` and `replay`."""
    with refusing(), _store() as (_, store):
        yield store


@contextlib.contextmanager
def refusing() -> Iterator[None]:
    """Turn every failure that is to be expected into a sentence and exit code 1."""
    try:
        yield
    except Refusal as error:
        refuse(*error.said(language()))
    except LoginProblem as error:
        refuse(checks.sentence(error.key, language(), "ATSAUCE_MAIL_OAUTH"))
    except FormRefused as error:
        refuse(said("form_refused"), *map(str, error.findings))
    except FormError as error:
        refuse(
            said("form_refused"),
            *(
                f"{problem.question}: {problem.message.told(language())}".removeprefix(": ")
                for problem in error.problems
            ),
        )
    except LetterError as error:
        refuse(str(error))
    except ValidationError as error:
        refuse(said("settings_refused"), *invalid.settings(error, language()))
    except (ArgumentError, NoSuchModuleError):
        refuse(said("database_url"))
    except (OperationalError, sqlite3.OperationalError) as error:
        refuse(said("database_unreachable", error=reason_of(error)))
    except DBAPIError as error:
        refuse(said("database_refused", error=reason_of(error)))
    except OSError as error:
        refuse(said("file", path=error.filename or "", error=error.strerror or type(error).__name__))


def refuse(*sentences: str) -> NoReturn:
    """Say why it was not done, and exit with 1."""
    for sentence in sentences:
        screen.problem(sentence)
    raise typer.Exit(REFUSED)


def said(key: str, **values: object) -> str:
    """A sentence in the campaign's language, where there is a campaign."""
    return wording.text(language(), f"cli.{key}", **values)


def language() -> str:
    """The language of the campaign that the settings name, also of one that is refused; else Latvian."""
    with contextlib.suppress(ValidationError, OSError):
        settings = Settings()
        if settings.campaign is not None:
            return spoken_in(settings.campaign) or wording.FIRST
    return wording.FIRST


def reason_of(error: Exception) -> str:
    """The first line of what the database's driver said; it holds no password."""
    original: Any = getattr(error, "orig", None) or error
    return (str(original).strip().splitlines() or [type(original).__name__])[0][:300]


@contextlib.contextmanager
def _store() -> Iterator[tuple[Settings, Store]]:
    settings = Settings()
    store = Store(settings.database)
    try:
        yield settings, store
    finally:
        store.close()


def migrate() -> None:
    """Bring the tables of the settings' database up to date."""
    with database() as store:
        migrations.upgrade(store.engine)

"""What the operator decides: addresses, keys and folders, from the environment or `.env`."""

from __future__ import annotations

import ipaddress
import secrets
from datetime import datetime
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator
from pydantic_core import PydanticCustomError
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict


class Settings(BaseSettings):
    """Every setting is an environment variable with the prefix `ATSAUCE_`; deploy/env.example explains them."""

    model_config = SettingsConfigDict(env_prefix="ATSAUCE_", env_file=".env", extra="ignore", env_ignore_empty=True)

    database_url: str = ""
    """`sqlite:///path` or `postgresql://user@host:port/name`; empty: `atsauce.db` in the data folder."""
    telegram_token: SecretStr = SecretStr("")
    telegram_api_url: str = ""
    smtp_url: SecretStr = SecretStr("")
    imap_url: SecretStr = SecretStr("")
    mail_address: str = ""
    mail_folder: str = "INBOX"
    """The folder of the mailbox that is read; spaces and diacritics are allowed."""
    mail_sent_folder: str = ""
    """The folder that gets a copy of every letter; empty: none."""
    mail_oauth: str = ""
    """`google`, `microsoft` or `microsoft:TENANT`: OAuth 2.0 instead of a password (`atsauce mail login`)."""
    mail_client_id: str = ""
    mail_client_secret: SecretStr = SecretStr("")
    dns: str = ""
    """`host:port` of the DNS server that `atsauce check` asks; empty: the system's."""
    staff: Annotated[tuple[str, ...], NoDecode] = ()
    staff_chat: int | None = None
    base_url: str = ""
    campaign: Path | None = None
    """Folder written by `atsauce campaign new`; empty: the built-in campaign."""
    secret: SecretStr = SecretStr("")
    data: Path = Path("data")
    clock: datetime | None = None
    web_host: str = "127.0.0.1"
    web_port: int | None = Field(default=None, ge=0, le=65535)
    """Of the page for stopping; by default the port of ATSAUCE_BASE_URL on this machine, else 8080."""

    @field_validator("staff", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(part.strip().lower() for part in value.split(",") if part.strip())
        return value

    @field_validator("clock")
    @classmethod
    def _aware(cls, value: datetime | None) -> datetime | None:
        if value is not None and value.tzinfo is None:
            raise PydanticCustomError("atsauce.clock_zone", "a time zone is missing, as in 2026-11-25T09:00:00+02:00")
        return value

    @field_validator("campaign", mode="before")
    @classmethod
    def _no_campaign(cls, value: object) -> object:
        return value or None

    @property
    def database(self) -> str:
        return self.database_url or f"sqlite:///{self.data / 'atsauce.db'}"

    @property
    def page(self) -> tuple[str, int]:
        """Host and port on which the service's own page listens; port 0 takes any free one."""
        if self.web_port is not None:
            return self.web_host, self.web_port
        port = urlsplit(self.base_url).port if on_loopback(self.base_url) else None
        return self.web_host, port or 8080

    def servers(self) -> dict[str, str]:
        """Every server that a message could reach, by setting name."""
        telegram = self.telegram_api_url or "https://api.telegram.org"
        urls = {
            "ATSAUCE_TELEGRAM_API_URL": telegram if self.telegram_token.get_secret_value() else "",
            "ATSAUCE_SMTP_URL": self.smtp_url.get_secret_value(),
            "ATSAUCE_IMAP_URL": self.imap_url.get_secret_value(),
        }
        return {name: url for name, url in urls.items() if url}

    def outside(self) -> tuple[str, ...]:
        """Names of the settings whose server is not on this machine's loopback."""
        return tuple(name for name, url in self.servers().items() if not on_loopback(url))

    def key(self) -> bytes:
        """The secret behind suppression digests, codes and raw mail; made once in the data folder when not set."""
        if value := self.secret.get_secret_value():
            return value.encode()
        path = self.data / "secret"
        self.data.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            path.touch(mode=0o600)
            path.write_text(secrets.token_urlsafe(48))
        return path.read_bytes().strip()


def on_loopback(url: str) -> bool:
    """Whether the host of `url` is this machine itself."""
    host = urlsplit(url).hostname or ""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False  # a name, as 127.0.0.1.example.org is one

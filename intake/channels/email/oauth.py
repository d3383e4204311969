"""Logging in to a mail account with OAuth 2.0: the device flow once, then a token that is renewed before it ends.

RFC 8628 (device flow), RFC 6749 section 6 (refresh). Microsoft 365 offers both; Google gives no mail access by the
device flow, so there a refresh token is made in the browser and typed in.
"""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp

FILE = "mail-login.json"
EARLY_S = 300.0
"""A token is renewed this long before it ends."""
USUAL_S = 3600.0
TIMEOUT_S = 20.0
LONGEST_ANSWER = 100_000
DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code"


class LoginProblem(Exception):
    """There is no usable token. `key` is a sentence in checks.toml."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


@dataclass(frozen=True, slots=True)
class Provider:
    """Where tokens come from; `device_url` is empty where the device flow gives no access to mail."""

    token_url: str
    device_url: str
    scope: str


@dataclass(frozen=True, slots=True)
class Application:
    """The program as the provider knows it, registered by whoever runs it; `repr` hides the secret."""

    provider: Provider
    client_id: str
    client_secret: str = ""

    def __repr__(self) -> str:
        return f"Application({self.client_id!r})"

    def form(self, **more: str) -> dict[str, str]:
        secret = {"client_secret": self.client_secret} if self.client_secret else {}
        return {"client_id": self.client_id, **secret, **more}


@dataclass(frozen=True, slots=True)
class Device:
    """What the person is told: open `address` in a browser and type `code`."""

    code: str
    address: str
    device_code: str
    interval_s: float
    lasts_s: float


def provider(name: str) -> Provider:
    """`google`, `microsoft`, `microsoft:TENANT`, or the origin of another server; LoginProblem for anything else."""
    kind, _, tenant = name.strip().partition(":")
    if kind == "google":
        return Provider("https://oauth2.googleapis.com/token", "", "https://mail.google.com/")
    if kind == "microsoft":
        base = f"https://login.microsoftonline.com/{tenant or 'organizations'}/oauth2/v2.0"
        office = "https://outlook.office.com"
        scope = f"{office}/IMAP.AccessAsUser.All {office}/SMTP.Send offline_access"
        return Provider(f"{base}/token", f"{base}/devicecode", scope)
    if kind == "https" or name.startswith(("http://127.", "http://localhost")):
        return Provider(f"{name.rstrip('/')}/token", f"{name.rstrip('/')}/devicecode", "mail offline_access")
    raise LoginProblem("oauth_unknown")


async def begin(application: Application) -> Device:
    """Ask the provider for a code to show."""
    if not application.provider.device_url:
        raise LoginProblem("oauth_no_device")
    form = application.form(scope=application.provider.scope)
    found = await _post(application.provider.device_url, form)
    try:
        address = found.get("verification_uri") or found["verification_url"]
        lasts_s, interval_s = float(found.get("expires_in", 900)), float(found.get("interval", 5))
        return Device(str(found["user_code"]), str(address), str(found["device_code"]), interval_s, lasts_s)
    except (KeyError, TypeError, ValueError) as error:
        raise LoginProblem("oauth_refused") from error


async def finish(application: Application, device: Device) -> Mapping[str, Any]:
    """Wait until the person has typed the code; what the provider gave then."""
    form = application.form(grant_type=DEVICE_GRANT, device_code=device.device_code)
    interval_s = device.interval_s
    try:
        async with asyncio.timeout(device.lasts_s):
            while True:
                await asyncio.sleep(interval_s)
                found = await _post(application.provider.token_url, form)
                if "refresh_token" in found:
                    return found
                if found.get("error") == "slow_down":
                    interval_s += 5.0
                elif found.get("error") != "authorization_pending":
                    raise LoginProblem("oauth_refused")
    except TimeoutError as error:
        raise LoginProblem("oauth_too_late") from error


class Tokens:
    """The access token of now, renewed when it is about to end; kept in a file that only its owner may read.

    `clock` gives seconds since 1970.
    """

    def __init__(self, application: Application, folder: Path, clock: Callable[[], float]) -> None:
        self._application, self._path, self._clock = application, folder / FILE, clock
        self._lock = asyncio.Lock()

    def keep(self, found: Mapping[str, Any]) -> None:
        """Store what the provider gave; a refresh token that it did not renew stays."""
        before = self._kept()
        refresh = found.get("refresh_token") or before.get("refresh_token", "")
        ends = self._clock() + float(found.get("expires_in") or USUAL_S)
        kept = {"refresh_token": refresh, "access_token": found.get("access_token", ""), "ends": ends}
        self._path.parent.mkdir(parents=True, exist_ok=True)
        part = self._path.with_suffix(".part")
        part.unlink(missing_ok=True)
        with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            json.dump(kept, file)
        part.replace(self._path)

    async def access(self) -> str:
        """A token that is good for some minutes at least; raises LoginProblem."""
        async with self._lock:
            kept = self._kept()
            if kept.get("access_token") and float(kept.get("ends", 0)) - EARLY_S > self._clock():
                return str(kept["access_token"])
            if not kept.get("refresh_token"):
                raise LoginProblem("oauth_no_login")
            form = self._application.form(grant_type="refresh_token", refresh_token=str(kept["refresh_token"]))
            found = await _post(self._application.provider.token_url, form)
            if not found.get("access_token"):
                raise LoginProblem("oauth_ended")
            self.keep(found)
            return str(found["access_token"])

    def _kept(self) -> dict[str, Any]:
        try:
            found = json.loads(self._path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return found if isinstance(found, dict) else {}


async def _post(url: str, form: Mapping[str, str]) -> dict[str, Any]:
    """The JSON of the answer, also of a refusal (400 with "error"); raises LoginProblem when there is none."""
    limit = aiohttp.ClientTimeout(total=TIMEOUT_S)
    try:
        async with aiohttp.ClientSession(timeout=limit) as http, http.post(url, data=dict(form)) as answer:
            found = json.loads(await answer.content.read(LONGEST_ANSWER))
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        raise LoginProblem("oauth_unreachable") from error
    except ValueError as error:
        raise LoginProblem("oauth_refused") from error
    return found if isinstance(found, dict) else {}

"""Debian's Chromium, driven by Playwright: how to launch it so that it talks to nobody but our pages."""

import os
import shutil
from importlib.util import find_spec
from typing import TypedDict

QUIET = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    "--disable-gpu",
    "--no-first-run",
)


class LaunchOptions(TypedDict):
    """The keyword arguments of Playwright's `chromium.launch`."""

    executable_path: str
    args: list[str]
    headless: bool


def why_not() -> str | None:
    """The reason why no browser can be started here, or None."""
    if _executable() is None:
        return "no Chromium here (Debian: chromium)"
    if find_spec("playwright") is None:
        return "Playwright is not installed"
    return None


def launch_options() -> LaunchOptions:
    """`chromium.launch(**launch_options())`, in Playwright's sync and async interface alike."""
    executable = _executable()
    assert executable is not None, why_not()
    args = [*QUIET, "--no-sandbox"] if os.geteuid() == 0 else list(QUIET)  # its sandbox refuses root
    return {"executable_path": executable, "args": args, "headless": True}


def _executable() -> str | None:
    names = (os.environ.get("CHROMIUM"), "chromium", "chromium-browser", "google-chrome")
    return next((path for name in names if name and (path := shutil.which(name))), None)

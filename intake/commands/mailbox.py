"""Logging in to the mail account with OAuth 2.0, once, by a code that is typed in a browser."""

from __future__ import annotations

import asyncio
from typing import Annotated

import typer

from intake.channels.email import oauth
from intake.channels.email.oauth import Tokens
from intake.commands import screen
from intake.commands.opening import refusing, said
from intake.opening import mail_login
from intake.settings import Settings

mail = typer.Typer(help="The mail account.", no_args_is_help=True)


@mail.callback()
def group() -> None:
    """The mail account."""


@mail.command()
def login(
    refresh_token: Annotated[
        bool, typer.Option("--refresh-token", help="Ask for a refresh token instead of showing a code.")
    ] = False,
) -> None:
    """Log in to the mailbox named by ATSAUCE_MAIL_OAUTH (Microsoft 365, Google)."""
    with refusing():
        application, tokens = mail_login(Settings())
        typed = typer.prompt(said("mail_refresh_token"), hide_input=True) if refresh_token else ""
        asyncio.run(_log_in(application, tokens, typed))
    screen.say(said("mail_logged_in"))


async def _log_in(application: oauth.Application, tokens: Tokens, typed: str) -> None:
    """Store what the provider gives; a typed token is tried at once."""
    if typed:
        tokens.keep({"refresh_token": typed.strip(), "expires_in": 1})
    else:
        device = await oauth.begin(application)
        screen.say(said("mail_open", address=device.address, code=device.code))
        tokens.keep(await oauth.finish(application, device))
    await tokens.access()

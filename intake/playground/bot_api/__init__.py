"""A local Telegram Bot API server over HTTP, with the person's side of the chat."""

from intake.playground.bot_api.account import TOKEN, Account, Callback, Delivery
from intake.playground.bot_api.chat import Chat
from intake.playground.bot_api.faults import FaultKind
from intake.playground.bot_api.person import Impossible, Person
from intake.playground.bot_api.server import BotApi

__all__ = ["TOKEN", "Account", "BotApi", "Callback", "Chat", "Delivery", "FaultKind", "Impossible", "Person"]

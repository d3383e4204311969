"""The Telegram channel; everything that knows the Bot API is in this package."""

from intake.channels.telegram.channel import TelegramChannel

__all__ = ["TelegramChannel"]

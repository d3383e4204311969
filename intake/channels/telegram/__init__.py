"""The Telegram channel; everything that knows the Bot API is in this package."""

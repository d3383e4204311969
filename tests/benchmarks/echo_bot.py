"""The yardstick for conversations: the echo bot of python-telegram-bot's tutorial, with concurrent updates."""

from __future__ import annotations

import logging
import sys

from telegram import Update
from telegram.ext import Application, ContextTypes, MessageHandler, filters


async def echo(update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
    if update.message and update.message.text:
        await update.message.reply_text(update.message.text)


def main(url: str, token: str) -> None:
    logging.disable()
    bot = Application.builder().token(token).base_url(f"{url}/bot").concurrent_updates(True).build()
    bot.add_handler(MessageHandler(filters.TEXT & ~filters.COMMAND, echo))
    bot.run_polling()


if __name__ == "__main__":
    main(*sys.argv[1:])

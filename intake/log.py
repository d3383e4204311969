"""Logs for operators: one line an event, ids only, never an address, a text or a token."""

from __future__ import annotations

import logging
import sys

import structlog

QUIET = ("httpx", "httpcore", "telegram", "aiosmtplib", "aioimaplib", "apscheduler", "uvicorn", "mail.log", "pymap")
"""Libraries that log what they carry."""


def configure(*, json: bool = False) -> None:
    """Log to stderr, as JSON where a machine reads it."""
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format="%(levelname)s %(name)s")
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.CRITICAL)
    renderer = (
        structlog.processors.JSONRenderer() if json else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )


def without_text(error: Exception) -> Exception:
    """The trace of a fault without its message, which may quote what a person wrote."""
    return RuntimeError(type(error).__name__).with_traceback(error.__traceback__)

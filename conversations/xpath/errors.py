"""The one error of this package: an expression that cannot be read, or cannot be computed."""

from __future__ import annotations

from conversations.xpath.fault import Fault


def fault(key: str, **values: object) -> Fault:
    """A sentence of this package, worded in `faults`."""
    return Fault("conversations.xpath", key, **values)


class XPathError(Exception):
    """An expression is wrong; `message` says how, in English or, by `Fault.told`, in another language.

    `position` is the offset in the expression, counted in characters from 0, or None where no place is to blame.
    """

    def __init__(self, message: Fault, position: int | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.position = position

    @property
    def placed(self) -> Fault:
        """The message with its position."""
        if self.position is None:
            return self.message
        return fault("placed", message=self.message, position=self.position + 1)

    def __str__(self) -> str:
        return str(self.placed)

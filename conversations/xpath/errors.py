"""The one error of this package: an expression that cannot be read, or cannot be computed."""


class XPathError(Exception):
    """An expression is wrong; the text says how, in plain English.

    `position` is the offset in the expression, counted in characters from 0, or None where no place is to blame.
    """

    def __init__(self, message: str, position: int | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.position = position

    def __str__(self) -> str:
        if self.position is None:
            return self.message
        return f"{self.message} (at character {self.position + 1})"

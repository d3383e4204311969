"""The parameters of one call, as text from a form or as values from JSON."""

import json
from collections.abc import Mapping
from typing import Any

from intake.playground.bot_api.errors import bad_request
from intake.playground.bot_api.files import Files, StoredFile

Upload = tuple[str, bytes, str]  # name, content, content type


class Parameters(dict[str, Any]):
    """A call's parameters; a wrong type is the caller's mistake and answered as the Bot API does."""

    def __init__(self, values: Mapping[str, Any], uploads: Mapping[str, Upload] | None = None) -> None:
        super().__init__(values)
        self.uploads = uploads or {}

    def text(self, name: str, default: str = "") -> str:
        value = self.get(name)
        return default if value is None else str(value)

    def integer(self, name: str, default: int | None = None) -> int:
        value = self.get(name, default)
        try:
            return int(str(value))
        except ValueError:
            raise bad_request(f"can't parse {name}") from None

    def seconds(self, name: str) -> float:
        try:
            return float(self.get(name) or 0)
        except ValueError:
            raise bad_request(f"can't parse {name}") from None

    def flag(self, name: str) -> bool:
        return str(self.get(name, "")).lower() in ("true", "1")

    def structure(self, name: str) -> Any:
        """A JSON-serialised parameter; None when absent or empty."""
        value = self.get(name)
        if not isinstance(value, str):
            return value
        if not value.strip():
            return None
        try:
            return json.loads(value)
        except ValueError:
            raise bad_request(f"can't parse {name} JSON object") from None

    def mapping(self, name: str) -> dict[str, Any]:
        """A JSON object; empty when absent."""
        value = self.structure(name)
        if value is not None and not isinstance(value, dict):
            raise bad_request(f"can't parse {name}: Object expected")
        return value or {}

    def sequence(self, name: str) -> list[Any] | None:
        """A JSON array; None when absent."""
        value = self.structure(name)
        if value is not None and not isinstance(value, list):
            raise bad_request(f"can't parse {name}: Array expected")
        return value

    def file(self, name: str, files: Files) -> StoredFile:
        """The file of a parameter: uploaded under its name, by attach://, or known by its id."""
        reference = self.text(name)
        key = reference.removeprefix("attach://") if reference.startswith("attach://") else name
        if key in self.uploads:
            file_name, content, content_type = self.uploads[key]
            return files.store(file_name, content, content_type)
        if not reference:
            raise bad_request(f"there is no {name} in the request")
        return files.get(reference)

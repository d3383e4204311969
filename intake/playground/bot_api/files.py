"""Files sent through the Bot API server, kept in memory."""

import hashlib
from dataclasses import dataclass

from intake.playground.bot_api.errors import Json, bad_request

MAX_DOWNLOAD_BYTES = 20_000_000


@dataclass(frozen=True)
class StoredFile:
    id: str
    name: str
    content_type: str
    content: bytes

    @property
    def path(self) -> str:
        return f"documents/{self.id}"

    def described(self) -> Json:
        """The fields that every kind of file object shares."""
        return {"file_id": self.id, "file_unique_id": self.id[:16], "file_size": len(self.content)}


class Files:
    def __init__(self) -> None:
        self._files: dict[str, StoredFile] = {}

    def store(self, name: str, content: bytes, content_type: str) -> StoredFile:
        file_id = f"{len(self._files):06d}-" + hashlib.sha256(content).hexdigest()[:32]
        stored = self._files[file_id] = StoredFile(file_id, name, content_type, content)
        return stored

    def get(self, file_id: str) -> StoredFile:
        try:
            return self._files[file_id]
        except KeyError:
            raise bad_request("wrong file identifier/HTTP URL specified") from None

    def to_download(self, file_id: str) -> StoredFile:
        """A file that getFile may give (Bot API: up to 20 MB)."""
        stored = self._files.get(file_id)
        if stored is None:
            raise bad_request("invalid file_id")
        if len(stored.content) > MAX_DOWNLOAD_BYTES:
            raise bad_request("file is too big")
        return stored


def as_document(stored: StoredFile) -> Json:
    return {**stored.described(), "file_name": stored.name, "mime_type": stored.content_type}


def as_photo(stored: StoredFile) -> list[Json]:
    return [{**stored.described(), "width": 800, "height": 600}]


def as_voice(stored: StoredFile) -> Json:
    return {**stored.described(), "duration": 3, "mime_type": stored.content_type}

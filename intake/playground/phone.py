"""The residents' phones: what the page does in a chat goes over HTTP to the person's side of the Bot API server."""

import io
from typing import Any

from aiohttp import ClientSession, ClientTimeout, FormData

from intake.playground.bot_api.errors import Json
from intake.playground.residents import Resident

WAIT_S = 25


class NotDone(Exception):
    """The act was refused; `status` and the text are those of the Bot API server."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status


class Phones:
    """A client of /person/...; close it."""

    def __init__(self, bot_api_url: str) -> None:
        self._http = ClientSession(bot_api_url, timeout=ClientTimeout(total=WAIT_S + 10))

    async def introduce(self, resident: Resident) -> None:
        first, _, last = resident.name.partition(" ")
        names = {"first_name": first, "last_name": last, "language_code": resident.language}
        await self._call("PUT", f"/person/{resident.chat_id}", json=names)
        if resident.group is not None:
            group = {"title": resident.name, "members": [resident.chat_id]}
            await self._call("PUT", f"/group/{resident.group}", json=group)

    async def read(self, resident: Resident, after: int | None = None) -> Json:
        """The chat as it stands; with `after` only once it changed, or after a while."""
        query = {"after": str(after), "timeout": str(WAIT_S)} if after is not None else {}
        if resident.group is not None:
            query["chat"] = str(resident.group)
        shown: Json = await self._call("GET", f"/person/{resident.chat_id}/chat", params=query)
        return shown

    async def act(self, resident: Resident, act: str, body: Json) -> Any:
        where = {"chat": resident.group} if resident.group is not None else {}
        return await self._call("POST", f"/person/{resident.chat_id}/{act}", json={**body, **where})

    async def send_file(self, chat_id: int, kind: str, name: str, content: bytes, content_type: str) -> Any:
        form = FormData({"kind": kind}, quote_fields=False)  # else letters beyond ASCII arrive as %C4%81
        named = " ".join(name.split()).replace("\\", "/") or "file"
        kind_of_content = content_type or "application/octet-stream"
        form.add_field("file", io.BytesIO(content), filename=named, content_type=kind_of_content)
        return await self._call("POST", f"/person/{chat_id}/file", data=form)

    async def file(self, chat_id: int, file_id: str) -> tuple[bytes, str]:
        async with self._http.get(f"/person/{chat_id}/file/{file_id}") as answer:
            if answer.status != 200:
                raise NotDone(answer.status, await answer.text())
            return await answer.read(), answer.content_type

    async def close(self) -> None:
        await self._http.close()

    async def _call(self, method: str, path: str, **request: Any) -> Any:
        async with self._http.request(method, path, **request) as answer:
            if answer.status != 200:
                raise NotDone(answer.status, await answer.text())
            return await answer.json()

"""The page's view behind the stage: the campaign live, its clock, its people and its questionnaire."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from intake.acts import Verb
from intake.app import Service
from intake.channels.email.addresses import normalise
from intake.playground import body, questionnaire, stations
from intake.playground.mail.address import invented
from intake.playground.overview import digest_now, overview
from intake.playground.questionnaire import NoForm
from intake.playground.rehearsal import Rehearsal
from intake.playground.residents import Resident, invent
from intake.playground.wording import LANGUAGES, words

LOOK_AGAIN_S = 0.4
MOST_PEOPLE, AT_ONCE = 200, 10
STEPS = {"hour": timedelta(hours=1), "day": timedelta(days=1), "week": timedelta(days=7)}
VERBS = {"approve": Verb.APPROVE, "decline": Verb.DECLINE}


class Stage:
    """What the view needs of the playground; `rehearsal` stays None where only the servers run."""

    def __init__(self, residents: Mapping[str, Resident], counts: Callable[[Resident], dict[str, int]]) -> None:
        self.residents = residents
        self.counts = counts
        self.rehearsal: Rehearsal | None = None
        self.add: Callable[[Resident], Any] | None = None


class Backstage:
    """Routes under /api/campaign and POST /api/people."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage

    def routes(self) -> list[Route]:
        return [
            Route("/api/people", self.add_person, methods=["POST"]),
            Route("/api/people/many", self.add_many, methods=["POST"]),
            Route("/api/campaign/clock", self.jump, methods=["POST"]),
            Route("/api/campaign/referrals/{number:int}/{verb}", self.decide, methods=["POST"]),
            Route("/api/campaign/form", self.take_form, methods=["POST"]),
        ]

    async def add_person(self, request: Request) -> Response:
        """Somebody more: {"name", "address", "language", "invited"}."""
        given = await body.json_object(request, "name", "address")
        said = words(body.language(request))["page"]
        try:
            address = normalise(given["address"])
        except ValueError:
            return _refused(said["person_bad_address"])
        if not invented(address):
            return _refused(said["person_real_address"])
        if any(resident.address.lower() == address.lower() for resident in self.stage.residents.values()):
            return _refused(said["person_known"])
        if self.stage.add is None or len(self.stage.residents) >= MOST_PEOPLE:
            return _refused(said["person_too_many"])
        number = len(self.stage.residents) + 1
        language = given.get("language")
        resident = Resident(
            key=f"p{number}",
            name=given["name"].strip()[:100] or address,
            address=address,
            language=language if language in LANGUAGES else LANGUAGES[0],
            note=said["person_invited" if given.get("invited") else "person_unknown"],
            chat_id=6000 + number,
        )
        await self.stage.add(resident)
        if given.get("invited") and self.stage.rehearsal is not None:
            await self.stage.rehearsal.invite([resident])
        return JSONResponse(resident.public())

    async def add_many(self, request: Request) -> Response:
        """Ten more, with names made up here; all are invited."""
        await body.json_object(request)
        room = MOST_PEOPLE - len(self.stage.residents)
        said = words(body.language(request))["page"]
        if self.stage.add is None or room < 1:
            return _refused(said["person_too_many"])
        known = {resident.address for resident in self.stage.residents.values()}
        fresh = invent(known, len(self.stage.residents), min(AT_ONCE, room), said["person_invited"])
        for resident in fresh:
            await self.stage.add(resident)
        if self.stage.rehearsal is not None:
            await self.stage.rehearsal.invite(fresh)
        return JSONResponse([resident.public() for resident in fresh])

    async def jump(self, request: Request) -> Response:
        """{"to"}: hour, day, week, reminder, digest, deadline, or an instant in the campaign's zone."""
        to = (await body.json_object(request, "to"))["to"]
        rehearsal, service = self._running()
        said = words(body.language(request))["page"]
        if rehearsal.moving.locked():
            return _refused(said["clock_moving"])
        now = service.clock.now()
        target = await _target(service, to, now)
        if target is None:
            return _refused(said["clock_no_instant"])
        if not now < target <= now + stations.FARTHEST:
            return _refused(said["clock_only_forward"])
        await rehearsal.jump(target)
        return JSONResponse({"now": service.clock.now().isoformat()})

    async def decide(self, request: Request) -> Response:
        await body.json_object(request)
        rehearsal, _ = self._running()
        verb = VERBS.get(request.path_params["verb"])
        if verb is None:
            raise HTTPException(404)
        results = await rehearsal.act(verb, request.path_params["number"])
        text = " ".join(result.text for result in results)
        return JSONResponse({"text": text}) if all(result.ok for result in results) else _refused(text)

    async def take_form(self, request: Request) -> Response:
        """The file is the whole body; its name stands in the query. A foreign page cannot send this type."""
        if request.headers.get("Content-Type", "").partition(";")[0] != "application/octet-stream":
            raise HTTPException(415)
        rehearsal, _ = self._running()
        language = body.language(request)
        if rehearsal.moving.locked():
            return _refused(words(language)["page"]["clock_moving"])
        content = await body.content(request, questionnaire.MAX_BYTES)
        try:
            outcome = await questionnaire.take(rehearsal, request.query_params.get("name", ""), content, language)
        except NoForm:
            return _refused(words(language)["page"]["form_unknown"])
        return JSONResponse(outcome.public())

    async def tell(self, rehearsal: Rehearsal, queue: asyncio.Queue[str | None]) -> None:
        """Events `people`, `clock` and `campaign`, whenever one differs from what was told last."""
        told: dict[str, Any] = {}
        while True:
            async for name, shown in self._shown(rehearsal, told):
                await queue.put(f"event: {name}\ndata: {json.dumps(shown)}\n\n")
            await asyncio.sleep(LOOK_AGAIN_S)

    async def _shown(self, rehearsal: Rehearsal, told: dict[str, Any]) -> AsyncIterator[tuple[str, Any]]:
        """What changed since `told`, which is brought up to date."""
        people = [{**one.public(), **self.stage.counts(one)} for one in list(self.stage.residents.values())]
        found: dict[str, Any] = {"people": people}
        service = rehearsal.service
        if service is not None:
            found["clock"] = self._clock(rehearsal, service)
            found["campaign"] = await rehearsal.look(overview)
        for name, shown in found.items():
            if told.get(name) == shown:
                continue
            told[name] = shown
            if name == "campaign":
                shown = shown | {"digest": await rehearsal.look(digest_now)}
            yield name, shown | {"now": rehearsal.clock.now().isoformat()} if name == "clock" else shown

    @staticmethod
    def _clock(rehearsal: Rehearsal, service: Service) -> dict[str, Any]:
        return {
            "offset_s": round(rehearsal.clock.offset.total_seconds(), 1),
            "zone": service.desk.campaign.time_zone,
            "moving": rehearsal.moving.locked(),
        }

    def _running(self) -> tuple[Rehearsal, Service]:
        rehearsal = self.stage.rehearsal
        service = rehearsal.service if rehearsal is not None else None
        if rehearsal is None or service is None:
            raise HTTPException(409)
        return rehearsal, service


async def _target(service: Service, to: str, now: datetime) -> datetime | None:
    if to in STEPS:
        return now + STEPS[to]
    if to == "reminder":
        return await service.store.read(lambda session: stations.next_reminder(session, service.desk, now))
    if to == "deadline":
        return await service.store.read(service.desk.closes)
    return stations.next_digest(service.desk, now) if to == "digest" else stations.parse(service.desk, to)


def _refused(text: str) -> Response:
    return JSONResponse({"error": text}, status_code=409)

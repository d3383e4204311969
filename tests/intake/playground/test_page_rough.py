"""What is thrown at the playground: broken workbooks, large files, names full of HTML, as many people as it holds."""

from __future__ import annotations

import io
import zipfile

import httpx

from intake.playground.app import Playground
from intake.playground.residents import built_in, invent
from tests.intake.playground.test_rehearsal import FORM, send_form

HTML = "<img src=x onerror=alert(1)> “&amp;” </script>"


def zipped(**files: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


async def test_a_broken_questionnaire_is_a_finding_and_the_old_one_runs_on(
    place: Playground, http: httpx.AsyncClient
) -> None:
    running = place.rehearsal.service
    broken = {
        "empty.xlsx": b"",
        "noise.xlsx": bytes(range(256)) * 100,
        "torn.xlsx": zipped(a=b"x" * 10_000)[:-60],
        "other.xlsx": zipped(readme=b"no workbook"),
        "bomb.xlsx": zipped(**{"xl/workbook.xml": b" " * 300_000_000}),
        "noise.md": b"\xff\xfe\x00",
        "table.md": b"| survey |\n" + b"| a " * 20_000,
        "noise.csv": b"survey\n\x00\xff,,,\n",
    }
    for name, content in broken.items():
        answer = await send_form(http, name, content)
        assert answer.status_code == 200, name
        assert answer.json()["running"] is False, name
        assert answer.json()["findings"], name
    assert place.rehearsal.service is running
    assert (await send_form(http, "x" * 300 + ".md", FORM.encode())).json()["running"] is True
    assert (await send_form(http, "large.xlsx", b" " * 5_000_001)).status_code == 413


async def test_a_file_of_five_megabytes(place: Playground, http: httpx.AsyncClient) -> None:
    content = bytes(5_000_000)
    where = "/api/people/anna/file"
    sent = await http.post(where, params={"name": "a.bin"}, content=content, headers={"Content-Type": "x/y"})
    found = await http.get(f"{where}/{sent.json()['document']['file_id']}")
    assert found.content == content
    assert (await http.post(where, content=bytes(20_000_001))).status_code == 413


async def test_html_in_a_name_stays_text(http: httpx.AsyncClient) -> None:
    given = {"name": HTML, "address": "html@evil.example", "language": "lv", "invited": "yes"}
    person = (await http.post("/api/people", json=given)).json()
    assert person["name"] == HTML
    assert HTML not in (await http.get("/")).text


async def test_as_many_people_as_it_holds(place: Playground, http: httpx.AsyncClient) -> None:
    while (answer := await http.post("/api/people/many", json={})).status_code == 200:
        assert len(answer.json()) in (6, 10)
    assert answer.status_code == 409
    people = (await http.get("/api/people")).json()
    assert len(people) == len({person["address"] for person in people}) == 200
    assert (await http.get("/api/people/p200/chat")).status_code == 200
    invited = place.mail.mailbox(people[-1]["address"])
    await invited.until(lambda: invited.letters, 60)


def test_invented_people_are_all_different() -> None:
    known = {resident.address for resident in built_in()}
    found = invent(known, len(known), 500, "")
    assert len(found) == len({resident.address for resident in found}) >= 196
    assert invent(known | {found[0].address}, 5, 1, "")[0].address == found[1].address

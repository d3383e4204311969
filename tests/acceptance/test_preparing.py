"""The staff prepare: files to edit, a list of contacts with a broken row, a dry run, then every contact once."""

from __future__ import annotations

import json
import re
from email.message import EmailMessage
from urllib.parse import unquote

from tests.acceptance import EVERYWHERE
from tests.acceptance.place import Place, links
from tests.acceptance.post import INTAKE, html_of, text_of

ANNA = "anna@example.org"
LIGA = "liga@example.org"


@EVERYWHERE
async def test_every_contact_is_invited_once(place: Place) -> None:
    listed = place.contacts(
        f'{ANNA},Anna Ozola,"Biedrība ""Saules tilts""",lv,"Labdien, Ozolas kundze!",nē',
        "not an address,Juris Kalns,Biedrība,lv",
        "john@example.com,John Reed,Harbour Hub,en",
        f"{LIGA},Līga Bērziņa,Upes centrs,lv,,jā",
    )
    report = await place.json("contacts", "import", str(listed))
    assert report["added"] == 3
    assert [(problem["row"], problem["column"]) for problem in report["problems"]] == [(3, "email")]
    dry = await place.process("invite", "--dry-run", "--json")
    assert {one["address"] for one in json.loads(dry.stdout)["letters"]} == {ANNA, "john@example.com", LIGA}
    assert (await place.status())["outbox"]["due"] == 0

    await place.start()
    await place.atsauce("invite")
    anna = await place.mail(ANNA).next_letter()
    john = await place.mail("john@example.com").next_letter()
    liga = await place.mail(LIGA).next_letter()
    again = await place.atsauce("invite")
    assert "0" in again
    assert (await place.json("contacts", "import", str(listed)))["known"] == 3
    await place.atsauce("invite")
    status = await place.quiet()
    assert (status["contacts"], status["invited"], status["stopped"]) == (3, 3, 0)
    for address in (ANNA, "john@example.com", LIGA):
        assert len(place.mail(address).letters()) == 1
    _is_an_invitation(anna)
    assert "Which" in text_of(john)
    assert "Answer:" in text_of(john)
    assert "Paldies, ka pagājušā gada decembrī jau aizpildījāt" in text_of(liga)
    assert "atgādinājumus Jums nesūtīsim" in text_of(liga)


def _is_an_invitation(letter: EmailMessage) -> None:
    text, html = text_of(letter), html_of(letter)
    flat = " ".join(text.split())
    assert "Labdien, Ozolas kundze!" in text
    assert "Sociālā inovācija ir jauns vai būtiski uzlabots" in flat
    assert "līdz 2026. gada 18. decembrim" in flat
    assert re.search(r"^11\. Kurā attīstības posmā iniciatīva ir pašlaik\? \*$", text, re.MULTILINE)
    assert re.search(r"^b\) Pakalpojums$", text, re.MULTILINE)
    asked = re.findall(r"^(\d+)\. .*\?", text, re.MULTILINE)
    assert 1 <= len(asked) <= 10
    assert len(re.findall(r"^Atbilde:", text, re.MULTILINE)) == len(asked)
    assert "<html" in html
    assert len(re.findall(r">Atbilde:<", html)) == len(asked)
    personal, passed_on = dict.fromkeys(links(text))
    assert personal != passed_on
    assert links(html)[0] == personal
    mailto = next(link for link in re.findall(r"mailto:\S+", text) if "subject" in link)
    assert INTAKE in mailto
    assert passed_on in unquote(mailto)
    assert f"[SI-{personal}]" in str(letter["Subject"])
    assert f"Atsauces kods: SI-{personal}" in text
    assert "atbildiet ar vienu vārdu “atteikties”" in flat
    assert "mailto:" in letter["List-Unsubscribe"]
    assert letter["From"].addresses[0].addr_spec == INTAKE
    assert letter["Auto-Submitted"] == "auto-generated"
    assert str(letter["Content-Language"]) == "lv"
    assert "Pārzinis: Sabiedrības integrācijas fonds" in flat
    assert "Kur ieguvām Jūsu datus: tīmekļvietne" in flat


async def test_a_form_with_errors_is_refused_with_all_of_them(place: Place) -> None:
    form = place.campaign / "initiative.md"
    text = form.read_text(encoding="utf-8")
    text = text.replace("${scope} = 'region'", "${scpe} = 'region'").replace(
        "count-selected(.) <= 3", "count-selected(. <= 3"
    )
    form.write_text(text, encoding="utf-8")
    lint = json.loads(await place.atsauce("form", "lint", str(form), "--json", refused=True))
    said = " ".join(finding["message"] for finding in lint["findings"] if finding["severity"] == "error")
    assert "scpe" in said
    assert "count-selected()" in said
    rows = {finding["row"] for finding in lint["findings"] if finding["severity"] == "error"}
    assert len(rows) >= 3
    started = await place.process("run")
    assert started.returncode == 1
    assert "scpe" in started.stderr
    assert "count-selected()" in started.stderr
    assert "Traceback" not in started.stderr

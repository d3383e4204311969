"""Replies to no letter that we know: attributions, header blocks, footers, notices and warnings of many languages."""

from __future__ import annotations

import pytest

from intake.channels.email.reply import new_text, read_answers
from tests.intake.channels.email import reply_clients as clients
from tests.intake.channels.email.reply_clients import ASKED

NEW = "Paldies, esam saņēmuši.\n\nVēl rakstīsim: mūsu jaunais dārzs atklāts 2021. gadā."
OLD = "Labdien!\n\nSūtām Jums anketu par dārziem.\n1. Kā sauc jūsu dārzu?"

ATTRIBUTIONS = [
    "trešd., 2019. g. 29. maijs, plkst. 21:39 — lietotājs Dārzu aptauja\n(<anketa@example.org>) rakstīja:",
    "pirmd., 2026. g. 16. nov., plkst. 09:30 — lietotājs Dārzu aptauja (<anketa@example.org>) rakstīja:",
    "16.11.26 09:30 Dārzu aptauja rakstīja:",
    "2026. gada 16. novembrī 09:30 Dārzu aptauja # 1 rakstīja:",
    "Datumā 2026. gada 16. novembris 09:30:00 EET, Dārzu aptauja <anketa@example.org> rakstīja:",
    "Dārzu aptauja @ 2026-11-16 09:30 rakstīja:",
    "Pirmdiena, 16 Novembris 2026, 09:30 EET, Dārzu aptauja <anketa@example.org> rakstīja:",
    "16.11.2026, anketa@example.org rakstija:",
    "On Mon, Nov 16, 2026 at 9:30 AM Garden survey <anketa@example.org> wrote:",
    "On pirmdiena, 2026. gada 16. novembris 09:30:00 EET you wrote:",
    "On Mon, 2026-11-16 at 09:30 +0200, Garden survey wrote:",
    "Am 16.11.26 um 09:30 schrieb Gartenumfrage:",
    "Am Mo., 16. Nov. 2026 um 09:30 Uhr schrieb Gartenumfrage <anketa@example.org>:",
    "Gartenumfrage <anketa@example.org> schrieb am Mo., 16. Nov. 2026, 09:30:",
    "пн, 16 нояб. 2026 г. в 09:30, Опрос <anketa@example.org>:",
    "16.11.2026 09:30, Опрос пишет:",
    "Опрос <anketa@example.org> писал(а) 16 ноября 2026 г. 09:30:",
    "16 ноября 2026 г., 09:30 +02:00 от Опрос <anketa@example.org>:",
    "2026-11-16, pr, 09:30 Sodo apklausa <anketa@example.org> rašė:",
    "2026-11-16 09:30, Sodo apklausa rašė:",
    "Kuupäev E, 16. november 2026 kell 09:30 kirjutas Aiaküsitlus <anketa@example.org>:",
    "Aiaküsitlus kirjutas kuupäeval 16.11.2026 kell 09:30:",
    "Garden survey <anketa@example.org> writes:",
]
HEADERS = [
    "-------- Sākotnējā vēstule --------\nTemats: Aptauja\nDatums: 2026-11-16 09:30\nNo: A <a@example.org>\nKam: Z",
    "-------- Sākotnējā ziņa --------\nTemats: Aptauja\nNosūtīts: 2026-11-16 09:30\nKas: Aptauja\nKam: Z",
    "No: Aptauja <a@example.org>\nNosūtīts: pirmdiena, 2026. gada 16. novembris 09:30\nKam: Z\nTēma: Aptauja",
    "-----Original Message-----\nFrom: Survey <a@example.org>\nSent: Monday, 16 November 2026\nTo: Z\nSubject: x",
    "________________________________\nFrom: Survey <a@example.org>\nSent: Monday, 16 November 2026\nTo: Z\nSubject: x",
    "Von: Umfrage <a@example.org>\nGesendet: Montag, 16. November 2026 09:30\nAn: Z\nBetreff: x",
    "-------- Исходное сообщение --------\nОт: Опрос <a@example.org>\nДата: 16.11.2026 09:30\nКому: Z\nТема: x",
    "-------- Ursprüngliche Nachricht --------\nVon: Umfrage\nDatum: 16.11.26 09:30\nAn: Z\nBetreff: x",
    "Nuo: Apklausa <a@example.org>\nIšsiųsta: 2026-11-16 09:30\nKam: Z\nTema: x",
    "Saatja: Küsitlus <a@example.org>\nSaadetud: 16.11.2026 09:30\nAdressaat: Z\nTeema: x",
    "---- Original message ----\nFrom: Survey\nDate: 16/11/2026 09:30\nTo: Z\nSubject: x",
]
FOOTERS = [
    "Nosūtīts no mana iPhone",
    "Sent from my Galaxy",
    "Get Outlook for Android<https://aka.ms/x>",
    "Отправлено с iPhone",
    "Von meinem iPhone gesendet",
    "Išsiųsta iš mano „iPhone“",
    "Saadetud minu iPhone'ist",
    "Sent with Proton Mail secure email.",
    "Nosūtīts no Outlook operētājsistēmai iOS",
]
NOTICES = [
    "Šis e-pasts un tā pielikumi ir konfidenciāli un paredzēti tikai adresātam. Ja esat saņēmis šo vēstuli kļūdas dēļ, "
    "lūdzu, informējiet sūtītāju un izdzēsiet to.",
    "This e-mail and any attachments are confidential and intended solely for the addressee.\n\n"
    "If you have received this message in error, please notify the sender and delete it.",
    "_______________\nDiese E-Mail enthält vertrauliche Informationen. Wenn Sie nicht der richtige Adressat sind, "
    "informieren Sie bitte den Absender.",
    "Это сообщение содержит конфиденциальную информацию и предназначено только для получателя.",
    "Šis laiškas yra konfidencialus ir skirtas tik adresatui. Jei gavote jį per klaidą, ištrinkite.",
    "Käesolev kiri on konfidentsiaalne ja mõeldud ainult adressaadile.",
    "Please consider the environment before printing this e-mail.",
    "Virus-free. www.avast.com",
    "Paziņojums par konfidencialitāti: šī vēstule ir konfidenciāla, paredzēta adresātam.\n\nCONFIDENTIALITY NOTICE: "
    "this message is confidential and for the intended recipient only.\n\nLūdzu, padomājiet par vidi pirms drukāšanas!",
]
WARNINGS = [
    "CAUTION: This email originated from outside of the organization. Do not click links.",
    "[EXTERNAL]",
    "UZMANĪBU! Šis e-pasts ir no ārēja sūtītāja. Neatveriet pielikumus.",
    "ACHTUNG: Diese E-Mail stammt von einem externen Absender.",
    "Внимание! Это письмо от внешнего отправителя.",
]  # fmt: skip


def folded(text: str) -> str:
    return " ".join(text.split())


def quoted(text: str) -> str:
    return "\n".join(f"> {line}" for line in text.split("\n"))


@pytest.mark.parametrize("old", [OLD, quoted(OLD)], ids=["bare", "quoted"])
@pytest.mark.parametrize("line", ATTRIBUTIONS)
def test_attributions(line: str, old: str) -> None:
    assert folded(new_text(clients.reply(f"{NEW}\n\n{line}\n\n{old}"), None)) == folded(NEW)


@pytest.mark.parametrize("old", [OLD, quoted(OLD)], ids=["bare", "quoted"])
@pytest.mark.parametrize("block", HEADERS)
def test_blocks_of_headers(block: str, old: str) -> None:
    assert folded(new_text(clients.reply(f"{NEW}\n\n{block}\n\n{old}"), None)) == folded(NEW)


@pytest.mark.parametrize("footer", [*FOOTERS, *NOTICES])
@pytest.mark.parametrize("signed", ["", "\n\nAr cieņu\nZane Kalēja"])
def test_what_stands_below(footer: str, signed: str) -> None:
    assert folded(new_text(clients.reply(f"{NEW}{signed}\n\n{footer}"), None)) == folded(NEW)
    below = clients.reply(f"{NEW}{signed}\n\n{footer}\n\n{clients.Client().attribution}\n{quoted(OLD)}")
    assert folded(new_text(below, None)) == folded(NEW)


@pytest.mark.parametrize("footer", NOTICES)
def test_notices_beside_a_letter_that_we_know(footer: str) -> None:
    sent = clients.letter()
    top = clients.numbered_reply({1: "Saule", 5: f"2015\n\n{footer}"}, ". ")
    inline = clients.inline_reply(
        clients.Client(), {1: "Saule", 5: "2015"}, signature=f"Ar cieņu\nZane Kalēja\n\n{footer}"
    )
    alone = clients.inline_reply(clients.Client(), {1: "Saule", 5: "2015"}, signature=footer)
    for raw in (top, inline, alone):
        reading = read_answers(raw, sent, ASKED, "lv")
        assert (dict(reading.answers), reading.remarks) == ({"garden": "Saule", "since": "2015"}, ())


@pytest.mark.parametrize("warning", WARNINGS)
def test_warnings_on_top(warning: str) -> None:
    sent = clients.letter()
    body = f"{warning}\n\n1. Saule\n\n{clients.Client().attribution}\n{quoted(warning)}\n> \n"
    for line in sent.decode("utf-8", "replace").split("\n\n", 1)[1].split("\n"):
        body += f"> {line}\n"
    reading = read_answers(clients.reply(body), sent, ASKED, "lv")
    assert (dict(reading.answers), reading.remarks) == ({"garden": "Saule"}, ())
    assert folded(new_text(clients.reply(f"{warning}\n\n{NEW}"), None)) == folded(NEW)


OWN = [
    "Vēstuli saņēmu kļūdas dēļ vēlu.",
    "Mūsu dati ir konfidenciāli, tāpēc skaitļus nesniegšu.",
    "External experts wrote the plan together with us.",
    "Uzmanību pievēršam vecākiem cilvēkiem un viņu tuviniekiem.",
    "Rakstīja par mums: laikraksts “Diena”.",
    "Datums: 16. novembris",
]


@pytest.mark.parametrize("said", OWN)
def test_what_a_person_wrote_stays(said: str) -> None:
    assert folded(new_text(clients.reply(f"Labdien!\n\n{said}"), None)).endswith(folded(said))
    assert folded(new_text(clients.reply(f"{said}\n\nPaldies par aptauju."), None)).startswith(folded(said))

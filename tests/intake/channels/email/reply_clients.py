"""An invented letter, and what mail clients make of it when somebody answers: every change as a function of its own."""

from __future__ import annotations

import html
import textwrap
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.message import EmailMessage

from conversations.forms.definition import Choice, Kind, Question

ADDRESS = "anketa@example.org"
SUBJECT = "Aptauja par kopienas dārziem (8 jautājumi)"


def _question(
    number: int, name: str, kind: Kind, label: str, hint: str, *labels: str, required: bool = True
) -> Question:
    choices = tuple(Choice(f"{name}_{i}", {"lv": one}) for i, one in enumerate(labels))
    if labels == ("Jā", "Nē"):
        choices = (Choice("yes", {"lv": "Jā"}), Choice("no", {"lv": "Nē"}))
    return Question(name, f"/data/{name}", number, kind, {"lv": label}, {"lv": hint}, choices, required)


QUESTIONS = (
    _question(1, "garden", Kind.TEXT, "Kā sauc jūsu dārzu?", "Pietiek ar īsu vārdu."),
    _question(2, "story", Kind.TEXT, "Pastāstiet, kas dārzā notiek un kurš tajā strādā.", "Divi teikumi."),
    _question(
        3, "crops", Kind.SELECT_MULTIPLE, "Ko jūs audzējat?", "Var norādīt vairākas atbildes.",
        "Dārzeņi", "Augļu koki un ogulāji", "Puķes", "Garšaugi, arī telpās – visu gadu", "Nekas no minētā",
    ),
    _question(
        4, "land", Kind.SELECT_ONE, "Kam pieder dārza zeme?", "Viena atbilde.",
        "Pašvaldībai", "Privātpersonai vai uzņēmumam", "Biedrībai pašai", "Valstij – ministrijai vai aģentūrai",
    ),
    _question(5, "since", Kind.INTEGER, "Kurā gadā dārzs izveidots?", "Gadskaitlis, piemēram, 2015."),
    _question(
        6, "people", Kind.SELECT_ONE, "Cik cilvēku dārzā strādā vasarā?", "Var izlaist, ierakstot “–”.",
        "1–10", "11–50", "Vairāk nekā 50", required=False,
    ),
    _question(7, "visit", Kind.SELECT_ONE, "Vai drīkstam dārzu apmeklēt?", "Jā vai nē.", "Jā", "Nē"),
    _question(8, "contact", Kind.TEXT, "Uz kuru adresi sūtīt kopsavilkumu?", "E-pasta adrese."),
)  # fmt: skip
ASKED = {question.number: question for question in QUESTIONS}


@dataclass(frozen=True)
class Client:
    """What a client does to a quoted letter and to what is typed into it."""

    prefix: str = "> "
    width: int = 0
    fold: str = ""
    bullet: str = ""
    emphasis: str = ""
    capitals: bool = False
    numbered_options: bool = False
    blank: Callable[[int], int] = field(default=lambda count: count)
    joined_hint: bool = False
    joined_answer: bool = False
    same_line: bool = False
    attribution: str = "On Mon, 2 Mar 2026 10:00:00 +0200, Dārzu aptauja wrote:"


def letter() -> bytes:
    """The letter as sent: text alone, its text is what the HTML says too."""
    return _mail(SUBJECT, f"Dārzu aptauja <{ADDRESS}>", "\n".join(_lines(Client(), {})))


def _lines(client: Client, typed: Mapping[int, str]) -> list[str]:
    """The letter's lines as the client quotes them, answers typed behind the answer lines."""
    lines = [
        "Labdien!",
        "",
        "Fonds apzina kopienas dārzus visā Latvijā. Ja kopjat dārzu kopā ar kaimiņiem, lūdzam atbildēt.",
    ]
    lines += ["Atbildiet uz šo vēstuli un rakstiet savas atbildes aiz vārda “Atbilde:”.", ""]
    for question in QUESTIONS:
        lines += [*_asked(client, question), ""]
    lines += ["Paldies! Ja nevēlaties saņemt mūsu ziņas, atbildiet ar vienu vārdu “atteikties”.", ""]
    lines += ["Ar cieņu", "Dārzu aptaujas grupa", ADDRESS, "", "Atsauces kods: DA-2026-0042"]
    return [line for line in lines if line or client.blank(1)]


def _asked(client: Client, question: Question) -> list[str]:
    mark = client.emphasis
    title = f"{question.number}. {question.label('lv')}{' *' if question.required else ''}"
    title = title.upper() if client.capitals else title
    hint = f"{mark and '/'}{question.hint('lv')}{mark and '/'}"
    head = [f"{title} {hint}"] if client.joined_hint else [title, hint]
    options = [f"{client.bullet}{_code(client, i)} {c.label('lv')}" for i, c in enumerate(question.choices)]
    if question.name == "visit":
        options = []
    label = f"{mark}Atbilde:{mark}"
    if client.joined_answer and not options:
        return [*head[:-1], f"{head[-1]} {label}"]
    return [*head, *options, label]


def _code(client: Client, index: int) -> str:
    return f"{index + 1}." if client.numbered_options else f"{chr(ord('a') + index)})"


def inline_reply(client: Client, answers: Mapping[int, str], *, top: str = "", signature: str = "") -> bytes:
    """A reply with each answer behind its answer line."""
    out = [*([top, ""] if top else []), client.attribution]
    number = 0
    for line in _lines(client, answers):
        number = next(
            (q.number for q in QUESTIONS if line.casefold().startswith(f"{q.number}. {q.label('lv')[:8]}".casefold())),
            number,
        )
        ends = "Atbilde:" in line and "“Atbilde:”" not in line
        answer = answers.get(number, "") if ends else ""
        if answer and client.same_line and "\n" not in answer:
            out += _quoted(client, f"{line} {answer}")
            continue
        out += _quoted(client, line)
        out += answer.split("\n") if answer else []
    return reply("\n".join([*out, "", *signature.split("\n")]))


def _quoted(client: Client, line: str) -> list[str]:
    if not line:
        return [client.prefix.rstrip()] * max(1, client.blank(1))
    indent = client.prefix
    if not client.width:
        return [indent + line]
    wrapped = textwrap.wrap(line, client.width, break_long_words=False, break_on_hyphens=False)
    return [indent + one + (client.fold if index < len(wrapped) - 1 else "") for index, one in enumerate(wrapped)]


def html_reply(answers: Mapping[int, str], *, inside: bool, bold: bool, top: str = "") -> bytes:
    """A reply in HTML: answers inside the quotation behind the answer line, or between its halves."""
    parts = [
        f"<p>{html.escape(top)}</p>" if top else "",
        "<p>2026. gada 2. martā 10:00 Dārzu aptauja rakstīja:</p>",
        "<blockquote>",
    ]
    number = 0
    for line in _lines(Client(), answers):
        number = next((q.number for q in QUESTIONS if line.startswith(f"{q.number}. {q.label('lv')[:8]}")), number)
        text = html.escape(line)
        answer = html.escape(answers.get(number, "")).replace("\n", "<br>") if line == "Atbilde:" else ""
        answer = f"<b>{answer}</b>" if bold and answer else answer
        if answer and inside:
            parts.append(f"<p><strong>{text}</strong>{answer}</p>")
        elif answer:
            parts.append(f"<p><strong>{text}</strong></p></blockquote><div>{answer}</div><blockquote>")
        else:
            parts.append(f"<p>{text}</p>" if text else "")
    return reply("".join([*parts, "</blockquote>"]), subtype="html")


def numbered_reply(answers: Mapping[int, str], mark: str, joint: str = "\n", *, quoted: bool = True) -> bytes:
    """A reply with all answers on top, each behind the number of its question."""
    top = joint.join(f"{number}{mark}{answer}" for number, answer in answers.items())
    below = ["", Client().attribution, *(f"> {line}" for line in _lines(Client(), {}))] if quoted else []
    return reply("\n".join(["Labdien!", "", top, *below]))


def reply(
    text: str, *, subject: str = f"Re: {SUBJECT}", name: str = "Zane Kalēja", subtype: str = "plain", **more: str
) -> bytes:
    return _mail(subject, f"{name} <zane@example.net>", text, subtype, **more)


def _mail(subject: str, sender: str, text: str, subtype: str = "plain", **more: str) -> bytes:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, ADDRESS, subject
    for key, value in more.items():
        message[key.replace("_", "-")] = value
    message.set_content(text, subtype=subtype)
    return message.as_bytes()

"""Where a mail's new text ends: attribution lines, blocks of headers, forward marks, in the words of many clients.

Needed for what we did not send. Strings: facts measured on real clients in Latvian, English, German, Russian,
Lithuanian and Estonian. Every pattern is anchored and bounded, so that time stays linear.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from intake.channels.email.reply.lines import Line

MAX_ATTRIBUTION = 4
"""Lines of one attribution, at most."""
_VERBS = (
    "rakstīja|rakstija|raksta|wrote|writes|schrieb|schrieb am .{0,80}|(?:на)?писал(?:\\(а\\)|а)?|пишет|parašė|rašė"
    "|kirjutas"
)
_WROTE = re.compile(rf"(?:{_VERBS})(?: [^:]{{0,60}}(?:\d:\d\d[^:]{{0,20}}){{0,2}})?\s?:\s?$", re.IGNORECASE)
_WROTE_HINTS = ("raks", "wr", "schrieb", "пи", "raš", "kirjutas")
"""One of them stands in whatever _WROTE matches; looked for first, as nearly all lines have none."""
_ADDRESSED = re.compile(r"<[^<>@\s]{1,64}@[^<>@\s]{1,250}>\s?:\s?$")
_WHEN = re.compile(r"\d{1,2}[:.]\d{2}|\b(?:19|20)\d{2}\b|\d{1,2}[./]\d{1,2}[./]\d{2,4}")
_RULE = re.compile(r"\s{0,8}(?:[-_=*]\s?){3,60}\s?(?P<words>[^-_=*\n]{0,120}?)\s?(?:[-_=*]\s?){0,60}$")
_BARE_RULE = re.compile(r"\s{0,8}(?:_{10,100}|-{10,100}|\*{10,100})\s*$")
_RULES = ("-", "_", "=", "*")
_FORWARD_WORDS = re.compile(
    r"forwarded message|pārsūtītā? (?:vēstule|ziņa)|pārsūtāmā vēstule|pārsūtītais ziņojums|weitergeleitete nachricht"
    r"|пересылаемое (?:сообщение|письмо)|переадресованное|persiųst|edastatud",
    re.IGNORECASE,
)
_ORIGINAL_WORDS = re.compile(
    r"original message|sākotnējā (?:vēstule|ziņa)|sākotnējais ziņojums|ursprüngliche nachricht"
    r"|исходное (?:сообщение|письмо)|original(?:us|i) (?:laiškas|pranešimas)|algne (?:sõnum|kiri)|reply message",
    re.IGNORECASE,
)
_BEGIN_FORWARD = re.compile(
    r"\s{0,4}(?:begin forwarded message|sākas pārsūtītā vēstule|начало переадресованного)", re.IGNORECASE
)
_BEGIN_LETTERS = ("B", "b", "S", "s", "Н", "н")
_FIRST = frozenset([*_RULES, *_BEGIN_LETTERS])
"""With what a forward mark begins."""
_PROGRAMS = _FIRST | {"["}
_LABELS = (
    "from|to|cc|bcc|sent|date|subject|reply-to|no|kam|uz|kas|kopija|slēpta kopija|nosūtīts|datums|tēma|temats"
    "|atbildēt[- ]uz|nosūtītājs|adresāts|von|an|gesendet|datum|betreff|от|кому|копия|отправлено|дата|тема"
    "|nuo|data|tema|išsiųsta|saatja|saaja|kellele|saadetud|kuupäev|teema|atsauces"
)
_HEADER = re.compile(rf"\s{{0,8}}[*_]{{0,2}}(?:{_LABELS})[*_]{{0,2}}\s{{0,3}}:[*_]{{0,2}}(?:\s|$)", re.IGNORECASE)
_FROM = re.compile(r"\s{0,8}[*_]{0,2}(?:from|no|kas|von|от|nuo|saatja|nosūtītājs)[*_]{0,2}\s{0,3}:", re.IGNORECASE)
_CLIENT_NOISE = re.compile(r"\s{0,4}\[\d{1,2}:[a-z]{2,20}/[^\]\s]{1,60}[^\]]{0,100}\]\s*$", re.IGNORECASE)
_FOOTER = re.compile(
    r"\s{0,4}(?:nosūtīts no (?:mana|manas|outlook) ?|get outlook for|iegūstiet outlook"
    r"|sent (?:from|with|via|using) (?:my|outlook|mail|yahoo|proton|gmx|aol)"
    r"|отправлено (?:с|из) |von meinem .{1,40} gesendet|išsiųsta iš |saadetud minu |nosūtīts, izmantojot)",
    re.IGNORECASE,
)


def border(lines: Sequence[Line], *, names: Sequence[str] = ()) -> int:
    """Index of the first line that is no longer the writer's: an attribution, a block of headers, a forward mark.

    `names` are words of whoever is quoted (the letter's From): an attribution need not be in a known language then.
    """
    for index in _candidates(lines):
        if not lines[index].blank and _begins_border(lines, index, names):
            return _with_rule(lines, index)
    return len(lines)


def _candidates(lines: Sequence[Line]) -> list[int]:
    """The rows at which a border may begin by the look of it: nearly all others are let alone."""
    colons = [row for row, line in enumerate(lines) if ":" in line.text]
    rows = set(colons)
    for end in colons:
        if lines[end].text.rstrip()[-1:] == ":":
            rows.update(row for row in range(max(0, end - MAX_ATTRIBUTION + 1), end) if _starts(lines, row))
    rows.update(row for row, line in enumerate(lines) if line.text.lstrip()[:1] in _FIRST)
    return sorted(rows)


def border_end(lines: Sequence[Line], begin: int) -> int:
    """Index of the first line behind the border that begins at `begin`: an attribution, or a rule and its headers."""
    if begin >= len(lines):
        return begin
    for end in range(begin, min(begin + MAX_ATTRIBUTION, len(lines))):
        if lines[end].text.rstrip().endswith(":") and not _HEADER.match(lines[end].text):
            return end + 1
    index, seen = begin, 0
    while index < len(lines) and (seen < 2 or not lines[index].blank) and not lines[index].depth:
        seen += ":" in lines[index].text
        index += 1
    return index


def _with_rule(lines: Sequence[Line], index: int) -> int:
    """A rule right above a block of headers belongs to it."""
    above = index - 1
    while above >= 0 and lines[above].blank:
        above -= 1
    return above if above >= 0 and _BARE_RULE.match(lines[above].text) else index


def nobodys(lines: Sequence[Line]) -> set[int]:
    """The rows that a program wrote: forward marks, and what stands between an attribution and the mail."""
    looks = [row for row, line in enumerate(lines) if line.text.lstrip()[:1] in _PROGRAMS]
    return {row for row in looks if forwards(lines[row].text) or client_noise(lines[row])}


def _starts(lines: Sequence[Line], row: int) -> bool:
    """Whether a paragraph starts here, or other quotation."""
    return row == 0 or lines[row - 1].blank or lines[row - 1].depth != lines[row].depth


def client_noise(line: Line) -> bool:
    """What a client writes between an attribution and the mail ("[1:text/plain Hide]")."""
    return _CLIENT_NOISE.match(line.text) is not None


def _begins_border(lines: Sequence[Line], index: int, names: Sequence[str]) -> bool:
    text = lines[index].text
    if text.lstrip()[:1] in _FIRST and (forwards(text) or _rules_off(text)):
        return True
    if ":" in text and _HEADER.match(text):
        return _headers(lines, index) >= 3
    return _attribution(lines, index, names)


def forwards(text: str) -> bool:
    """Whether a line says that a forwarded mail follows."""
    first = text.lstrip()[:1]
    if first in _RULES:
        rule = _RULE.match(text[:250])
        return bool(rule and _FORWARD_WORDS.search(rule["words"]))
    return first in _BEGIN_LETTERS and _BEGIN_FORWARD.match(text) is not None


def _rules_off(text: str) -> bool:
    """Whether a line says that the original mail follows."""
    rule = _RULE.match(text[:250]) if text.lstrip()[:1] in _RULES else None
    return bool(rule and _ORIGINAL_WORDS.search(rule["words"]))


def _headers(lines: Sequence[Line], index: int) -> int:
    """How many lines of headers stand from here on, folded ones and blank ones between them not counted."""
    found = 0
    for line in lines[index : index + 12]:
        if _HEADER.match(line.text):
            found += 1
        elif not line.blank and found < 2 and not line.text.startswith((" ", "\t")):
            break
    return found


def authors(lines: Sequence[Line]) -> list[str]:
    """Who wrote the mails whose blocks of headers stand here, in order: the text behind "From:"."""
    found: list[str] = []
    index = 0
    while index < len(lines):
        size = _headers(lines, index) if ":" in lines[index].text and _HEADER.match(lines[index].text) else 0
        block = lines[index : index + size]
        if size >= 3:
            found.append(next((line.text for line in block if _FROM.match(line.text)), ""))
        index += max(size, 1)
    return found


def _attribution(lines: Sequence[Line], index: int, names: Sequence[str]) -> bool:
    """One to four lines up to a colon, in front of the quotation or saying who wrote."""
    if not _starts(lines, index) and not _wrote_below(lines[index].text):
        return False
    for end in range(index, min(index + MAX_ATTRIBUTION, len(lines))):
        text = lines[end].text.rstrip()
        if not text or len(text) > 400:
            return False
        if text[-1] == ":":
            return _names_writer(" ".join(line.text for line in lines[index : end + 1]), names)
    return False


def _wrote_below(text: str) -> bool:
    """A client may put its attribution right below the text."""
    return text.rstrip().endswith(":") and _wrote(text)


def _names_writer(text: str, names: Sequence[str]) -> bool:
    if len(text) < 8:
        return False
    if "@" in text and _ADDRESSED.search(text[-330:]) and _WHEN.search(text):
        return True
    if _wrote(text):
        return bool(_WHEN.search(text) or "@" in text or len(text.split()) <= 12)
    return any(name and name in text for name in names) and bool(_WHEN.search(text) or "@" in text)


def _wrote(text: str) -> bool:
    end = text[-200:]
    lower = end.lower()
    return any(hint in lower for hint in _WROTE_HINTS) and _WROTE.search(end) is not None


def without_footer(lines: Sequence[Line]) -> list[Line]:
    """Lines without what a mobile client adds below, such as "Sent from my phone"."""
    kept = list(lines)
    while kept and (kept[-1].blank or _FOOTER.match(kept[-1].text)):
        kept.pop()
    return kept

"""What an organisation's server adds to every mail: warnings on top, notices of confidentiality at the end.

Nobody wrote it, so it is neither answer nor remark. A paragraph counts only as a whole, where such text stands.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from intake.channels.email.reply.lines import Line

SHORTEST = 20
"""Characters of a notice, at least: a short sentence is a person's own."""
_LONGEST = 4_000
_MAIL = (
    r"e-?mail|e-?past\w*|message|communication|vēstul\w*|ziņ\w*|nachricht|письм\w+|сообщени\w+|laišk\w*|kiri\w*"
    r"|sõnum\w*"
)
_CONFIDENTIAL = r"konfidenci\w+|confidential\w*|privileged|vertraulich\w*|конфиденциальн\w+|konfidentsiaal\w+"
_READER = (
    r"adresāt\w*|saņēmēj\w*|recipient\w*|addressee\w*|intended (?:only|solely)|empfänger\w*|adressat\w*"
    r"|получател\w+|адресат\w*|gavėj\w*|adresat\w*|adressaa\w*|saaja\w*"
)
_MISTAKE = (
    r"kļūdas (?:dēļ|pēc)|kļūdaini|in error|by mistake|irrtümlich|versehentlich|по ошибке|ошибочно|per klaidą"
    r"|ekslikult|eksikombel"
)
_DO = r"izdzēs\w+|dzēsiet|delete|destroy|notify|inform\w*|löschen|vernichten|удалит\w+|уничтожьте|ištrin\w+|kustuta\w*"
_PRINTED = (
    r"consider the environment|think before (?:you )?print|(?:pa)?domājiet par (?:vidi|dabu)"
    r"|pirms (?:iz)?drukā\w+ šo|denken sie an die umwelt|подумайте об окружающей среде"
)
_SCANNED = (
    r"virus-free|scanned (?:by|for)|pārbaud\w+ (?:ar|pret) \w*\s?(?:antivīrus|vīrus)\w*|проверено .{0,20}антивирус"
)
_NOTICE = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"(?=.{{0,1000}}?\b(?:{_CONFIDENTIAL}))(?=.{{0,1000}}?(?:\b(?:{_READER})|\b(?:{_MISTAKE})))",
        rf"(?=.{{0,1000}}?\b(?:{_MISTAKE}))(?=.{{0,1000}}?\b(?:{_MAIL})\b)(?=.{{0,1000}}?\b(?:{_DO})\b)",
        rf".{{0,300}}?\b(?:{_PRINTED})",
        rf".{{0,100}}?\b(?:{_SCANNED})",
    )
)
_RULE = re.compile(r"\s{0,8}(?:[-_=*~#]\s?){3,200}$")
_WARNING = re.compile(
    r"\W{0,6}(?:external|caution|warning|attention|uzmanību|brīdinājums|ārēj\w+|achtung|vorsicht|extern\w*|внимание"
    r"|осторожно|dėmesio|įspėjimas|tähelepanu|hoiatus)\b(?=.{0,300}?(?:outside|external|sender|ārēj|ārpus|sūtītāj"
    r"|extern|absender|внешн|отправител|išor|siuntėj|väljast|saatja)|\W{0,6}$)",
    re.IGNORECASE,
)


def notices(lines: Sequence[Line]) -> int:
    """Index of the line with which notices at the end begin; `len(lines)` where there are none."""
    end = len(lines)
    while (begin := _paragraph_before(lines, end)) is not None and _is_notice(lines[begin:end]):
        end = begin
    if end == len(lines):
        return end
    while end and (lines[end - 1].blank or _RULE.match(lines[end - 1].text)):
        end -= 1
    return end


def warning(lines: Sequence[Line]) -> int:
    """Index of the first line behind a warning on top; 0 where there is none."""
    begin = next((index for index, line in enumerate(lines) if not line.blank), 0)
    end = next((index for index in range(begin, len(lines)) if lines[index].blank), len(lines))
    return end if end < len(lines) and _WARNING.match(_text(lines[begin:end])) else 0


def _paragraph_before(lines: Sequence[Line], end: int) -> int | None:
    """Index of the first line of the last paragraph before `end`; None where only blank lines are left."""
    while end and (lines[end - 1].blank or _RULE.match(lines[end - 1].text)):
        end -= 1
    begin = end
    while begin and not lines[begin - 1].blank and not _RULE.match(lines[begin - 1].text):
        begin -= 1
    return begin if end else None


def _is_notice(lines: Sequence[Line]) -> bool:
    text = _text(lines)
    return len(text) >= SHORTEST and any(pattern.match(text) for pattern in _NOTICE)


def _text(lines: Sequence[Line]) -> str:
    text = " ".join(line.text.strip() for line in lines[:60] if not line.blank and not _RULE.match(line.text))
    return text[:_LONGEST]

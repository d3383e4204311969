"""Acts of the staff by mail: read from their words, done only after a one-time code came back from their mailbox."""

from __future__ import annotations

import hmac
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from sqlalchemy import func, select
from sqlmodel import Session, col

from conversations.answers.folding import clean, fold
from intake import codes, digest, letters, people, wording
from intake.acts import Act, Result, Verb, perform
from intake.channels.email.incoming import Mail
from intake.desk import Desk
from intake.tables import Outbox, StaffPass

VERBS = {
    Verb.APPROVE: "apstiprinat apstiprinu apstipriniet apstiprini apstiprinats apstiprinam approve approved",
    Verb.DECLINE: "noraidit noraidu noraidiet noraidi noraidits noraidita noraidam decline declined reject rejected",
    Verb.STOP: "apturet apturiet aptur apturam stop",
    Verb.EXTEND: "pagarinat pagarinu pagariniet pagarini pagarinam extend",
    Verb.PAUSE: "pauze pauzet pause",
    Verb.RESUME: "turpinat turpiniet turpinam atsakt resume continue",
    Verb.RESOLVE: "atrisinats atrisinata atrisinat atrisinu atrisinam resolve resolved",
}
"""What each act is called, folded; people give orders and report in several forms of one word."""
HELP = frozenset({"palidziba", "palidzet", "help"})
DIGEST = frozenset({"kopsavilkums", "kopsavilkumu", "digest"})
BETWEEN = frozenset({"un", "and", "nr", "no", "numurs", "number", "ieteikumu", "ieteikums", "ludzu", "please"})
UNTIL = re.compile(r"^(līdz|lidz|until|till|to)\b", re.IGNORECASE)
GREETINGS = ("labdien", "labrit", "labvakar", "sveiki", "sveika", "cau", "hello", "hi", "dear", "good")
CLOSINGS = (
    "ar cienu",
    "ar sveicienu",
    "paldies",
    "regards",
    "kind regards",
    "best",
    "thanks",
    "thank you",
    "sent from",
)

MOST_LINES, MOST_LINE, MOST_NUMBERS = 50, 300, 50
MOST_TRIES = 5
"""Wrong codes a day for one code."""
MOST_CODES = 5
"""Codes a day for one address: whoever forges it can at most guess 25 of a million."""
MOST_LETTERS = 40
"""Answers a day to one address: two programs that answer each other come to an end."""
KINDS = ("staff_code", "staff_done", "staff_help")

_WORDS = {word: verb for verb, words in VERBS.items() for word in words.split()}
_LEAD = re.compile(r"^[\s>*•·\-–—\"“”„'’]+|[\s\"“”„'’]+$")
_FIRST = re.compile(r"\s*([^\W\d_]+)\s*:?\s*(.*)", re.DOTALL)
_ADDRESS = re.compile(r"(?:mailto:)?([^\s<>\"“”„(),;:]{1,64}@[^\s<>\"“”„(),;:]{1,250}?)\.?")


@dataclass(frozen=True, slots=True)
class NotAnAct:
    """A line that is no act we know."""

    line: str


@dataclass(frozen=True, slots=True)
class Asked:
    """A line that asks for something rather than decides: the help, the digest."""

    what: str
    line: str


def read_acts(text: str) -> list[Act | Asked | NotAnAct]:
    """What the lines of a mail ask for, greeting and signature left out. Linear in the text, which is bounded."""
    found: list[Act | Asked | NotAnAct] = []
    for line in clean(text[: MOST_LINES * MOST_LINE]).split("\n")[:MOST_LINES]:
        written = _LEAD.sub("", line)[:MOST_LINE]
        folded = fold(written)
        if line.strip() == "--" or folded.startswith(CLOSINGS):
            break
        if folded and not (folded.startswith(GREETINGS) and not found):
            found.append(_read(written))
    return found


def handle(session: Session, desk: Desk, mail: Mail, text: str, now: datetime, *, replies: bool = False) -> str:
    """A mail that says it comes from a staff address; `text` is what is new in it. What became of it, in a word.

    `replies`: it answers a letter that we sent to this very address. Anybody can write any sender, so only such a mail
    profits from the code given back earlier in the day: its Message-ID cannot be guessed.
    """
    address = people.normal("email", mail.sender)
    if mail.automatic:
        return "automatic"
    if not desk.is_staff(address):
        return "not staff"
    if _written_to(session, desk, address, now) >= MOST_LETTERS:
        return "too many letters"
    if (code := _code(text)) is not None:
        return _redeem(session, desk, mail, address, code, now)
    found = read_acts(text)
    if not any(isinstance(one, Act | Asked) for one in found) or any(_is(one, "help") for one in found):
        return _help(session, desk, mail, address, found, now)
    if replies and _trusted(session, desk, address, now):
        _do(session, desk, mail, address, found, now)
        return "acts done"
    return _ask_code(session, desk, mail, address, found, now)


def _read(line: str) -> Act | Asked | NotAnAct:
    first = _FIRST.fullmatch(line)
    if first is None:
        return NotAnAct(line)
    word, rest = fold(first[1]), first[2].strip()
    if word in HELP and not rest:
        return Asked("help", line)
    if word in DIGEST and not rest:
        return Asked("digest", line)
    verb = _WORDS.get(word)
    return (_complete(verb, line, rest) if verb else None) or NotAnAct(line)


def _complete(verb: Verb, line: str, rest: str) -> Act | None:
    """The act with what it is about; None when that is missing or something else stands there."""
    if verb in (Verb.PAUSE, Verb.RESUME):
        return Act(verb, line) if not fold(rest) else None
    if verb is Verb.EXTEND:
        when = UNTIL.sub("", rest).strip(" .:")
        return Act(verb, line, when=when) if when else None
    if verb is Verb.STOP:
        found = _ADDRESS.fullmatch(rest.strip("<> .\"“”„'"))
        return Act(verb, line, address=found[1]) if found else None
    numbers = _numbers(rest)
    return Act(verb, line, numbers=numbers) if numbers else None


def _numbers(text: str) -> tuple[int, ...]:
    """All numbers of "12, 13 un Nr. 14"; none when there is anything else, because then we should be guessing."""
    words = [word for word in fold(text).split() if word not in BETWEEN]
    if not words or len(words) > MOST_NUMBERS or not all(re.fullmatch("[0-9]{1,9}", word) for word in words):
        return ()
    return tuple(dict.fromkeys(int(word) for word in words))


def _code(text: str) -> str | None:
    """Six digits alone, perhaps in two groups."""
    lines = [line for line in clean(text[:MOST_LINE]).split("\n") if line.strip()]
    digits = re.sub(r"[\s*.]", "", lines[0]) if lines else ""
    alone = all(fold(line).startswith(CLOSINGS) or line.strip() == "--" for line in lines[1:2])
    return digits if alone and re.fullmatch("[0-9]{6}", digits) else None


def _ask_code(
    session: Session,
    desk: Desk,
    mail: Mail,
    address: str,
    found: Sequence[Act | Asked | NotAnAct],
    now: datetime,
) -> str:
    """Keep the acts and send the code that lets them run; each mail has its own, so that nothing can be slipped in."""
    if len(_passes(session, desk, address, now)) >= MOST_CODES:
        return "too many codes"
    code = codes.pin()
    waiting = StaffPass(
        address=address,
        code_digest=codes.digest(code, desk.key),
        acts=[one.line for one in found],
        day=_day(desk, now),
        created_at=now,
    )
    session.add(waiting)
    values = {
        "acts": [one.line for one in found if not isinstance(one, NotAnAct)],
        "code": code,
        "minutes": _minutes_left(desk, now),
    }
    _letter(session, desk, mail, address, "staff_code", values, now)
    return "code sent"


def _redeem(session: Session, desk: Desk, mail: Mail, address: str, code: str, now: datetime) -> str:
    """Run the acts that wait for this code; a wrong one counts against every code that is open."""
    waiting = [row for row in _passes(session, desk, address, now) if row.passed_at is None]
    given = codes.digest(code, desk.key)
    right = None
    for row in waiting:
        if row.attempts < MOST_TRIES and hmac.compare_digest(row.code_digest, given):
            right = row
    if right is None:
        for row in waiting:
            row.attempts += 1
        over = not any(row.attempts < MOST_TRIES for row in waiting)
        _refuse_code(session, desk, mail, address, "code_over" if over else "code_wrong", now)
        return "wrong code"
    right.passed_at = now
    _do(session, desk, mail, address, read_acts("\n".join(right.acts)), now)
    return "acts done"


def _do(
    session: Session,
    desk: Desk,
    mail: Mail,
    address: str,
    found: Sequence[Act | Asked | NotAnAct],
    now: datetime,
) -> None:
    """Perform everything in the order written, and confirm it in one letter."""
    done: list[str] = []
    failed: list[dict[str, str]] = []
    for one in found:
        for result in _results(session, desk, address, one, now):
            if result.ok:
                done.append(result.text)
            else:
                failed.append({"text": one.line, "reason": result.text})
    values = {"done": done, "failed": failed}
    _letter(session, desk, mail, address, "staff_done", values, now)


def _results(
    session: Session, desk: Desk, address: str, one: Act | Asked | NotAnAct, now: datetime
) -> Sequence[Result]:
    if isinstance(one, Act):
        return perform(session, desk, one, f"staff {address}", now)
    if _is(one, "digest"):
        digest.send_to(session, desk, address, now)
        return [Result(True, "digest_sent", wording.text(desk.campaign.language, "staff.digest_sent"))]
    return [Result(False, "not_understood", wording.text(desk.campaign.language, "staff.not_understood"))]


def _help(
    session: Session,
    desk: Desk,
    mail: Mail,
    address: str,
    found: Sequence[Act | Asked | NotAnAct],
    now: datetime,
) -> str:
    lines = [one.line for one in found if isinstance(one, NotAnAct)]
    _letter(session, desk, mail, address, "staff_help", {"lines": lines}, now)
    return "help sent"


def _refuse_code(session: Session, desk: Desk, mail: Mail, address: str, key: str, now: datetime) -> None:
    language = desk.campaign.language
    reason = {"text": wording.text(language, "staff.code"), "reason": wording.text(language, f"staff.{key}")}
    values = {"done": [], "failed": [reason]}
    _letter(session, desk, mail, address, "staff_done", values, now)


def _letter(
    session: Session,
    desk: Desk,
    mail: Mail,
    address: str,
    template: str,
    values: Mapping[str, object],
    now: datetime,
) -> None:
    """One answer to one mail; the number keeps two of the same instant apart."""
    letters.put(
        session,
        desk,
        template=template,
        kind=template,
        key=f"{template}:{address}:{now.isoformat()}:{_written_to(session, desk, address, now)}",
        address=address,
        language=desk.campaign.language,
        values=values,
        now=now,
        reply_to=mail,
    )


def _passes(session: Session, desk: Desk, address: str, now: datetime) -> list[StaffPass]:
    """Today's codes of an address, locked against a second mail at the same time."""
    statement = select(StaffPass).where(col(StaffPass.address) == address, col(StaffPass.day) == _day(desk, now))
    return list(session.scalars(statement.order_by(col(StaffPass.id)).with_for_update()))


def _trusted(session: Session, desk: Desk, address: str, now: datetime) -> bool:
    """Whether a code sent to this mailbox came back today."""
    return any(row.passed_at is not None for row in _passes(session, desk, address, now))


def _written_to(session: Session, desk: Desk, address: str, now: datetime) -> int:
    begin = desk.campaign.working_instant(desk.campaign.local(now).date(), time(0))
    statement = select(func.count()).select_from(Outbox)
    return (
        session.scalar(
            statement.where(
                col(Outbox.channel) == "email",
                col(Outbox.address) == address,
                col(Outbox.kind).in_(KINDS),
                col(Outbox.created_at) >= begin,
            )
        )
        or 0
    )


def _day(desk: Desk, now: datetime) -> str:
    return desk.campaign.local(now).date().isoformat()


def _minutes_left(desk: Desk, now: datetime) -> int:
    """Until the local day ends, and the code with it."""
    tomorrow = desk.campaign.local(now).date() + timedelta(days=1)
    return max(1, int((desk.campaign.working_instant(tomorrow, time(0)) - now).total_seconds() // 60))


def _is(one: Act | Asked | NotAnAct, what: str) -> bool:
    return isinstance(one, Asked) and one.what == what

"""Addresses, telephone numbers and registration numbers; and personal codes, which are never taken."""

from __future__ import annotations

import re

import phonenumbers
from phonenumbers import PhoneNumberFormat, PhoneNumberMatcher
from stdnum.exceptions import ValidationError
from stdnum.lv import pvn

from conversations.answers.folding import words
from conversations.answers.outcome import Outcome, Parsed, Rejected
from conversations.answers.words import PHONE_LEADS

REGION = "LV"
_SEARCHED = 200
"""Characters in which a telephone number is looked for."""
_EMAIL = re.compile(r"(?<![\w.+%@-])[\w.+%'-]{1,64}@(?:[^\W_](?:[\w-]{0,62})\.){1,8}[^\W\d_][\w-]{1,62}")
_PERSONAL_CODE = re.compile(r"(?<![\d+])(?!371\d{8}(?!\d))[0-3]\d{5}\s?[-–]?\s?\d{5}(?!\d)")
_REGISTRATION = re.compile(r"(?<!\d)\d(?:[ \u00a0-]?\d){10}(?!\d)")


def personal_code(text: str) -> bool:
    """Whether a Latvian personal code stands in `text` (legal entities begin with 4 to 9, +371 is a telephone)."""
    return _PERSONAL_CODE.search(text) is not None


def without_personal_codes(text: str) -> str:
    """`text` with every personal code left out."""
    return _PERSONAL_CODE.sub("…", text)


def email(text: str) -> Outcome:
    """The one address in `text`."""
    found = {match.group().strip("'.").lower(): match for match in _EMAIL.finditer(text)}
    if len(found) != 1:
        return Rejected("email", text=text)
    address = next(iter(found.values())).group().strip("'.")
    if ".." in address or ".@" in address:
        return Rejected("email", text=text)
    rest = _EMAIL.sub(" ", text).replace("mailto:", " ").strip(" \t\n<>()[],;:.-–'\"“”„")
    return Parsed(address, rest)


def phone(text: str) -> Outcome:
    """The one telephone number in `text` as E.164; without a country code a Latvian one."""
    found = [*PhoneNumberMatcher(text[:_SEARCHED], REGION)]
    numbers = {phonenumbers.format_number(one.number, PhoneNumberFormat.E164) for one in found} or _whole(text)
    if len(numbers) != 1:
        return Rejected("phone", text=text)
    rest = f"{text[: found[0].start]} {text[found[-1].end :]}" if found else ""
    return Parsed(numbers.pop(), _remark(rest))


def _remark(rest: str) -> str:
    """What was written beside a number, without "tālr."."""
    beyond = next((word.start for word in words(rest) if word.text not in PHONE_LEADS), len(rest))
    return rest[beyond:].strip(" \t\n()[],;:.-–+")


def _whole(text: str) -> set[str]:
    """The number that the whole text is, in spellings the search does not know."""
    try:
        number = phonenumbers.parse(text[:_SEARCHED], REGION)
    except phonenumbers.NumberParseException:
        return set()
    valid = phonenumbers.is_valid_number(number)
    return {phonenumbers.format_number(number, PhoneNumberFormat.E164)} if valid else set()


def registration(text: str) -> Outcome:
    """A registration number: 11 digits; a failed checksum is a doubt, no refusal (questionnaire S1Q15)."""
    match = _REGISTRATION.search(text)
    if match is None:
        return Rejected("registration", text=text)
    digits = re.sub(r"\D", "", match.group())
    if digits[0] in "0123":
        return Rejected("personal_code")
    if digits[0] in "78":
        return Rejected("registration", text=text)
    return Parsed(digits, doubt="" if _valid(digits) else "registration_checksum")


def _valid(digits: str) -> bool:
    try:
        pvn.validate(digits)
    except ValidationError:
        return False
    return True

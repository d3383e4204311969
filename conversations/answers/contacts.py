"""Addresses, telephone numbers and registration numbers; and personal codes, which are never taken."""

from __future__ import annotations

import re

import phonenumbers
from stdnum.exceptions import ValidationError
from stdnum.lv import pvn

from conversations.answers.outcome import Outcome, Parsed, Rejected

REGION = "LV"
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
    match = next(iter(found.values()))
    rest = _EMAIL.sub(" ", text).replace("mailto:", " ").strip(" \t\n<>()[],;:.-–")
    return Parsed(match.group().strip("'."), rest)


def phone(text: str) -> Outcome:
    """A telephone number as E.164; without a country code a Latvian one."""
    try:
        number = phonenumbers.parse(text[:100], REGION)
    except phonenumbers.NumberParseException:
        return Rejected("phone", text=text)
    if not phonenumbers.is_valid_number(number):
        return Rejected("phone", text=text)
    return Parsed(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


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

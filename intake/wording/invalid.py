"""What pydantic finds wrong with a setting, as a sentence for whoever wrote it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails, PydanticCustomError

from intake.wording.refusal import Sentence, sentence

_KINDS = {
    "missing": "missing",
    "extra_forbidden": "unknown",
    "string_type": "text",
    "dict_type": "texts",
    "model_type": "section",
    "tuple_type": "list",
    "too_short": "empty_list",
    "literal_error": "choice",
    "greater_than_equal": "too_small",
    "less_than_equal": "too_large",
}
"""pydantic's types of errors -> our sentences; of the others the beginning tells."""
_BEGINNINGS = {
    "date_": "date",
    "datetime_": "instant",
    "time_": "hour",
    "int_": "number",
    "float_": "number",
    "bool_": "yes_no",
}
_OWN = "atsauce."


def wrong(key: str, **values: str) -> PydanticCustomError:
    """An error of our own, to be raised in a validator: a sentence of the table `refused`."""
    return PydanticCustomError(f"{_OWN}{key}", "{key}", {"key": key, **values})


def reason(problem: ErrorDetails) -> Sentence:
    """What is wrong; never the value itself, which may be a password."""
    kind, context = problem["type"], problem.get("ctx", {})
    if kind.startswith(_OWN):
        return Sentence(kind.removeprefix(_OWN), {name: value for name, value in context.items() if name != "key"})
    known = _KINDS.get(kind) or next((name for start, name in _BEGINNINGS.items() if kind.startswith(start)), None)
    if known is None:
        return sentence("invalid_other", error=problem["msg"].removeprefix("Value error, "))
    return Sentence(f"invalid_{known}", _values(context))


def settings(error: ValidationError, language: str) -> list[str]:
    """What is wrong with which environment variable."""
    problems = error.errors(include_input=False, include_url=False)
    return [f"ATSAUCE_{str(one['loc'][0]).upper()}: {reason(one).text(language)}" for one in problems]


def _values(context: Mapping[str, Any]) -> dict[str, object]:
    limit = context.get("ge", context.get("le", ""))
    return {
        "expected": str(context.get("expected", "")).replace(" or ", ", "),
        "limit": f"{limit:g}" if limit != "" else "",
    }

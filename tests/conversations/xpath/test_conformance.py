"""The rows that JavaRosa and Enketo give alike."""

import json
import math
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from conversations.xpath import evaluate, to_boolean, to_number, to_string

ROWS = Path(__file__).parents[3].parent / "shared" / "conformance" / "xpath.json"
NOW = datetime(2026, 11, 21, 12, 0, tzinfo=ZoneInfo("America/Phoenix"))

pytestmark = pytest.mark.skipif(not ROWS.exists(), reason="the conformance rows are not beside this repository")


def _rows() -> list[dict[str, str]]:
    return json.loads(ROWS.read_text()) if ROWS.exists() else []


@pytest.mark.parametrize("row", _rows(), ids=lambda row: row["expression"])
def test_row(row: dict[str, str]) -> None:
    value = evaluate(row["expression"], now=NOW)
    if row["kind"] == "boolean":
        assert to_string(to_boolean(value)) == row["value"]
    elif row["kind"] == "string":
        assert to_string(value) == row["value"]
    else:
        _same_number(to_number(value), to_number(row["value"]))


def _same_number(given: float, expected: float) -> None:
    assert given == pytest.approx(expected, rel=1e-15, abs=0, nan_ok=True)
    assert math.isnan(given) is math.isnan(expected)

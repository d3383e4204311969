"""A few walks through every form: our engine beside the others, as far as they are installed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tests.conformance import corpus
from tests.conformance.differences import alike
from tests.conformance.engines import ZONE, Absent, Engine, javarosa, web_forms
from tests.conformance.known import reason
from tests.conformance.side_by_side import Run

pytestmark = pytest.mark.slow
SEQUENCES, LENGTH = 1, 15


@pytest.fixture(scope="module", params=["ODK Web Forms", "JavaRosa"])
def engine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    classes: Path = tmp_path_factory.mktemp("classes")
    try:
        started = web_forms() if request.param == "ODK Web Forms" else javarosa(classes)
    except Absent as absent:
        pytest.skip(str(absent))
    with started:
        yield started


@pytest.mark.parametrize("name", corpus.names())
def test_the_engines_agree_or_it_is_known_why_not(engine: Engine, name: str) -> None:
    run = Run([engine], datetime.now(ZoneInfo(ZONE)).replace(microsecond=0))
    run.form(corpus.case(name), seed=1, sequences=SEQUENCES, length=LENGTH)
    assert run.compared > 0
    assert [finding for finding in run.findings.values() if not reason(finding.difference)] == []


@pytest.mark.parametrize(
    ("left", "right", "same"),
    [
        ("3", "3.0", True),
        ("3", "4", False),
        ("", "0", False),
        ("56.9 24.1 0 0", "56.9 24.1 0.0 0.0", True),
        ("2026-01-01T12:00:00.000+02:00", "2026-01-01T10:00:00.000Z", True),
        ("Anna", "Anna ", False),
    ],
)
def test_one_value_written_two_ways(left: str, right: str, same: bool) -> None:
    assert alike(left, right) is same

"""Recorded replies of real mail clients, read as well as a careful reader would; skipped where they are absent."""

from __future__ import annotations

import pytest

from tests.benchmarks.replies import SHARED, Case, Score, asked, cases, score

RECORDED = list(cases()) if SHARED.is_dir() else []

pytestmark = pytest.mark.skipif(not RECORDED, reason="the recorded replies (../shared/replies) are not here")


@pytest.mark.parametrize("case", RECORDED, ids=lambda case: case.name)
def test_recorded_reply(case: Case) -> None:
    result = score(case, asked())
    assert (result.wrong, result.invented, result.intent, result.text) == ([], [], True, True)


def test_totals() -> None:
    """What was measured, as a floor: 106 mails, 782 answers."""
    results: list[Score] = [score(case, asked()) for case in RECORDED]
    right, wrong = (sum(len(getattr(one, name)) for one in results) for name in ("right", "wrong"))
    assert (len(results), right, wrong) == (106, 782, 0)
    assert all(one.intent and one.text and not one.invented for one in results)

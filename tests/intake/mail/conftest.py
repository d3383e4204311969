from datetime import datetime
from pathlib import Path

import pytest
from sqlmodel import Session

from intake.desk import Desk
from tests.intake.mail.post import Post, Still


@pytest.fixture
def post(session: Session, desk: Desk, now: datetime, tmp_path: Path) -> Post:
    return Post(session, desk, Still(now), tmp_path)

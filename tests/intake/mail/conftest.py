from datetime import datetime

import pytest
from sqlmodel import Session

from intake.desk import Desk
from tests.intake.mail.post import Post, Still


@pytest.fixture
def post(session: Session, desk: Desk, now: datetime) -> Post:
    return Post(session, desk, Still(now))

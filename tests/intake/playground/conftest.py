"""A playground that runs, and a client of its page."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from intake.playground import service
from intake.playground.app import Playground


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[Playground]:
    async with service.running(tmp_path / "playground", page_port=0) as running:
        yield running


@pytest.fixture
async def http(place: Playground) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=place.page_url, timeout=60, verify=False) as client:
        yield client

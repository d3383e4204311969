"""Chromium opens a page of ours and asks nobody else."""

import pytest
from playwright.async_api import async_playwright

from tests.servers.chromium import LaunchOptions

pytestmark = pytest.mark.servers


async def test_it_runs_a_page(chromium_launch: LaunchOptions) -> None:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(**chromium_launch)
        page = await browser.new_page()
        await page.set_content("<button onclick=\"this.textContent = 'Paldies'\">Labdien</button>")
        await page.get_by_role("button").click()
        assert await page.inner_text("button") == "Paldies"
        await browser.close()

"""The first letter in a real browser: two pages on paper, readable in dark mode and at 200 %."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Page, async_playwright

from tests.intake.mail.post import Post
from tests.servers.chromium import LaunchOptions

MARGINS = {"top": "15mm", "bottom": "15mm", "left": "15mm", "right": "15mm"}
SEEN = """() => {
  const page = document.documentElement, text = getComputedStyle(document.querySelector("p")).color;
  return { light: Math.max(...text.match(/\\d+/g).slice(0, 3)), overflows: page.scrollWidth > page.clientWidth };
}"""
KINDS = [(language, source) for language in ("lv", "en") for source in ("staff", "referral")]
pytestmark = pytest.mark.servers


@pytest.fixture
async def page(chromium_launch: LaunchOptions) -> AsyncIterator[Page]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(**chromium_launch)
        yield await browser.new_page()
        await browser.close()


@pytest.mark.parametrize(("language", "source"), KINDS)
async def test_the_first_letter(post: Post, page: Page, language: str, source: str) -> None:
    known = {"source": source, "source_detail": "fonda kontaktu saraksts", "name": "Anna Ozola", "language": language}
    await page.set_content(str(post.invite("anna@example.org", **known).payload["html"]))
    pdf = await page.pdf(format="A4", margin=MARGINS)
    assert len(re.findall(rb"/Type\s*/Page\b", pdf)) <= 2
    assert (await page.evaluate(SEEN))["light"] < 60
    await page.emulate_media(color_scheme="dark")
    assert (await page.evaluate(SEEN))["light"] > 200
    await page.set_viewport_size({"width": 320, "height": 640})
    assert not (await page.evaluate(SEEN))["overflows"], "a window of 640 pixels at 200 %"

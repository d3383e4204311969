"""A look at the page in Chromium: a screenshot is kept, and axe-core finds nothing against WCAG 2.1 AA."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from playwright.async_api import Page

from tests.servers.required import need

OUTPUT = Path(__file__).parents[2] / "output" / "playground"
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]}
SIZES = {"desktop": (1360, 850), "phone": (390, 844)}
OTHERS = {
    "small-phone": (360, 740),
    "tablet": (768, 1024),
    "laptop": (1280, 800),
    "enlarged-200": (640, 400),
    "enlarged-400": (320, 256),
}
"""The last two are what is left of a laptop's screen when a browser enlarges to 200 and 400 %."""
SCHEMES = ("light", "dark")


@dataclass
class Looking:
    """Looks at one page; every look has a name, after which its picture is called."""

    page: Page

    def __post_init__(self) -> None:
        missing = None if find_spec("axe_playwright_python") else "axe-playwright-python is not installed"
        need(missing)
        from axe_playwright_python.async_playwright import Axe

        self._axe = Axe()
        OUTPUT.mkdir(parents=True, exist_ok=True)

    async def as_on(self, size: str, scheme: str) -> None:
        width, height = (SIZES | OTHERS)[size]
        await self.page.set_viewport_size({"width": width, "height": height})
        await self.page.emulate_media(color_scheme="dark" if scheme == "dark" else "light", reduced_motion="reduce")

    async def look(self, name: str) -> None:
        await self.page.screenshot(path=OUTPUT / f"{name}.png")
        found = await self._axe.run(self.page, options=RULES)
        assert found.violations_count == 0, f"{name}: {found.generate_report()}"
        fits = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
        assert await self.page.evaluate(fits), f"{name} is wider than the screen"

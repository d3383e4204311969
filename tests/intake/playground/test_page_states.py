"""The page in every state a person can bring it to, at every size and by keyboard alone, in Chromium."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, async_playwright, expect

from intake.playground import service
from intake.playground.app import Playground
from tests.intake.playground.looking import Looking
from tests.servers.chromium import LaunchOptions
from tests.servers.fixtures import chromium_launch  # noqa: F401

pytestmark = [pytest.mark.servers, pytest.mark.timeout(400)]
WAIT_MS = 30_000
MICROPHONE = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")
ANSWERS = ("Mobilā brigāde", "Brauc pie senioriem un palīdz mājās. " * 4, "Laukos nav aprūpes. " * 4)
HTML = "<b onclick=alert(1)>Zane</b> “&amp;”"


@pytest.fixture
async def browser(chromium_launch: LaunchOptions) -> AsyncIterator[Browser]:  # noqa: F811
    async with async_playwright() as playwright:
        options = chromium_launch | {"args": [*chromium_launch.get("args", []), *MICROPHONE]}
        running = await playwright.chromium.launch(**options)
        expect.set_options(timeout=WAIT_MS)
        yield running
        expect.set_options(timeout=5_000)
        await running.close()


@pytest.fixture
async def page(place: Playground, browser: Browser) -> AsyncIterator[Page]:
    shown = await browser.new_page(locale="lv")
    shown.set_default_timeout(WAIT_MS)
    errors: list[str] = []
    shown.on("pageerror", lambda error: errors.append(str(error)))
    await shown.goto(place.page_url)
    await expect(shown.locator("#letters button")).to_have_count(1)
    yield shown
    assert errors == []


@pytest.mark.parametrize(("size", "scheme"), [("small-phone", "dark"), ("laptop", "light")])
async def test_every_state(page: Page, size: str, scheme: str) -> None:
    looking = Looking(page)
    await looking.as_on(size, scheme)
    await _mail(page, looking, f"{size}-{scheme}")
    await _chat(page, looking, f"{size}-{scheme}")
    await _people(page, looking, f"{size}-{scheme}")
    await _behind(page, looking, f"{size}-{scheme}")


@pytest.mark.parametrize("size", ["tablet", "enlarged-200", "enlarged-400"])
async def test_other_sizes(page: Page, size: str) -> None:
    looking = Looking(page)
    await looking.as_on(size, "light")
    await looking.look(f"{size}-mail")
    await page.locator("#letters button").click()
    await page.locator("#open-reply").click()
    await looking.look(f"{size}-reply")
    for name in ("chat", "campaign", "form"):
        await page.locator(f"[data-to-view={name}]").click()
        await looking.look(f"{size}-{name}")
    await page.locator("#clock summary").click()
    await looking.look(f"{size}-clock")


async def _mail(page: Page, looking: Looking, name: str) -> None:
    await looking.look(f"{name}-first")
    await page.locator("#letters button").click()
    await page.locator("#open-forward").click()
    await page.locator("#forward-files").set_input_files({"name": HTML, "mimeType": "x/y", "buffer": b"x" * 2000})
    await page.locator("#forward-to").fill("someone@gmail.com")
    await page.locator("#forward button.main").click()
    await expect(page.locator("#mail-status")).to_contain_text("izdomātas adreses")
    await expect(page.locator("#mail-status")).to_be_in_viewport()
    await looking.look(f"{name}-refused")
    await page.locator("#forward-to").fill("janis.berzins@liepkalne.example")
    await page.locator("#forward button.main").click()
    await expect(page.locator("#mail-status")).to_have_text("Vēstule nosūtīta.")
    await page.keyboard.press("Escape")
    await page.locator("#folder").get_by_text("Nosūtītās").click()
    await page.locator("#letters button").click()
    await expect(page.locator("#attachments a")).to_have_text(f"{HTML} (2 kB)")
    await looking.look(f"{name}-sent")
    await page.locator("#write-new").click()
    await looking.look(f"{name}-new")
    await page.keyboard.press("Escape")
    await expect(page.locator("#write-new")).to_be_focused()


async def _chat(page: Page, looking: Looking, name: str) -> None:
    if await page.locator("[data-to-view=chat]").is_visible():
        await page.locator("[data-to-view=chat]").click()
    await page.locator("#start").click()
    await expect(page.locator("#messages .bot")).not_to_have_count(0)
    await page.locator("#chat-more summary").click()
    await looking.look(f"{name}-chat-menu")
    await page.locator("#voice").click()
    await expect(page.locator("#voice-send")).to_be_focused()
    await looking.look(f"{name}-recording")
    await page.locator("#voice-send").click()
    await expect(page.locator("#messages .you").last).to_contain_text("Balss ziņa")
    picture = {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": b"\xff\xd8\xff\xe0" + bytes(200)}
    await page.locator("#attach").set_input_files(picture)
    await expect(page.locator("#messages img.photo")).to_have_count(1)
    await page.locator("#attach").set_input_files({"name": HTML, "mimeType": "x/y", "buffer": bytes(5_000_000)})
    await expect(page.locator("#messages .you").last).to_contain_text(HTML)
    await page.locator("#write-text").fill("Mobilā brigāde <i>x</i>")
    await page.keyboard.press("Enter")
    await expect(page.locator("#messages .you").last).to_contain_text("<i>x</i>")
    await page.locator("#messages .you").last.get_by_role("button", name="Labot").click()
    await looking.look(f"{name}-editing")
    await page.keyboard.press("Escape")
    await expect(page.locator("#write-text")).to_have_value("")


async def _people(page: Page, looking: Looking, name: str) -> None:
    await page.locator("#add-person summary").click()
    await page.get_by_label("Vārds").fill(HTML)
    await page.get_by_label("E-pasta adrese").fill("zane@gmail.com")
    await page.get_by_role("button", name="Pievienot", exact=True).click()
    await expect(page.locator("#add-problem")).to_contain_text("izdomātas adreses")
    await looking.look(f"{name}-person-refused")
    await page.get_by_label("E-pasta adrese").fill("zane@skola.example")
    await page.get_by_role("button", name="Pievienot", exact=True).click()
    await expect(page.locator("#people [aria-current]")).to_contain_text(HTML)
    await page.locator("#add-person summary").click()
    await page.locator("#add-many").click()
    await expect(page.locator("#people li")).to_have_count(15)
    await page.locator("#find").fill("martins liepins")
    await expect(page.locator("#people li:visible")).to_have_count(1)
    await looking.look(f"{name}-found")
    await page.locator("#find").fill("qqq")
    await expect(page.locator("#nobody-found")).to_have_text("Neviena tāda nav.")
    await looking.look(f"{name}-nobody-found")
    await page.locator("#find").fill("")


async def _behind(page: Page, looking: Looking, name: str) -> None:
    await page.locator("[data-to-view=campaign]").click()
    await expect(page.locator("#outbox td").first).to_be_visible()
    await looking.look(f"{name}-outbox")
    await page.locator("[data-to-view=form]").click()
    broken = {"name": "anketa.xlsx", "mimeType": "application/octet-stream", "buffer": b"no workbook"}
    await page.locator("#try-file").set_input_files(broken)
    await page.get_by_role("button", name="Pārbaudīt un palaist").click()
    await expect(page.locator("#findings-title")).to_be_focused()
    await expect(page.locator("#findings")).to_contain_text("nav Excel darbgrāmata")
    await looking.look(f"{name}-broken-workbook")


async def test_questions_are_answered_by_keyboard_alone(page: Page) -> None:
    await page.set_viewport_size({"width": 1280, "height": 800})
    await page.locator("#start").focus()
    await page.keyboard.press("Enter")
    await expect(page.locator("#write-text")).to_be_focused()
    for number, answer in enumerate(ANSWERS, 1):
        await expect(page.locator("#messages .bot").last).to_contain_text(f"{number}/")
        await page.keyboard.type(answer)
        await page.keyboard.press("Enter")
    form = page.locator("#messages .bot", has_text="4/").last
    await form.get_by_role("button").first.focus()
    await page.keyboard.press("Enter")
    await expect(form.get_by_role("button").first).to_contain_text("☑")
    await expect(form.get_by_role("button").first).to_be_focused()
    done = form.get_by_role("button").filter(has_text="Gatavs")
    await done.focus()
    await page.keyboard.press("Enter")
    await expect(page.locator("#messages .bot").last).to_contain_text("5/")
    await expect(page.locator("#messages .bot").last.get_by_role("button").first).to_be_focused()


async def test_a_double_tap_counts_once_and_a_message_is_corrected(page: Page) -> None:
    await page.locator("#start").click()
    await expect(page.locator("#messages .bot").last).to_contain_text("1/")
    for number, answer in enumerate(ANSWERS, 1):
        await expect(page.locator("#messages .bot").last).to_contain_text(f"{number}/")
        await page.locator("#write-text").fill(answer)
        await page.keyboard.press("Enter")
    form = page.locator("#messages .bot", has_text="4/").last
    await form.get_by_role("button").first.click()
    await form.get_by_role("button").filter(has_text="Gatavs").click()
    novelty = page.locator("#messages .bot", has_text="5/").last
    await novelty.get_by_role("button").first.dblclick()
    await expect(page.locator("#messages .bot", has_text="6/")).to_have_count(1)
    await page.locator("#messages .you", has_text=ANSWERS[0]).get_by_role("button", name="Labot").click()
    await page.locator("#write-text").fill("Mobilā aprūpe")
    await page.keyboard.press("Enter")
    await expect(page.locator("#messages")).to_contain_text("Labojums pieņemts")
    await expect(page.locator("#messages .you").nth(1)).to_contain_text("labots")


async def test_loaded_anew_in_the_middle(page: Page) -> None:
    await page.locator("#letters button").click()
    await page.locator("#open-reply").click()
    await page.get_by_label("Jūsu atbilde").fill("Pusē uzrakstīts")
    await page.reload()
    await expect(page.locator("#letter")).to_be_visible()
    await page.locator("#open-reply").click()
    await expect(page.get_by_label("Jūsu atbilde")).to_have_value("Pusē uzrakstīts")
    await page.locator("#back").click()
    await expect(page.locator("#letters .unread")).to_have_count(0)


async def test_two_tabs_show_the_same(place: Playground, browser: Browser, page: Page) -> None:
    other = await browser.new_page(locale="lv")
    await other.goto(place.page_url)
    await page.locator("#start").click()
    await expect(other.locator("#messages .bot")).not_to_have_count(0)
    await other.locator("#write-text").fill("No otras cilnes")
    await other.keyboard.press("Enter")
    await expect(page.locator("#messages")).to_contain_text("No otras cilnes")


async def test_a_new_run_begins_the_page_anew(tmp_path: Path, browser: Browser) -> None:
    shown = await browser.new_page(locale="lv")
    async with service.running(tmp_path / "playground", page_port=0) as first:
        address = first.page_url
        await shown.goto(f"{address}?person=ilze&view=chat")
        await expect(shown.locator("#letters button")).to_have_count(1)
        run = await shown.locator("body").get_attribute("data-run")
    port = int(address.rstrip("/").rpartition(":")[2])
    async with service.running(tmp_path / "playground", page_port=port) as second:
        assert second.page_url == address
        await expect(shown.locator("body")).not_to_have_attribute("data-run", run or "")
        await expect(shown.locator("#letters button")).to_have_count(1)

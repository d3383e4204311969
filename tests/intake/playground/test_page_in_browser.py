"""The page in a real browser: a letter is read, its link opens the chat, and both are answered, by keyboard too."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Page, async_playwright, expect
from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from intake.playground.app import Playground
from tests.intake.playground.test_page import invite
from tests.servers.chromium import LaunchOptions
from tests.servers.fixtures import chromium_launch  # noqa: F401
from tests.servers.local import playground, telegram_bot

pytestmark = pytest.mark.servers


@pytest.fixture
async def place() -> AsyncIterator[Playground]:
    async with playground() as running:
        yield running


@pytest.fixture
async def page(place: Playground, chromium_launch: LaunchOptions) -> AsyncIterator[Page]:  # noqa: F811
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(**chromium_launch)
        shown = await browser.new_page()
        errors: list[str] = []
        shown.on("pageerror", lambda error: errors.append(str(error)))
        shown.on("console", lambda line: errors.append(line.text) if line.type == "error" else None)
        await shown.goto(place.page_url)
        yield shown
        await browser.close()
        assert errors == []


async def test_a_letter_is_answered_by_keyboard(place: Playground, page: Page) -> None:
    await expect(page.locator("#no-letters")).to_be_visible()
    await invite(place)
    await page.get_by_role("button", name="Anketa").focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name="Anketa")).to_be_focused()
    await page.get_by_role("radio", name="Kā HTML").focus()
    await page.keyboard.press("ArrowRight")
    await expect(page.locator("#text")).to_contain_text("1. Nosaukums")
    await page.get_by_role("button", name="Atbildēt").focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_label("Jūsu atbilde")).to_be_focused()
    await page.keyboard.type("Mobilā brigāde")
    await page.keyboard.press("Tab")
    await expect(page.locator("#reply-files")).to_be_focused()
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await expect(page.locator("#mail-status")).to_have_text("Vēstule nosūtīta.")
    await expect(page.get_by_role("button", name="Atbildēt")).to_be_focused()
    letter = place.mail.mailbox(place.intake_address).letters[0].message
    assert letter.get_content().startswith("Mobilā brigāde")


@pytest.mark.parametrize("as_html", [False, True])
async def test_the_link_in_a_letter_opens_the_chat(place: Playground, page: Page, as_html: bool) -> None:
    await invite(place)
    await page.get_by_role("button", name="Anketa").click()
    if as_html:
        await page.frame_locator("#html").get_by_role("link", name="Telegram").click()
    else:
        await page.get_by_text("Kā teksts", exact=True).click()
        await page.get_by_role("link", name="https://t.me/AtsauceBot?start=k3x9").click()
    await page.get_by_role("button", name="Sākt ar saiti no vēstules").click()
    async with telegram_bot(place.bot_api) as bot:
        (update,) = await bot.get_updates(timeout=5)
        assert update.message is not None
        assert update.message.text == "/start k3x9"
        keyboard = InlineKeyboardMarkup([[InlineKeyboardButton("Piekrītu", callback_data="0")]])
        text = "<b>Labdien</b>, <i>Anna &amp; <u>co</u></i>!"
        await bot.send_message(update.message.chat_id, text, parse_mode="HTML", reply_markup=keyboard)
        await page.get_by_role("button", name="Piekrītu").click()
        pressed = (await bot.get_updates(offset=update.update_id + 1, timeout=5))[0].callback_query
        assert pressed is not None
        await pressed.edit_message_text("✔ Piekrītu")
        await expect(page.locator("#messages")).to_contain_text("✔ Piekrītu")
        await expect(page.get_by_role("button", name="Piekrītu")).to_have_count(0)
        await page.get_by_label("Ziņa robotam").fill("Mobilā brigāde")
        await page.keyboard.press("Enter")
        answered = (await bot.get_updates(offset=update.update_id + 2, timeout=5))[0]
        assert answered.message is not None
        assert answered.message.text == "Mobilā brigāde"


async def test_another_person_and_the_other_language(place: Playground, page: Page) -> None:
    await page.get_by_role("button", name="Fonda darbinieki").click()
    await expect(page.locator("#address")).to_have_text("darbinieki@fonds.example")
    await page.get_by_role("link", name="English").click()
    await expect(page.get_by_role("heading", name="Mailbox")).to_be_visible()
    await expect(page.locator("#address")).to_have_text("darbinieki@fonds.example")
    assert await page.locator("html").get_attribute("lang") == "en"


@pytest.mark.parametrize(("width", "height"), [(360, 740), (1280, 900)])
async def test_nothing_is_wider_than_the_screen(place: Playground, page: Page, width: int, height: int) -> None:
    await page.set_viewport_size({"width": width, "height": height})
    await invite(place)
    await page.get_by_role("button", name="Anketa").click()
    await page.get_by_text("Kā teksts", exact=True).click()
    await expect(page.locator("#text")).to_contain_text("Nosaukums")
    assert await page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")

"""A whole try-out in Chromium: the chat to a submitted initiative, a reply by mail confirmed, time, staff, a form."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Mapping

import pytest
from playwright.async_api import Locator, Page, async_playwright, expect

from intake.playground.app import Playground
from tests.acceptance.answers import CHAT, FIRST_MAIL, REVIEW, TITLE, on_top, suggesting
from tests.acceptance.chat import Press, Step
from tests.intake.playground.looking import SCHEMES, SIZES, Looking
from tests.intake.playground.test_rehearsal import BROKEN, FORM
from tests.servers.chromium import LaunchOptions
from tests.servers.fixtures import chromium_launch  # noqa: F401

pytestmark = [pytest.mark.servers, pytest.mark.timeout(400)]
WAIT_MS = 30_000
LETTERS = re.compile(r"^[☐☑ ]*(?:[a-z]\) )?")


@pytest.fixture
async def page(place: Playground, chromium_launch: LaunchOptions) -> AsyncIterator[Page]:  # noqa: F811
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(**chromium_launch)
        shown = await browser.new_page(locale="lv", timezone_id="UTC")
        shown.set_default_timeout(WAIT_MS)
        expect.set_options(timeout=WAIT_MS)
        errors: list[str] = []
        shown.on("pageerror", lambda error: errors.append(str(error)))
        shown.on("console", lambda line: errors.append(line.text) if line.type == "error" else None)
        await shown.goto(place.page_url)
        yield shown
        await browser.close()
        expect.set_options(timeout=5_000)
        assert errors == []


async def test_from_the_first_look_to_an_initiative_and_a_confirmed_reply(place: Playground, page: Page) -> None:
    looking = Looking(page)
    await looking.as_on("desktop", "light")
    await page.get_by_role("button", name="anketu").click()
    await looking.look("letter")
    await _chat_to_the_end(page, looking)
    await looking.look("submitted")
    await _reply_by_mail(page, looking)
    await _staff_decide(page, looking)
    await _time_goes_on(page, looking)
    await _own_form(page, looking)
    for size in SIZES:
        for scheme in SCHEMES:
            await looking.as_on(size, scheme)
            await _every_view(page, looking, size, f"{size}-{scheme}")


async def _chat_to_the_end(page: Page, looking: Looking) -> None:
    await page.get_by_text("Kā teksts", exact=True).click()
    await page.locator("#text").get_by_role("link", name="https://t.me/").first.click()
    await page.get_by_role("button", name="Sākt ar saiti no vēstules").click()
    choice = await walk(page, CHAT, "Cik plašā teritorijā")
    await page.locator("#mail").get_by_text("Kā HTML").click()
    await looking.look("conversation")
    so_far = int(await choice.get_attribute("data-id") or 0) - 1
    review = await walk(page, CHAT | suggesting("Atbalsta centrs", "birojs@atbalsts.example"), REVIEW, so_far)
    await press(page, review, "Iesniegt")
    await expect(page.locator("#messages")).to_contain_text("ir saņemta")


async def walk(page: Page, steps: Mapping[str, Step], until: str, last: int = 0) -> Locator:
    """Answer the questions after message `last` as a person would, until the bot says `until`; that message."""
    while True:
        found = await page.wait_for_function(
            """([parts, last]) => {
                for (const item of document.querySelectorAll("#messages .bot")) {
                    const part = parts.find((one) => item.innerText.includes(one));
                    if (Number(item.dataset.id) > last && part) return [Number(item.dataset.id), part];
                }
                return null;
            }""",
            arg=[[until, *steps], last],
        )
        last, part = await found.json_value()
        message = page.locator(f"#messages [data-id='{last}']")
        if part == until:
            return message
        step = steps[part]
        if isinstance(step, Press):
            for label in step.labels:
                await press(page, message, label)
        else:
            await page.get_by_label("Ziņa robotam").fill(step)
            await page.keyboard.press("Enter")


async def press(page: Page, message: Locator, label: str) -> None:
    """Press the button of the message whose words begin so, without tick and letter."""
    name = re.compile(LETTERS.pattern + re.escape(label))
    await message.get_by_role("button", name=name).first.click()


async def _reply_by_mail(page: Page, looking: Looking) -> None:
    await page.get_by_role("button", name="Jānis Bērziņš").click()
    await page.get_by_role("button", name="anketu").click()
    await page.get_by_role("button", name="Atbildēt").click()
    reply = page.get_by_label("Jūsu atbilde")
    await expect(reply).to_be_focused()
    await reply.fill(on_top(FIRST_MAIL) + await reply.input_value())
    await looking.look("reply")
    await page.get_by_role("button", name="Nosūtīt atbildi").click()
    await expect(page.locator("#mail-status")).to_have_text("Vēstule nosūtīta.")
    await expect(page.locator("#letters li")).to_have_count(2)
    await page.get_by_role("button", name="Uz vēstuļu sarakstu").click()
    await page.locator("#letters button.unread").click()
    await page.get_by_text("Kā teksts", exact=True).click()
    await expect(page.locator("#text")).to_contain_text(TITLE)
    await looking.look("confirmation")


async def _staff_decide(page: Page, looking: Looking) -> None:
    await page.get_by_role("button", name="Kampaņa").click()
    await expect(page.locator("#initiatives")).to_contain_text(TITLE)
    await expect(page.locator("#digest")).to_contain_text("1")
    await looking.look("campaign")
    await page.get_by_role("button", name="Cilvēki").click()
    await page.get_by_role("button", name="Fonda darbinieki").click()
    await expect(page.locator("#messages").get_by_role("button", name="Apstiprināt")).to_be_visible()
    await page.get_by_label("Ziņa robotam").fill("/digest")
    await page.keyboard.press("Enter")
    await expect(page.locator("#messages .you")).to_have_count(1)
    await looking.look("staff-chat")
    await page.get_by_role("button", name="Kampaņa").click()
    await page.get_by_role("button", name="Apstiprināt: Atbalsta centrs").click()
    await expect(page.locator("#referrals")).to_contain_text("apstiprināts")
    await expect(page.locator("#outbox")).to_contain_text("uzaicinājums ieteiktajam")


async def _time_goes_on(page: Page, looking: Looking) -> None:
    await page.locator("#clock summary").click()
    await looking.look("clock")
    await page.get_by_role("button", name="Nākamais kopsavilkums").click()
    await expect(page.locator("#said")).to_contain_text("Tagad ir ")
    await expect(page.locator("#now")).to_contain_text("08:30")
    await expect(page.locator("#outbox")).to_contain_text("kopsavilkums")
    await page.get_by_role("button", name="Cilvēki").click()
    await page.get_by_role("button", name="Fonda darbinieki").click()
    await expect(page.locator("#letters li")).to_have_count(1)


async def _own_form(page: Page, looking: Looking) -> None:
    await page.get_by_role("button", name="Anketa", exact=True).click()
    chosen = page.get_by_label("Anketas fails")
    await chosen.set_input_files({"name": "mana.md", "mimeType": "text/markdown", "buffer": BROKEN.encode()})
    await page.get_by_role("button", name="Pārbaudīt un palaist").click()
    await expect(page.locator("#try-status")).to_contain_text("kļūdas")
    await expect(page.get_by_role("cell", name="lapa survey, rinda 4, type")).to_be_visible()
    await looking.look("findings")
    await chosen.set_input_files({"name": "mana.md", "mimeType": "text/markdown", "buffer": FORM.encode()})
    await page.get_by_role("button", name="Pārbaudīt un palaist").click()
    await expect(page.locator("#try-status")).to_contain_text("Anketa darbojas")
    await expect(page.locator("#form-name")).to_have_text("Īsa anketa")
    await page.get_by_role("button", name="Cilvēki").click()
    await page.get_by_text("Pievienot cilvēku").click()
    await page.get_by_label("Vārds").fill("Līga Kļava")
    await page.get_by_label("E-pasta adrese").fill("liga@klava.example")
    await page.get_by_role("button", name="Pievienot", exact=True).click()
    await expect(page.locator("#address")).to_have_text("liga@klava.example")
    await page.get_by_role("button", name="Sākt", exact=True).click()
    await expect(page.locator("#messages")).to_contain_text("Kā to sauc?")


async def _every_view(page: Page, looking: Looking, size: str, name: str) -> None:
    views = ("mail", "chat", "campaign", "form") if size == "phone" else ("people", "campaign", "form")
    for view in views:
        await page.locator(f"[data-to-view={view}]").click()
        await looking.look(f"{name}-{view}")
    await page.locator(f"[data-to-view={views[0]}]").click()
    await page.locator("#people button").first.click()
    await page.locator("#letters button").first.click()
    await expect(page.locator("#subject")).to_be_focused()
    await page.locator("#open-reply").click()
    await looking.look(f"{name}-letter")
    await page.locator("#write-new").click()
    await looking.look(f"{name}-new-letter")
    await page.locator("#close-new").click()
    for menu in ("add-person", "clock"):
        await page.locator(f"#{menu} summary").click()
        await looking.look(f"{name}-{menu}")
        await page.keyboard.press("Escape")

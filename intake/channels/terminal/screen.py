"""Prompts as lines of text: options are numbered, so that a number answers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from conversations.turn import (
    Accepted,
    Ask,
    AskRepeat,
    Notice,
    NotUnderstood,
    Prompt,
    ReviewList,
    Said,
    Submitted,
)
from intake.channels.terminal.wording import words


def lines(prompts: Iterable[Prompt], language: str) -> Iterator[str]:
    """What the terminal shows, an empty line before each prompt that asks."""
    spoken = words(language)
    for prompt in prompts:
        yield from _lines(prompt, spoken)


def _lines(prompt: Prompt, spoken: Mapping[str, str]) -> Iterator[str]:
    match prompt:
        case Notice(text=text):
            yield from ("", text)
        case Said(text=text):
            yield text
        case Accepted():
            yield f"✔ {prompt.label}: {prompt.value_text or '–'}"
        case NotUnderstood():
            yield f"✘ {prompt.text}: {prompt.reason_text}"
        case AskRepeat():
            yield ""
            yield from [f"⚠ {prompt.error}"] if prompt.error else []
            yield from (f"{prompt.label} [{prompt.count}]", spoken["repeat_how"])
        case Ask():
            yield from _ask(prompt, spoken)
        case ReviewList():
            yield from _review(prompt, spoken)
        case Submitted():
            yield spoken["submitted"]


def _ask(ask: Ask, spoken: Mapping[str, str]) -> Iterator[str]:
    yield ""
    if ask.error:
        yield f"⚠ {ask.error}{f' ({ask.example})' if ask.example else ''}"
    number = f"{ask.number}. " if ask.number is not None else ""
    yield f"[{ask.position}/{ask.total}] {number}{ask.label}{' *' if ask.required else ''}"
    if ask.hint:
        yield f"  {ask.hint}"
    for place, option in enumerate(ask.options, 1):
        yield f"  {'☑' if option.picked else '☐'} {place}) {option.label}"
    if ask.present and not ask.options:
        yield f"  {spoken['present'].format(value=ask.present)}"


def _review(review: ReviewList, spoken: Mapping[str, str]) -> Iterator[str]:
    yield from ("", spoken["review"])
    yield from (f"  {item.number or '–'}. {item.label}: {item.value_text}" for item in review.items)
    if review.missing:
        yield spoken["missing"]
        yield from (
            f"  {ask.number or '–'}. {ask.label}{f' – {ask.error}' if ask.error else ''}" for ask in review.missing
        )
    yield spoken["review_how"]

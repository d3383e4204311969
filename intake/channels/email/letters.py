"""Letters: a Markdown template and its values -> a subject, a text part and an HTML part with the same sentences."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import jinja2
from jinja2.sandbox import ImmutableSandboxedEnvironment

from intake.channels.email import dates, markdown

MAX_SUBJECT = 200
MAX_VALUE = 20_000
_FRONT = re.compile(r"\A(?P<note>\s*\{#.*?#\})?\s*---\n(?P<front>.*?)\n---\n(?P<body>.*)\Z", re.DOTALL)
_SUBJECT = re.compile(r"^subject:(?P<subject>.*)$", re.MULTILINE)
_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")
_BLANKS = re.compile(r"[ \t\n\u2028\u2029\x85]+")  # a no-break space stays
_INVISIBLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")


class LetterError(Exception):
    """A template that cannot be written as a letter: which, and what is wrong with it."""

    def __init__(self, name: str, language: str, reason: str) -> None:
        super().__init__(f"{language}/{name}.md: {reason}")
        self.name, self.language, self.reason = name, language, reason


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter ready to be put into an envelope."""

    subject: str
    text: str
    html: str


class Markup(str):
    """Markdown that a filter of ours wrote; everything else that a template prints is plain text and stays it."""

    __slots__ = ()


class _Missing(jinja2.StrictUndefined):
    """A value that was not given: may be asked for (`{% if funding %}`), may not be printed."""

    __slots__ = ()

    def __bool__(self) -> bool:  # type: ignore[override]
        return False


def letter(name: str, language: str, values: Mapping[str, Any], directory: Path | None = None) -> Letter:
    """Write the letter `<language>/<name>.md`, the campaign's own (in `directory`) before the built-in one.

    Values are plain text whatever they contain; the comment at the top of a template says which it uses.
    """
    environment = _environment(language, directory)
    try:
        source = environment.loader.get_source(environment, f"{name}.md")[0]  # type: ignore[union-attr]
        front, body = _compiled(environment, name, language, source)
        subject, text = front.render(**values), body.render(**values)
    except jinja2.TemplateNotFound as error:
        raise LetterError(name, language, f"there is no {error.name}") from error
    except jinja2.TemplateSyntaxError as error:
        raise LetterError(name, language, f"line {error.lineno}: {error.message}") from error
    except (jinja2.TemplateError, KeyError, TypeError, ValueError, AttributeError) as error:
        raise LetterError(name, language, str(error)) from error
    tokens = markdown.parse(text)
    html = markdown.to_html(tokens, language, _style("letter"), _style("print"))
    return Letter(_line(subject)[:MAX_SUBJECT], markdown.to_text(tokens), html)


def built_in() -> Path:
    """The folder of the letters that come with Atsauce."""
    packaged = Path(__file__).parents[2] / "templates" / "email"
    return packaged if packaged.is_dir() else Path(__file__).parents[3] / "templates" / "email"


@lru_cache(maxsize=64)
def _compiled(
    environment: jinja2.Environment, name: str, language: str, source: str
) -> tuple[jinja2.Template, jinja2.Template]:
    """The subject and the body; a file that was edited has another source, and is compiled anew."""
    front, body = _parts(name, language, source)
    return environment.overlay(finalize=_line).from_string(front), environment.from_string(body)


def _parts(name: str, language: str, source: str) -> tuple[str, str]:
    """(subject, body) of a template with its front matter; line numbers of the body stay true."""
    found = _FRONT.match(source.replace("\r\n", "\n"))
    subject = _SUBJECT.search(found["front"]) if found else None
    if not found or not subject:
        raise LetterError(name, language, "it must begin with ---, subject: ..., ---")
    lines = source[: found.start("body")].count("\n")
    return subject["subject"].strip(), "{#" + "\n" * lines + "#}" + found["body"]


@lru_cache(maxsize=32)
def _environment(language: str, directory: Path | None) -> ImmutableSandboxedEnvironment:
    folders = [folder / language for folder in (directory, built_in()) if folder is not None]
    environment = ImmutableSandboxedEnvironment(
        loader=jinja2.FileSystemLoader(folders),
        undefined=_Missing,
        finalize=_plain,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # the target is Markdown, not HTML: `finalize` escapes for it
    )
    environment.filters.update(
        link=_link,
        date=lambda day, case="nominative": dates.long_date(day, language, case),
        short_date=lambda day, case="nominative": dates.short_date(day, language, case),
        weekday=lambda day: dates.weekday(day, language),
        time=lambda when: dates.clock_time(when, language),
        number=lambda value: dates.number(value, language),
        plural=lambda n, **sentences: dates.plural(n, language, sentences),
    )
    return environment


@lru_cache(maxsize=2)
def _style(name: str) -> str:
    return (built_in() / f"{name}.css").read_text(encoding="utf-8")


def _plain(value: object) -> object:
    """A value as Markdown that shows exactly this text: one line, every punctuation mark escaped."""
    if isinstance(value, (Markup, jinja2.Undefined)):
        return value
    return Markup(_PUNCTUATION.sub(r"\\\1", _line(value)[:MAX_VALUE]))


def _line(value: object) -> str:
    return _BLANKS.sub(" ", _INVISIBLE.sub("", str(value))).strip(" ")


def _link(address: object, label: object = "") -> Markup:
    """A link with its text; only to the web, to Telegram or to a mail address."""
    url = str(address)
    if not re.fullmatch(r"(https?://|tg://|mailto:)[!#-;=?-\[\]-~]{1,900}", url):
        raise ValueError("not a link")
    escaped = url.replace("&", r"\&")  # no entity in an address
    return Markup(f"[{_plain(label or url)}](<{escaped}>)")

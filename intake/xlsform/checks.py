"""What can be seen wrong with a questionnaire in its own rows, before anything is compiled."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import chain

from conversations.xpath import XPathError, parse
from intake.xlsform.defaults import defaults
from intake.xlsform.finding import Finding, Place, Severity, found
from intake.xlsform.sheets import SHEETS, Row, Workbook, plain
from intake.xlsform.types import DEVICE, QuestionType, read_type

MAX_CHOICES = 20
"""Options are lettered in mails; a longer list is a code list, answered by name."""
MAX_DEPTH = 30
"""Groups within groups; pyxform runs out of stack somewhere above a hundred."""
CODE_LIST_APPEARANCES = {"autocomplete", "minimal"}
WARNING = Severity.WARNING
NAME = re.compile(r"[^\W\d][\w.-]*")
REFERENCE = re.compile(r"\$\{\s*(?:last-saved#)?\s*([^}]*?)\s*\}")
TRANSLATED = {"label", "hint", "guidance_hint", "constraint_message", "required_message"}
NEVER_REFERRED = {"type", "name"}
EXPRESSIONS = {"relevant", "constraint", "calculation", "choice_filter", "read_only", "repeat_count"}

Question = tuple[Row, QuestionType]


def check(book: Workbook, files: Mapping[str, bytes] | None, language: str) -> tuple[Finding, ...]:
    """All findings about types, names, lists, references, translations and (when given) files."""
    questions = [(row, read_type(row.get("type"))) for row in book.rows("survey") if row.get("type")]
    return tuple(
        chain(
            _columns_of_sheets(book, language),
            _types(questions, language),
            _names(questions, language),
            _lists(book, questions, language),
            _long_lists(book, questions, language),
            _choices(book, questions, language),
            _references(book, language),
            _expressions(book, language),
            defaults(book, questions, language),
            _translations(book, language),
            _files(questions, files, language),
        )
    )


def _columns_of_sheets(book: Workbook, language: str) -> Iterator[Finding]:
    for sheet in SHEETS:
        for header, count in Counter(book.headers(sheet)).items():
            if count > 1:
                yield found("duplicate_column", language, Place(sheet, None, header), sheet=sheet, column=header)
    needed = {"survey": ("type", "name"), "choices": ("list_name", "name")}
    for sheet, columns in needed.items():
        present = {plain(header) for header in book.headers(sheet)}
        for column in columns:
            if present and column not in present:
                yield found("missing_column", language, Place(sheet, None, column), sheet=sheet, column=column)


def _types(questions: list[Question], language: str) -> Iterator[Finding]:
    for row, kind in questions:
        place = Place("survey", row.number, "type")
        labelled = any(plain(header).partition("::")[0] == "label" for header in row.cells)
        if not kind.kind:
            yield found("unknown_type", language, place, type=kind.written)
        elif kind.kind in ("email", "phonenumber") and labelled:
            yield found("vanishing_type", language, place, type=kind.kind)
        elif kind.kind in DEVICE:
            yield found("device_type", language, place, WARNING, type=kind.kind)
        elif kind.asks and not labelled:
            yield found("no_label", language, Place("survey", row.number, "label"))
        if kind.or_other:
            yield found("or_other", language, place, WARNING)


def _names(questions: list[Question], language: str) -> Iterator[Finding]:
    parents = [0]
    seen: dict[str, tuple[int, int]] = {}
    for row, kind in questions:
        if kind.ends:
            if len(parents) > 1:
                parents.pop()
            continue
        name, place = row.get("name"), Place("survey", row.number, "name")
        if not name:
            if kind.kind not in ("note", "audit"):
                yield found("no_name", language, place)
        elif not NAME.fullmatch(name):
            yield found("bad_name", language, place, name=name)
        elif name in seen:
            severity = Severity.ERROR if seen[name][0] == parents[-1] else WARNING
            yield found("duplicate_name", language, place, severity, name=name, first=seen[name][1])
        seen.setdefault(name, (parents[-1], row.number))
        if kind.begins:
            parents.append(row.number)
            if len(parents) == MAX_DEPTH + 2:
                yield found("too_deep", language, place, most=MAX_DEPTH)


def _lists(book: Workbook, questions: list[Question], language: str) -> Iterator[Finding]:
    lists = {row.get("list_name") for row in book.rows("choices")}
    for row, kind in questions:
        if kind.chooses and not kind.from_file and kind.list_name not in lists and "${" not in kind.list_name:
            place = Place("survey", row.number, "type")
            yield found("no_list", language, place, list=kind.list_name)


def _long_lists(book: Workbook, questions: list[Question], language: str) -> Iterator[Finding]:
    sizes = Counter(row.get("list_name") for row in book.rows("choices"))
    for row, kind in questions:
        short = kind.from_file or sizes[kind.list_name] <= MAX_CHOICES
        if kind.chooses and not short and not CODE_LIST_APPEARANCES & set(row.get("appearance").split()):
            place = Place("survey", row.number, "appearance")
            yield found(
                "long_list",
                language,
                place,
                WARNING,
                list=kind.list_name,
                count=sizes[kind.list_name],
                most=MAX_CHOICES,
            )


def _choices(book: Workbook, questions: list[Question], language: str) -> Iterator[Finding]:
    several = {kind.list_name for _, kind in questions if kind.chooses and not kind.kind.startswith("select_one")}
    seen: dict[tuple[str, str], int] = {}
    duplicates = any(row.get("allow_choice_duplicates").lower() in ("yes", "true") for row in book.rows("settings"))
    for row in book.rows("choices"):
        list_name, name = row.get("list_name"), row.get("name")
        place = Place("choices", row.number, "name")
        if list_name and not name:
            yield found("no_choice_name", language, place, list=list_name)
        elif name and not list_name:
            yield found("no_list_name", language, Place("choices", row.number, "list_name"), name=name)
        elif (list_name, name) in seen and not duplicates:
            yield found("duplicate_choice", language, place, name=name, list=list_name, first=seen[list_name, name])
        elif " " in name:
            # Several chosen names stand with spaces between them; a single one may have one itself.
            yield found("space_in_choice", language, place, *(() if list_name in several else (WARNING,)), name=name)
        seen.setdefault((list_name, name), row.number)


def _references(book: Workbook, language: str) -> Iterator[Finding]:
    names = {row.get("name") for row in book.rows("survey")} | {"instanceID", "instanceName"}
    for sheet in ("survey", "choices", "settings", "entities"):
        for row in book.rows(sheet):
            for header, text in row.cells.items():
                if plain(header) not in NEVER_REFERRED or sheet == "settings":
                    for name in dict.fromkeys(REFERENCE.findall(text)):
                        if name not in names:
                            place = Place(sheet, row.number, header)
                            yield found("unknown_reference", language, place, name=name)


def _expressions(book: Workbook, language: str) -> Iterator[Finding]:
    """Expressions that cannot be read as they stand; the form engine is asked only when nothing else is wrong."""
    for row in book.rows("survey"):
        for header, text in row.cells.items():
            if plain(header) in EXPRESSIONS and text:
                try:
                    parse(REFERENCE.sub("/data/a", text))
                except XPathError as error:
                    yield found(
                        "expression", language, Place("survey", row.number, header), reason=error.message.told(language)
                    )


def _translations(book: Workbook, language: str) -> Iterator[Finding]:
    """Cells empty in one language and filled in another: pyxform compiles them to a dash."""
    for sheet in ("survey", "choices"):
        languages: dict[str, dict[str, str]] = {}
        for header in book.headers(sheet):
            column, colons, spoken = plain(header).partition("::")
            if colons and column in TRANSLATED:
                languages.setdefault(column, {})[spoken] = header
        for row in book.rows(sheet):
            for headers in languages.values():
                if any(header in row.cells for header in headers.values()):
                    for spoken, header in headers.items():
                        if header not in row.cells:
                            place = Place(sheet, row.number, header)
                            yield found("no_translation", language, place, WARNING, language_name=spoken)


def _files(questions: list[Question], files: Mapping[str, bytes] | None, language: str) -> Iterator[Finding]:
    if files is None:
        return
    for row, kind in questions:
        if kind.from_file:
            place = Place("survey", row.number, "type")
            name = kind.list_name
            missing = (
                {"name", "label"} - _columns(files[name]) if name in files and not row.get("parameters") else set()
            )
            if name not in files:
                yield found("no_file", language, place, file=name)
            elif missing and name.endswith(".csv"):
                yield found("file_columns", language, place, file=name, columns=", ".join(sorted(missing)))


def _columns(content: bytes) -> set[str]:
    first = content[:100_000].decode("utf-8-sig", errors="replace").splitlines()[:1]
    return {cell.strip() for row in csv.reader(io.StringIO("\n".join(first))) for cell in row}

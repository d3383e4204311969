"""Flat CSV files: one row for each submission, and a file for each repeat whose rows name the row they belong to."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC

from conversations.forms import Form, Kind
from conversations.forms.field import Field
from conversations.forms.place import Place
from intake.exchange.handed_in import HandedIn
from intake.exchange.xml import UNSAFE
from intake.export import FORMULA

GEOPOINT = ("Latitude", "Longitude", "Altitude", "Accuracy")
GEOPOINT_KOBO = ("latitude", "longitude", "altitude", "precision")
MEDIA = frozenset((Kind.IMAGE, Kind.AUDIO, Kind.VIDEO, Kind.FILE))


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a server writes its CSV."""

    name: str
    separator: str
    """Between the names of groups and questions."""
    delimiter: str
    whole_path: bool
    """Whether a column in a repeat's file names the repeat as well."""
    always_split: bool
    first: tuple[str, ...] = ()
    last: tuple[str, ...] = ()
    of_repeat: tuple[str, ...] = ()


ODK = Dialect(
    "odk", "-", ",", whole_path=False, always_split=False,
    first=("SubmissionDate",),
    last=(
        "KEY", "SubmitterID", "SubmitterName", "AttachmentsPresent", "AttachmentsExpected", "Status", "ReviewState",
        "DeviceID", "Edits", "FormVersion",
    ),
    of_repeat=("PARENT_KEY", "KEY"),
)  # fmt: skip
"""ODK Central, "Exporting Form Submissions to CSV" (and ODK Briefcase, export format)."""
KOBO = Dialect(
    "kobo", "/", ";", whole_path=True, always_split=True,
    last=(
        "_id", "_uuid", "_submission_time", "_validation_status", "_notes", "_status", "_submitted_by", "__version__",
        "_tags", "_index",
    ),
    of_repeat=(
        "_index", "_parent_table_name", "_parent_index", "_submission__id", "_submission__uuid",
        "_submission__submission_time",
    ),
)  # fmt: skip
"""KoboToolbox, CSV with XML values and headers, group names, multiple choices both together and apart."""

Cells = dict[str, str]


@dataclass(slots=True)
class Table:
    """A file to be: the columns of all versions of the form, each where the newest version has it."""

    field: Field
    parent: Table | None
    columns: dict[str, None]
    rows: list[Cells]


def files(submissions: Sequence[HandedIn], dialect: Dialect, *, split: bool) -> dict[str, str]:
    """Name -> CSV; versions of one form share their files."""
    found: dict[str, str] = {}
    for form_id in dict.fromkeys(one.form.id for one in submissions):
        own = [one for one in submissions if one.form.id == form_id]
        found |= _files(own, Writer(dialect, split, _chosen(own)))
    return found


def _files(submissions: Sequence[HandedIn], writer: Writer) -> dict[str, str]:
    newest_first = dict.fromkeys(one.form for one in reversed(submissions))
    for form in newest_first:
        writer.table(form.root, None, form)
    for number, one in enumerate(submissions, 1):
        writer.submission(one, number)
    name = UNSAFE.sub("_", submissions[0].form.id).lstrip(".") or "form"
    names = _names(name, list(writer.tables.values()))
    return {names[path]: _csv(table, writer.dialect) for path, table in writer.tables.items()}


def _names(base: str, tables: list[Table]) -> dict[str, str]:
    """`form.csv`, `form-repeat.csv`; repeats of the same name are numbered in the order of the form."""
    totals = Counter(table.field.name for table in tables if table.parent)
    counts: Counter[str] = Counter()
    found = {}
    for table in tables:
        name = table.field.name
        counts[name] += 1
        numbered = f"{name}~{counts[name]}" if totals[name] > 1 else name
        found[table.field.path] = f"{base}-{numbered}.csv" if table.parent else f"{base}.csv"
    return found


def _chosen(submissions: Sequence[HandedIn]) -> dict[str, dict[str, None]]:
    """By path, the choices that somebody made: of a code list only these get columns of their own."""
    found: dict[str, dict[str, None]] = {}
    for one in submissions:
        for place in one.instance.tree.places.values():
            if _multiple(place.field) and place.text:
                found.setdefault(place.field.path, {}).update(dict.fromkeys(place.text.split()))
    return found


def _multiple(field: Field) -> bool:
    return field.control is not None and field.control.kind is Kind.SELECT_MULTIPLE


@dataclass(slots=True)
class Writer:
    """Fills the tables of one form."""

    dialect: Dialect
    split: bool
    chosen: Mapping[str, Mapping[str, None]]
    tables: dict[str, Table]

    def __init__(self, dialect: Dialect, split: bool, chosen: Mapping[str, Mapping[str, None]]) -> None:
        self.dialect, self.split, self.chosen, self.tables = dialect, split, chosen, {}

    def table(self, top: Field, parent: Table | None, form: Form) -> None:
        """The columns of a version, and those of its repeats."""
        known = self.tables.get(top.path)
        table = known or self.tables.setdefault(top.path, Table(top, parent, dict.fromkeys(self._first(parent)), []))
        for field in _below(top):
            if field.repeat:
                self.table(field, table, form)
            else:
                table.columns.update(dict.fromkeys(self.columns(field, top)))

    def _first(self, parent: Table | None) -> tuple[str, ...]:
        return self.dialect.first if parent is None else ()

    def columns(self, field: Field, top: Field) -> Iterator[str]:
        """The columns of one field."""
        name = self.name(field, top)
        if _geopoint(field):
            yield from self._geopoint(name)
            return
        yield name
        if self.split and _multiple(field):
            yield from (f"{name}/{choice}" for choice in self._choices(field))

    def _geopoint(self, name: str) -> list[str]:
        if self.dialect is KOBO:
            before, slash, own = name.rpartition("/")
            return [name, *(f"{before}{slash}_{own}_{part}" for part in GEOPOINT_KOBO)]
        return [f"{name}-{part}" for part in GEOPOINT]

    def _choices(self, field: Field) -> list[str]:
        control = field.control
        seen = self.chosen.get(field.path, {})
        if control is None or control.code_list:
            return sorted(seen)
        return list(dict.fromkeys((*(item.name for item in control.items), *seen)))

    def name(self, field: Field, top: Field) -> str:
        """Groups and name; within a repeat ODK Central begins after it, KoboToolbox at the top."""
        root = top.path if not self.dialect.whole_path else f"/{top.path.split('/')[1]}"
        steps = field.path.removeprefix(f"{root}/").split("/")
        return self.dialect.separator.join(step.rpartition(":")[2] for step in steps)

    def submission(self, one: HandedIn, number: int) -> None:
        """One row in the first file, and the rows of its repeats in theirs."""
        instance = one.instance
        instance.calculation.settle()
        root = instance.tree.root
        row = self._row(root, one, one.key, number)
        row |= _about(one, number) if self.dialect is KOBO else _about_odk(one)
        self.tables[root.field.path].rows.append(row)

    def _row(self, top: Place, one: HandedIn, key: str, number: int) -> Cells:
        row: Cells = {}
        pending = [(place, key) for place in reversed(_children(top))]
        while pending:
            place, at = pending.pop()
            if place.field.repeat:
                self._repeat(place, top, one, at, key, number)
            elif place.field.children:
                pending.extend((child, f"{at}/{place.field.name}") for child in reversed(_children(place)))
            elif place.text:
                row |= self._cells(place, top.field)
        return row

    def _repeat(self, place: Place, top: Place, one: HandedIn, at: str, parent_key: str, number: int) -> None:
        table = self.tables[place.field.path]
        key = f"{at}/{place.field.name}[{place.key.rpartition('[')[2]}"
        index = len(table.rows) + 1
        table.rows.append({})
        row = self._row(place, one, key, index)
        if self.dialect is KOBO:
            uid, parent = one.key.removeprefix("uuid:"), top.field.name if table.parent is not None else ""
            about = (index, parent, number, one.row.id, uid, _instant(one))
            row |= dict(zip(self.dialect.of_repeat, map(str, about), strict=True))
        else:
            row |= {"PARENT_KEY": parent_key, "KEY": key}
        table.rows[index - 1] = row

    def _cells(self, place: Place, top: Field) -> Cells:
        names, text = list(self.columns(place.field, top)), place.text
        if _geopoint(place.field):
            parts = text.split()
            return dict(zip(names, [text, *parts] if self.dialect is KOBO else parts, strict=False))
        picked = set(text.split()) if len(names) > 1 else set()
        return {names[0]: text, **{name: str(int(name.rpartition("/")[2] in picked)) for name in names[1:]}}


def _children(place: Place) -> list[Place]:
    return [child for child in place.children if isinstance(child, Place) and child.relevant]


def _below(top: Field) -> Iterator[Field]:
    """Fields and repeats below, down to the next repeat, in the order of the form."""
    pending = list(reversed(top.children))
    while pending:
        field = pending.pop()
        if field.children and not field.repeat:
            pending.extend(reversed([child for child in field.children if not child.attribute]))
        elif not field.attribute:
            yield field


def _geopoint(field: Field) -> bool:
    return field.control is not None and field.control.kind is Kind.GEOPOINT


def _instant(one: HandedIn) -> str:
    return one.row.submitted_at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _about_odk(one: HandedIn) -> Cells:
    attached = sum(
        1
        for place in one.instance.tree.places.values()
        if place.text and place.relevant and place.field.control is not None and place.field.control.kind in MEDIA
    )
    return {
        "SubmissionDate": _instant(one),
        "KEY": one.key,
        "SubmitterID": str(one.row.person_id),
        "AttachmentsPresent": "0",
        "AttachmentsExpected": str(attached),
        "Edits": str(one.row.revision - 1),
        "FormVersion": one.form.version,
    }


def _about(one: HandedIn, number: int) -> Cells:
    return {
        "_id": str(one.row.id),
        "_uuid": one.key.removeprefix("uuid:"),
        "_submission_time": _instant(one),
        "_status": "submitted_via_web",
        "__version__": one.form.version,
        "_index": str(number),
    }


def _csv(table: Table, dialect: Dialect) -> str:
    """ODK Central writes 0 in the columns of choices where the question was not answered at all."""
    last = dialect.last if table.parent is None else dialect.of_repeat
    columns = list(dict.fromkeys((*table.columns, *last)))
    out = io.StringIO()
    writer = csv.writer(out, delimiter=dialect.delimiter, lineterminator="\n")
    writer.writerow([harmless(column) for column in columns])
    empty = {column: "0" for column in columns if dialect is ODK and "/" in column}
    for row in table.rows:
        writer.writerow([harmless(row.get(column) or empty.get(column, "")) for column in columns])
    return out.getvalue()


def harmless(text: str) -> str:
    """Text that a spreadsheet would compute gets an apostrophe; a number stays one."""
    text = text.replace("\x00", "")
    return f"'{text}" if text.startswith(FORMULA) and not _is_number(text) else text


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


__all__ = ["KOBO", "ODK", "Dialect", "files", "harmless"]

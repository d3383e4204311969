"""An answer as a person reads it: labels instead of names, dates as they are written."""

from __future__ import annotations

from datetime import date, datetime, time

from conversations.forms import Instance, Kind
from conversations.forms.options import indexes
from conversations.forms.place import Place
from conversations.wording import Wording

ATTACHED = frozenset((Kind.IMAGE, Kind.AUDIO, Kind.VIDEO, Kind.FILE))


def in_words(instance: Instance, place: Place, words: Wording) -> str:
    """The present answer of a place; "" when there is none."""
    control, value = place.field.control, place.text
    if control is None or not value:
        return value
    kind = control.kind
    if kind.chooses:
        return "; ".join(_labels(instance, place, kind.chosen(value)))
    if kind is Kind.GEOPOINT:
        return ", ".join(value.split()[:2])
    if kind is Kind.ACKNOWLEDGE:
        return words.text("values.acknowledged")
    if kind in ATTACHED:
        return words.text("values.attached")
    if kind in (Kind.DECIMAL, Kind.RANGE):
        return value.replace(".", words.text("values.decimal_mark"))
    return _moment(kind, value, words) or value


def _labels(instance: Instance, place: Place, names: list[str]) -> list[str]:
    """From the whole list where there is one: nothing has to be filtered to name what was chosen."""
    control = place.field.control
    assert control is not None
    found = indexes(control)
    known = {name: instance.render(control.items[found[name]].label, place) for name in names if name in found}
    if len(known) < len(names):
        known |= {choice.name: choice.label(instance.language) for choice in instance.choices(place.key)}
    return [known.get(name, name) for name in names]


def _moment(kind: Kind, value: str, words: Wording) -> str:
    try:
        if kind is Kind.DATE:
            return _date(date.fromisoformat(value[:10]), words)
        if kind is Kind.TIME:
            return _time(time.fromisoformat(value), words)
        if kind is Kind.DATETIME:
            return _datetime(datetime.fromisoformat(value), words)
    except ValueError:
        return ""
    return ""


def _date(day: date, words: Wording) -> str:
    months = words.names("values.months")
    name = months[day.month - 1] if months else ""
    return words.text("values.date", day=day.day, month=day.month, year=day.year, month_name=name)


def _time(clock: time, words: Wording) -> str:
    return words.text("values.time", hour=clock.hour, minute=clock.minute)


def _datetime(instant: datetime, words: Wording) -> str:
    day = _date(instant.date(), words)
    return words.text("values.datetime", date=day, hour=instant.hour, minute=instant.minute)

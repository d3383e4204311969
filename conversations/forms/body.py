"""Reads the body of an XForm: what is asked, in which order, with which choices (ODK XForms, section 6)."""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element

from conversations.forms.control import Control, Item, Itemset, Section
from conversations.forms.definition import Choice, Kind
from conversations.forms.expressions import Expressions
from conversations.forms.field import Field
from conversations.forms.lists import ChoiceList, Row
from conversations.forms.model import Model
from conversations.forms.problem import fault
from conversations.forms.text import Itext, Text, complete, read_text

LONGEST_NAME = 50
"""Words of the name of a choice, at most."""
LETTERED = 20
"""Longer lists have no letters: they are code lists, answered by name (DESIGN.md, Email)."""

MOST_REPEATS = 100
"""Instances of one repeat; of what a computed count asks for, the rest is not made."""

_BY_TYPE = {
    "int": Kind.INTEGER,
    "decimal": Kind.DECIMAL,
    "date": Kind.DATE,
    "time": Kind.TIME,
    "dateTime": Kind.DATETIME,
    "geopoint": Kind.GEOPOINT,
}
_BY_ELEMENT = {
    "select1": Kind.SELECT_ONE,
    "select": Kind.SELECT_MULTIPLE,
    "{odk}rank": Kind.RANK,
    "trigger": Kind.ACKNOWLEDGE,
    "range": Kind.RANGE,
}
_BY_MEDIA = {"image": Kind.IMAGE, "audio": Kind.AUDIO, "video": Kind.VIDEO}
_SILENT = frozenset(("label", "hint", "help", "alert", "setvalue", "value", "item", "itemset", "{odk}setgeopoint"))
_WHOLE = re.compile(r"instance\(\s*['\"]([^'\"]+)['\"]\s*\)/root/item")
_LIST = re.compile(r"(?:randomize\(\s*)?instance\(\s*['\"]([^'\"]+)['\"]\s*\)/root/item\b")


class Body:
    """Reads controls into the fields of the model; the result is a tree of sections."""

    def __init__(self, model: Model, lists: dict[str, ChoiceList], itext: Itext, expressions: Expressions) -> None:
        self.model = model
        self.lists = lists
        self.itext = itext
        self.expressions = expressions
        self.problems = expressions.problems
        self._items: dict[tuple[str, str, str, bool], tuple[Item, ...]] = {}
        self._broken: dict[tuple[int, int], str | None] = {}

    def read(self, body: Element) -> Section:
        """Without recursion: the depth of the XML is bounded, the order kept."""
        top = Section(self.model.root)
        pending: list[tuple[Element, Section]] = [(body, top)]
        while pending:
            holder, section = pending.pop()
            opened = [(element, self._open(element, section)) for element in holder]
            pending.extend((element, inner) for element, inner in reversed(opened) if inner is not None)
        return top

    def _open(self, element: Element, section: Section) -> Section | None:
        """Take in one element; what has to be read further is returned."""
        if element.tag == "group":
            return self._group(element, section)
        if element.tag == "repeat":
            return self._repeat(element, section)
        if element.tag not in _SILENT:
            self._question(element, section)
        return None

    def _group(self, element: Element, section: Section) -> Section:
        reference = element.get("ref")
        field = self._field(reference) if reference else None
        found = Section(field, self._text(element.find("label"), field), _words(element))
        if field is not None:
            field.caption = found.label
        section.parts.append(found)
        return found

    def _repeat(self, element: Element, section: Section) -> Section | None:
        field = self._field(element.get("nodeset"))
        if field is None:
            return None
        # pyxform writes every repeat inside a group of the same field: only the repeat is kept.
        field.repeat = True
        field.count = self.expressions.read(field.name, element.get("jr:count"))
        label = self._text(element.find("label"), field) or (section.label if section.owner is field else None)
        appearances = _words(element)
        if section.owner is field:
            appearances |= section.appearances
            section.owner, section.label, section.appearances = None, None, frozenset()
        field.caption = label
        field.most = _most(appearances)
        found = Section(field, label, appearances, repeat=True)
        section.parts.append(found)
        return found

    def _field(self, reference: str | None) -> Field | None:
        field = self.model.find(reference)
        if field is None:
            name = (reference or "").rpartition("/")[2]
            self.problems.add(name, fault("asks_unknown"), reference or "")
        return field

    def _text(self, element: Element | None, field: Field | None) -> Text | None:
        return read_text(element, field.name if field else "", self.itext, self.expressions)

    def _question(self, element: Element, section: Section) -> None:
        field = self._field(element.get("ref"))
        if field is None:
            return
        kind = self._kind(element, field)
        if kind is None:
            return
        itemset = self._itemset(element.find("itemset"), field)
        items = self._listed(element, field, itemset)
        self._check_names(items, field, kind)
        if kind.chooses and not items and (itemset is None or itemset.instance in self.lists):
            self.problems.add(field.name, fault("no_choices"))
        if kind in (Kind.SELECT_MULTIPLE, Kind.RANK):
            field.default = " ".join(field.default.split())
        external = itemset is not None and itemset.instance in self.lists and self.lists[itemset.instance].external
        field.control = Control(
            kind=kind,
            label=self._text(element.find("label"), field),
            hint=self._text(element.find("hint"), field),
            guidance=self.itext.guidance.get(f"{field.path}:hint"),
            appearances=_words(element),
            items=items,
            itemset=itemset,
            parameters={key: value for key, value in element.attrib.items() if key not in ("ref", "appearance")},
            code_list=kind.chooses and (external or len(items) > LETTERED),
        )
        section.parts.append(field)

    def _kind(self, element: Element, field: Field) -> Kind | None:
        if element.tag in _BY_ELEMENT:
            return _BY_ELEMENT[element.tag]
        if element.tag == "upload":
            return _BY_MEDIA.get(element.get("mediatype", "").partition("/")[0], Kind.FILE)
        if element.tag != "input":
            self.problems.add(field.name, fault("unknown_question"), element.tag)
            return None
        if field.readonly is True or field.calculate is not None:
            return Kind.NOTE
        return _BY_TYPE.get(field.type, Kind.TEXT)

    def _itemset(self, element: Element | None, field: Field) -> Itemset | None:
        if element is None:
            return None
        text = element.get("nodeset", "").strip()
        nodeset = self.expressions.read(field.name, text)
        value, label = element.find("value"), element.find("label")
        if nodeset is None or value is None:
            return None
        found = _LIST.match(text)
        name = found[1] if found else ""
        if text.startswith(("instance(", "randomize(instance(")) and name not in self.lists:
            self.problems.add(field.name, fault("no_list"), text)
        reference = (label.get("ref", "") if label is not None else "").strip()
        translated = reference.startswith("jr:itext(")
        reference = reference.removeprefix("jr:itext(").removesuffix(")").strip() if translated else reference
        whole = _WHOLE.fullmatch(text) is not None
        return Itemset(nodeset, value.get("ref", "name").strip(), reference, translated, name, whole)

    def _listed(self, element: Element, field: Field, itemset: Itemset | None) -> tuple[Item, ...]:
        """Every choice of the list, whatever the filter."""
        if itemset is None:
            return tuple(self._inline(item, field) for item in element.findall("item"))
        key = itemset.instance, itemset.value, itemset.label, itemset.translated
        if key not in self._items:
            source = self.lists.get(itemset.instance)
            rows = source.rows if source else ()
            self._items[key] = tuple(self._item(row, itemset, source) for row in rows) if source else ()
        return self._items[key]

    def _inline(self, item: Element, field: Field) -> Item:
        value = item.find("value")
        name = (value.text or "").strip() if value is not None else ""
        label = self._text(item.find("label"), field) or Text(dict.fromkeys(self.itext.languages, (name,)))
        return Item(name, label, Choice(name, label.outlines()))

    def _item(self, row: Row, itemset: Itemset, source: ChoiceList) -> Item:
        name = row.get(itemset.value, "")
        if itemset.translated:
            label = self.itext.texts.get(row.get(itemset.label, ""))
        else:
            plain = row.get(itemset.label, "") or name
            by_language = source.labels(row, itemset.label) if source.external else {}
            versions = {code: (by_language.get(code) or plain,) for code in self.itext.languages}
            label = complete(versions, self.itext)
        label = label or Text(dict.fromkeys(self.itext.languages, (name,)))
        return Item(name, label, Choice(name, label.outlines()))

    def _check_names(self, items: tuple[Item, ...], field: Field, kind: Kind) -> None:
        """Several chosen names are kept with spaces between them, so only the name of a single one may hold any."""
        most = LONGEST_NAME if kind is Kind.SELECT_ONE else 1
        if (id(items), most) not in self._broken:
            wrong = (item.name for item in items if not 1 <= len(item.name.split()) <= most)
            self._broken[id(items), most] = next(wrong, None)
        broken = self._broken[id(items), most]
        if broken is not None:
            self.problems.add(field.name, fault("choice_name"), broken)


def _words(element: Element) -> frozenset[str]:
    return frozenset(element.get("appearance", "").split())


def _most(appearances: frozenset[str]) -> int:
    """The appearance `max-5` on a repeat bounds what a person may add; XLSForm has no other way to say it."""
    found = [int(word[4:]) for word in appearances if re.fullmatch(r"max-[0-9]{1,3}", word)]
    return min([MOST_REPEATS, *found])

"""What a form says to people: labels, hints and messages in every language, with the answers they quote."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from conversations.forms.expressions import Expressions
from conversations.forms.problem import fault
from conversations.xpath import Expression

Parts = tuple["str | Expression", ...]

ONLY = "default"
"""The language code of a form that names no language."""
MISSING = "-"
"""What pyxform writes where a translation is missing."""


@dataclass(frozen=True, slots=True, eq=False)
class Text:
    """One text: its pieces for each language code, complete (a missing translation has fallen back already)."""

    versions: Mapping[str, Parts]

    def parts(self, language: str) -> Parts:
        return self.versions.get(language) or next(iter(self.versions.values()), ())

    def static(self, language: str) -> str | None:
        """The text itself when it quotes nothing."""
        parts = self.parts(language)
        if not parts:
            return ""
        first = parts[0]
        return first if len(parts) == 1 and isinstance(first, str) else None

    def outline(self, language: str) -> str:
        """The text with "…" for what it quotes: for those who read the form without answers."""
        return "".join(part if isinstance(part, str) else "…" for part in self.parts(language))

    def outlines(self) -> dict[str, str]:
        return {language: self.outline(language) for language in self.versions}

    def expressions(self) -> Iterator[Expression]:
        for parts in self.versions.values():
            yield from (part for part in parts if not isinstance(part, str))


@dataclass(slots=True)
class Itext:
    """All translated texts of a form by id; languages in the order of the form."""

    languages: tuple[str, ...] = (ONLY,)
    default: str = ONLY
    texts: dict[str, Text] = field(default_factory=dict)
    guidance: dict[str, Text] = field(default_factory=dict)

    def get(self, reference: str) -> Text | None:
        """The text behind `jr:itext('id')`."""
        found = _ITEXT.fullmatch(reference.strip())
        return self.texts.get(found[1]) if found else None


_ITEXT = re.compile(r"""jr:itext\(\s*['"]([^'"]+)['"]\s*\)""")
_CODE = re.compile(r"\(([A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})?)\)\s*$")


def language_code(name: str) -> str:
    """ "Latviešu (lv)" -> "lv"; a name without a code stays as it is."""
    found = _CODE.search(name)
    return found[1].lower() if found else name.strip()


def read_itext(model: Element, expressions: Expressions) -> Itext:
    """ODK XForms, section 4.3 (Languages)."""
    translations = model.findall("itext/translation")
    if not translations:
        return Itext()
    codes = [language_code(translation.get("lang", "")) for translation in translations]
    if len(set(codes)) < len(codes):
        expressions.problems.add("", fault("same_language", codes=", ".join(codes)))
    marked = [code for code, translation in zip(codes, translations, strict=True) if _is_default(translation)]
    default = marked[0] if marked else codes[0]
    itext = Itext(tuple(dict.fromkeys(codes)), default)
    plain: dict[str, dict[str, Parts]] = {}
    guidance: dict[str, dict[str, Parts]] = {}
    for code, translation in zip(codes, translations, strict=True):
        for text in translation.findall("text"):
            _read_versions(text, code, plain, guidance, expressions)
    itext.texts = {key: complete(versions, itext) for key, versions in plain.items()}
    itext.guidance = {key: complete(versions, itext) for key, versions in guidance.items()}
    return itext


def _is_default(translation: Element) -> bool:
    return translation.get("default") is not None


def _read_versions(
    text: Element,
    code: str,
    plain: dict[str, dict[str, Parts]],
    guidance: dict[str, dict[str, Parts]],
    expressions: Expressions,
) -> None:
    key = text.get("id", "")
    for value in text.findall("value"):
        form = value.get("form")
        if form == "guidance":
            guidance.setdefault(key, {})[code] = read_parts(value, _question(key), expressions)
        elif form is None or (form == "long" and code not in plain.get(key, {})):
            plain.setdefault(key, {})[code] = read_parts(value, _question(key), expressions)


def _question(key: str) -> str:
    """ "/data/contact/age:label" -> "age"."""
    return key.partition(":")[0].rpartition("/")[2]


def complete(versions: Mapping[str, Parts], itext: Itext) -> Text:
    """Fill in the languages that lack the text: from the default language, else from any that has it."""
    present = {code: parts for code, parts in versions.items() if parts and parts != (MISSING,)}
    fallback = present.get(itext.default) or next(iter(present.values()), ())
    return Text({code: present.get(code, fallback) for code in itext.languages})


def read_parts(element: Element, question: str, expressions: Expressions) -> Parts:
    """Text with `<output value="..."/>` in it; white space at the two ends is the writer's lay-out and is cut."""
    parts: list[str | Expression] = [element.text or ""]
    for child in element:
        if child.tag == "output":
            expression = expressions.read(question, child.get("value") or child.get("ref"))
            parts.append(expression if expression is not None else "")
        parts.append(child.tail or "")
    return _trim(parts)


def _trim(parts: list[str | Expression]) -> Parts:
    if isinstance(parts[0], str):
        parts[0] = parts[0].lstrip()
    if isinstance(parts[-1], str):
        parts[-1] = parts[-1].rstrip()
    return tuple(part for part in parts if part != "")


def read_text(element: Element | None, question: str, itext: Itext, expressions: Expressions) -> Text | None:
    """A `<label>` or `<hint>`: a reference to itext, an expression, or the text itself."""
    if element is None:
        return None
    reference = element.get("ref")
    if reference is None:
        return _in_all_languages(read_parts(element, question, expressions), itext)
    if reference.strip().startswith("jr:itext("):
        return _referred(reference, question, itext, expressions)
    expression = expressions.read(question, reference)
    return _in_all_languages((expression,), itext) if expression is not None else None


def read_message(value: str | None, question: str, itext: Itext, expressions: Expressions) -> Text | None:
    """The text of `jr:constraintMsg` or `jr:requiredMsg`: a reference to itext or the text itself."""
    if not value or not value.strip():
        return None
    if value.strip().startswith("jr:itext("):
        return _referred(value, question, itext, expressions)
    return _in_all_languages((value.strip(),), itext)


def _referred(reference: str, question: str, itext: Itext, expressions: Expressions) -> Text | None:
    text = itext.get(reference)
    if text is None and not reference.strip().endswith(("hint')", "guidance')")):
        expressions.problems.add(question, fault("no_text"), reference)
    return text


def _in_all_languages(parts: Parts, itext: Itext) -> Text:
    return Text(dict.fromkeys(itext.languages, parts))

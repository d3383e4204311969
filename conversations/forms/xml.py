"""XML from outside, read within bounds: no document type, no entities, limited size, depth and number of elements."""

from __future__ import annotations

from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from conversations.forms.problem import FormError, Problem, fault
from conversations.xpath.fault import Fault

LARGEST = 16_000_000
"""Characters of an XForm; a questionnaire of 300 questions in two languages has about 300,000."""
DEEPEST = 100
MOST_ELEMENTS = 300_000

_PREFIXES = {
    "http://www.w3.org/2002/xforms": "",
    "http://www.w3.org/1999/xhtml": "h",
    "http://www.w3.org/2001/xml-events": "ev",
    "http://openrosa.org/javarosa": "jr",
    "http://openrosa.org/xforms": "orx",
    "http://www.opendatakit.org/xforms": "odk",
    "http://www.opendatakit.org/xforms/entities": "entities",
}


def parse(text: str) -> Element:
    """The root element, names shortened: tags `{odk}rank`, attributes `jr:count`; FormError if unsafe."""
    if len(text) > LARGEST:
        raise _error(fault("too_large", limit=LARGEST))
    builder = _Builder()
    parser = expat.ParserCreate("utf-8", "}")
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.tree.data
    parser.StartDoctypeDeclHandler = _refuse_doctype
    try:
        parser.Parse(text.encode("utf-8", "surrogatepass"), True)
    except expat.ExpatError as error:
        raise _error(fault("no_xml", error=error)) from None
    return builder.tree.close()


class _Builder:
    """Feeds a tree and counts."""

    def __init__(self) -> None:
        self.tree = TreeBuilder()
        self.depth = 0
        self.elements = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self.depth += 1
        self.elements += 1
        if self.depth > DEEPEST:
            raise _error(fault("too_deep", limit=DEEPEST))
        if self.elements > MOST_ELEMENTS:
            raise _error(fault("too_many_elements", limit=MOST_ELEMENTS))
        self.tree.start(_tag(name), {_attribute(key): value for key, value in attributes.items()})

    def end(self, name: str) -> None:
        self.depth -= 1
        self.tree.end(_tag(name))


def _split(name: str) -> tuple[str, str]:
    uri, brace, local = name.rpartition("}")
    return (_PREFIXES.get(uri, "other"), local) if brace else ("", name)


def _tag(name: str) -> str:
    prefix, local = _split(name)
    return f"{{{prefix}}}{local}" if prefix else local


def _attribute(name: str) -> str:
    prefix, local = _split(name)
    return f"{prefix}:{local}" if prefix else local


def _refuse_doctype(*_: object) -> None:
    raise _error(fault("doctype"))


def _error(message: Fault) -> FormError:
    return FormError((Problem("", "", message),))

"""Reads an XForm into a Form, or refuses it with everything that is wrong."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from xml.etree.ElementTree import Element

from conversations.forms.body import Body
from conversations.forms.control import Section
from conversations.forms.declaration import homeless
from conversations.forms.expressions import Expressions
from conversations.forms.field import Field
from conversations.forms.form import Form
from conversations.forms.graph import build_graph
from conversations.forms.lists import ChoiceList, read_lists
from conversations.forms.model import Model, read_actions, read_model
from conversations.forms.problem import FormError, Problem, Problems, fault
from conversations.forms.questions import list_questions
from conversations.forms.references import References, texts_of
from conversations.forms.text import Itext, read_itext
from conversations.forms.xml import parse
from conversations.xpath import Expression

KEPT = 32
"""Forms held in memory; an old one is read again when a session still needs it."""
_forms: OrderedDict[str, Form] = OrderedDict()
_lock = threading.Lock()


def read(xform: str, *, files: Mapping[str, bytes] | None = None) -> Form:
    """The form, from memory when the same text and files were read before; FormError with all problems."""
    files = files or {}
    digest = _digest(xform, files)
    with _lock:
        if digest in _forms:
            _forms.move_to_end(digest)
            return _forms[digest]
    form = _read(xform, files, digest)
    with _lock:
        _forms[digest] = form
        while len(_forms) > KEPT:
            _forms.popitem(last=False)
    return form


def _digest(xform: str, files: Mapping[str, bytes]) -> str:
    found = hashlib.sha256(xform.encode("utf-8", "surrogatepass"))
    for name in sorted(files):
        found.update(f"\0{name}\0{len(files[name])}\0".encode("utf-8", "surrogatepass"))
        found.update(files[name])
    return found.hexdigest()


def _read(xform: str, files: Mapping[str, bytes], digest: str) -> Form:
    html = parse(xform)
    model_element, body_element = html.find("{h}head/model"), html.find("{h}body")
    if model_element is None or body_element is None:
        raise FormError((Problem("", "", fault("no_xform")),))
    problems = Problems()
    expressions = Expressions(problems)
    itext = read_itext(model_element, expressions)
    model = read_model(model_element, itext, expressions)
    if model is None:
        raise FormError(tuple(problems.found))
    lists = read_lists(model_element, files, problems, {one.get("dataset") for one in model.attributes.values()})
    body = Body(model, lists, itext, expressions).read(body_element)
    read_actions(html, model, expressions)
    form = _assemble(html, model, lists, itext, body, problems, digest)
    problems.refuse()
    return form


def _assemble(
    html: Element,
    model: Model,
    lists: Mapping[str, ChoiceList],
    itext: Itext,
    body: Section,
    problems: Problems,
    digest: str,
) -> Form:
    for field in reversed(list(model.root.walk())):
        field.close()
    questions, notes = list_questions(body)
    if not questions:
        problems.add("", fault("asks_nothing"))
    for field in homeless(model.fields):
        problems.add(field.name, fault("saved_to_nothing"), field.save_to)
    references = References(model.fields, frozenset(lists), problems)
    sources = {field: references.sources(field) for field in model.fields.values()}
    strays = {field: references.strays(field, sources[field]) for field in model.fields.values()}
    needed = references.needed(model.fields.values(), _quoted(model))
    return Form(
        id=model.id,
        version=model.version,
        digest=digest,
        languages=itext.languages,
        default_language=itext.default,
        heading=(html.findtext("{h}head/{h}title") or model.id).strip(),
        questions=questions,
        notes=notes,
        root=model.root,
        fields=model.fields,
        body=body,
        graph=build_graph(model.fields.values(), sources, strays, needed, problems),
        instances={one.id: one.tree() for one in lists.values()},
        texts=itext.texts,
        attributes=model.attributes,
    )


def _quoted(model: Model) -> Iterator[tuple[Field, Expression]]:
    """Every expression quoted in a text, with the field it is read from."""
    for field in model.fields.values():
        for text in texts_of(field):
            yield from ((field, expression) for expression in text.expressions())

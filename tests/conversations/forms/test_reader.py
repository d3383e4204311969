"""What is read from an XForm, and what is refused, all of it at once."""

from __future__ import annotations

import pytest

from conversations.forms import Form, FormError, Kind, read

HEAD = (
    '<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml" '
    'xmlns:jr="http://openrosa.org/javarosa" xmlns:odk="http://www.opendatakit.org/xforms">'
    "<h:head><h:title>T</h:title><model>"
)


def xform(fields: str, binds: str, body: str, extra: str = "") -> str:
    data = f'<instance><data id="t" version="1">{fields}</data></instance>{extra}{binds}'
    return f"{HEAD}{data}</model></h:head><h:body>{body}</h:body></h:html>"


def refusals(text: str) -> list[tuple[str, str]]:
    with pytest.raises(FormError) as caught:
        read(text)
    return [(problem.question, problem.message) for problem in caught.value.problems]


def test_the_built_in_questionnaire(initiative: Form) -> None:
    assert (initiative.id, initiative.languages, initiative.default_language) == ("initiative", ("lv", "en"), "lv")
    assert initiative.title("en") == "Nomination of a social innovation initiative (short form)"
    first = [question.name for question in sorted(initiative.questions, key=lambda one: one.number)[:12]]
    assert first == [
        "title", "description", "need", "form", "novelty", "service", "target", "scope", "municipality", "region",
        "stage", "year",
    ]  # fmt: skip
    assert sum(question.core for question in initiative.questions) == 10
    other = initiative.question("form_other")
    assert other is not None
    assert (other.follow_up_of, other.kind) == ("form", Kind.TEXT)
    assert other.number > 24
    municipality = initiative.question("municipality")
    assert municipality is not None
    assert municipality.code_list
    assert municipality.choices[0].labels == {"lv": "Rīgas valstspilsēta", "en": "Rīga state city"}
    assert initiative.number(8) is initiative.question("scope")
    assert "privacy_notice" in {note.name for note in initiative.notes}


def test_members_of_repeats_and_follow_ups_are_numbered_last(household: Form) -> None:
    numbers = {question.name: question.number for question in household.questions}
    assert numbers == {
        "name": 1, "region": 2, "town": 3, "people": 4, "pets": 5, "mood": 6, "moved": 7, "country": 8,
        "first_name": 9, "age": 10, "school": 11, "pets_other": 12, "visitor": 13, "thing": 14,
    }  # fmt: skip


def test_the_same_text_and_files_give_the_same_form(household: Form) -> None:
    text = xform("<a/>", '<bind nodeset="/data/a" type="string"/>', '<input ref="/data/a"><label>A</label></input>')
    assert read(text) is read(text)
    assert read(text).digest != read(text, files={"x.csv": b"name,label\n"}).digest


def test_everything_wrong_is_told_at_once() -> None:
    text = xform(
        "<a/><b/><c/><d/><e/><f/>",
        '<bind nodeset="/data/a" type="geoshape"/>'
        '<bind nodeset="/data/b" relevant="nonsense("/>'
        '<bind nodeset="/data/c" calculate=" /data/d "/><bind nodeset="/data/d" calculate=" /data/e "/>'
        '<bind nodeset="/data/e" calculate="concat( /data/c , 1)"/>'
        '<bind nodeset="/data/f" constraint=". = /data/nowhere "/><bind nodeset="/data/gone" required="true()"/>',
        '<input ref="/data/a"><label>A</label></input><input ref="/data/b"><label>B</label></input>'
        '<select1 ref="/data/f"><label>F</label></select1><secret ref="/data/f"/>',
    )
    found = refusals(text)
    assert {name for name, _ in found} == {"a", "b", "c", "f", "gone"}
    messages = " ".join(message for _, message in found)
    for part in ("geoshape", "does not exist: /data/nowhere", "c → d → e → c", "nothing to choose", "cannot ask"):
        assert part in messages


@pytest.mark.parametrize(
    "rule",
    ["relevant=\" /data/a != ''\"", 'calculate=" /data/a + 1"'],
)
def test_a_field_that_depends_on_itself_is_refused(rule: str) -> None:
    text = xform("<a/>", f'<bind nodeset="/data/a" {rule}/>', '<input ref="/data/a"><label>A</label></input>')
    assert "a" in [name for name, _ in refusals(text)]


def test_a_group_that_depends_on_its_member_is_refused() -> None:
    text = xform(
        "<g><a/></g>",
        '<bind nodeset="/data/g" relevant=" /data/g/a = 1"/><bind nodeset="/data/g/a" type="int"/>',
        '<group ref="/data/g"><input ref="/data/g/a"><label>A</label></input></group>',
    )
    assert "circle" in refusals(text)[0][1]


BOMB = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10 if n else "ha"}">' for n in range(10))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (f"<!DOCTYPE x [{BOMB}]><x>&a9;</x>", "document type"),
        ('<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]><x>&e;</x>', "document type"),
        ("<x>&e;</x>", "not well-formed"),
        ("<x>", "not well-formed"),
        ("\ud800", "not well-formed"),
        ("", "not well-formed"),
        ("<a>" * 1000 + "</a>" * 1000, "nested deeper"),
        ("<a>" + "<b/>" * 300_001 + "</a>", "elements"),
        ("<a>" + " " * 16_000_001 + "</a>", "larger"),
        ("<a/>", "no XForm"),
    ],
    ids=["bomb", "entity", "undeclared", "open", "half a character", "empty", "deep", "many", "long", "other"],
)
def test_hostile_xml_is_refused(text: str, told: str) -> None:
    assert told in refusals(text)[0][1]


def test_long_lists_and_odd_files_are_refused() -> None:
    items = "".join(f"<item><name>n{n}</name><label>L</label></item>" for n in range(20_001))
    body = (
        '<select1 ref="/data/a"><label>A</label><itemset nodeset="instance(\'l\')/root/item">'
        '<value ref="name"/><label ref="label"/></itemset></select1>'
    )
    inline = f'<instance id="l"><root>{items}</root></instance>'
    assert "more than 20,000 rows" in refusals(xform("<a/>", "", body, inline))[0][1]
    external = '<instance id="l" src="jr://file-csv/l.csv"/>'
    text = xform("<a/>", "", body, external)
    assert "missing" in refusals(text)[0][1]
    for content, told in ((b"\xff\xfe", "UTF-8"), (b"name,name\na,b\n", "every column once")):
        with pytest.raises(FormError) as caught:
            read(text, files={"l.csv": content})
        assert told in caught.value.problems[0].message
    form = read(text, files={"l.csv": "\ufeffname;label\na;Ā\n".encode()})
    assert [choice.labels for choice in form.questions[0].choices] == [{"default": "Ā"}]


def test_a_missing_translation_falls_back_to_the_default_language() -> None:
    itext = (
        '<itext><translation lang="English (en)"><text id="a"><value>-</value></text></translation>'
        '<translation lang="Latviešu (lv)" default="true()"><text id="a"><value>Vārds</value></text>'
        "</translation></itext>"
    )
    body = '<input ref="/data/a"><label ref="jr:itext(\'a\')"/></input>'
    form = read(xform("<a/>", '<bind nodeset="/data/a" type="string"/>', body, itext))
    assert form.default_language == "lv"
    assert form.questions[0].labels == {"en": "Vārds", "lv": "Vārds"}

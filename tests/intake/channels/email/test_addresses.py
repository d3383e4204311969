"""One spelling for each address, and nothing that a mail server would read as something else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.channels.email.addresses import Verp, key, normalise, plus, read_verp, tag_of, verp


@pytest.mark.parametrize(
    ("typed", "normal"),
    [
        ("Inga@Example.TEST", "Inga@example.test"),
        (" inga.kalnina+x@example.test ", "inga.kalnina+x@example.test"),
        ("info@šķūnis.example", "info@xn--nis-6ua3s8b.example"),
        ("info@XN--NIS-6UA3S8B.example", "info@xn--nis-6ua3s8b.example"),
        ("a@b", "a@b"),
    ],
)
def test_normal_spelling(typed: str, normal: str) -> None:
    assert normalise(typed) == normal
    assert normalise(normal) == normal


@pytest.mark.parametrize(
    "wrong",
    [
        *("", "@", "inga", "inga@", "@example.test", "inga@example..test", "inga@-x.test", "a b@example.test"),
        *("inga@example.test\r\nBcc: x@example.test", "inga@[127.0.0.1]", "ing\0a@example.test", "<inga@example.test>"),
        *(
            ".inga@example.test",
            "inga.@example.test",
            f"{'a' * 65}@example.test",
            f"a@{'b.' * 130}test",
            "žanis@x.test",
        ),
    ],
)
def test_no_address(wrong: str) -> None:
    with pytest.raises(ValueError, match="mail"):
        normalise(wrong)


def test_case_tells_nobody_apart() -> None:
    assert key("Inga@example.test") == key("inga@EXAMPLE.test")


def test_tags_of_our_own_address_only() -> None:
    own = "anketa@example.test"
    assert tag_of(plus(own, "K7M2QX9"), own) == "K7M2QX9"
    assert tag_of("Anketa+k7@Example.test", own) == "k7"
    assert tag_of("inga+shopping@example.test", own) is None
    assert tag_of("inga+shopping@example.test", None) == "shopping"
    assert tag_of(own, own) is None


def test_envelope_sender_names_the_row() -> None:
    own = "anketa@example.test"
    tag = tag_of(verp(own, 417, "abc123"), own)
    assert tag is not None
    assert read_verp(tag) == Verp(417, "abc123")
    assert read_verp("K7M2QX9") is None


@given(st.text(max_size=300))
def test_anything_is_an_address_or_a_value_error(text: str) -> None:
    try:
        normal = normalise(text)
    except ValueError:
        return
    assert normal.isascii()
    assert not set(normal) & set(" \r\n\0<>,;")

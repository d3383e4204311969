"""What relays answer when they take a letter, and what it says about its Message-ID."""

import pytest

from intake.channels.email.relayed import message_id

SES = "email-smtp.eu-west-1.amazonaws.com"
ID = "0102018e6f2a5f0b-9c1f5a3e-0d4a-4a53-b0f6-0e6a1f3f9b2d-000000"
ANSWERS = [
    (SES, f"Ok {ID}", f"<{ID}@eu-west-1.amazonses.com>"),
    ("email-smtp.us-east-1.amazonaws.com", f"Ok {ID}", f"<{ID}@email.amazonses.com>"),
    (
        "smtp.office365.com",
        "2.6.0 <AM0PR01MB1234@AM0PR01MB1234.eurprd01.prod.exchangelabs.com> [InternalId=1, Hostname=x] Queued mail",
        "<AM0PR01MB1234@AM0PR01MB1234.eurprd01.prod.exchangelabs.com>",
    ),
    ("mx.example.org", f"Ok {ID}", None),
    ("mx.example.org", "2.0.0 Ok: queued as 4XyZ12345", None),
    ("smtp.gmail.com", "2.0.0 OK  1763750000 ffacd0b85a97d-42b-12345 - gsmtp", None),
    ("mx.example.org", "queued <12345>", None),
    (SES, "", None),
]


@pytest.mark.parametrize(("host", "answer", "expected"), ANSWERS)
def test_the_id_that_a_relay_gives(host: str, answer: str, expected: str | None) -> None:
    assert message_id(answer, host) == expected

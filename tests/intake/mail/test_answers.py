"""Answers by mail: to an invitation, a confirmation, a reminder; corrections, several initiatives, what is kept."""

from __future__ import annotations

from dataclasses import replace

import pytest

from intake import outreach
from tests.intake.mail.post import CORE, NEED, REST, TITLE, WHOLE, Post, text

ANNA = "anna@tilts.example"


def answers(post: Post, address: str = ANNA) -> dict[str, object]:
    return dict(post.submissions(address)[-1].answers)


def test_an_invitation_answered_in_two_mails(post: Post) -> None:
    invitation = post.invite(ANNA, name="Anna Ozola")
    outcome, (first,) = post.says(ANNA, CORE, invitation)
    assert (outcome, first.kind, first.payload["in_reply_to"]) == ("answered", "answer", "<mail1@example.net>")
    assert TITLE in text(first)
    assert "5. Kas iniciatīvā ir jauns?" in text(first)
    outcome, (second,) = post.says(ANNA, REST, first)
    assert outcome == "submitted", text(second)
    assert f"ar numuru {post.drafts(ANNA)[0].id}" in text(second)
    assert answers(post)["title"] == TITLE


def test_a_number_that_the_confirmation_did_not_print_is_a_correction(post: Post) -> None:
    _, (first,) = post.says(ANNA, "1. Cita", post.invite(ANNA))
    _, (second,) = post.says(ANNA, CORE.split("\n", 1)[1], first)
    assert 1 not in second.payload["numbers"]
    outcome, (third,) = post.says(ANNA, "1. Saules pļava", second)
    assert outcome == "answered"
    assert "Saules pļava" in text(third)


def test_a_bare_answer_to_the_only_open_question(post: Post) -> None:
    all_but_one = [line for line in WHOLE.split("\n") if not line.startswith("3.")]
    passed_over = ["15. –", "19. –", "20. –", "21. –"]
    _, (begun,) = post.says(ANNA, "8. d", post.invite(ANNA))
    _, (first,) = post.says(ANNA, "\n".join([*all_but_one, *passed_over]), begun)
    assert 1 in first.payload["numbers"], "more numbers are printed than are open"
    outcome, (second,) = post.says(ANNA, NEED, first)
    assert outcome == "submitted", text(second)


def test_a_correction_of_a_submission_is_another_revision(post: Post) -> None:
    done = post.submit(ANNA)
    outcome, (second,) = post.says(ANNA, "8. jautājumā domāju e", done)
    assert outcome == "submitted", text(second)
    assert [one.revision for one in post.submissions(ANNA)] == [1, 2]
    assert answers(post)["scope"] == "international"


def test_another_initiative_to_the_old_invitation(post: Post) -> None:
    post.submit(ANNA)
    _, (second,) = post.says(ANNA, WHOLE.replace(TITLE, "Mēness darbnīca"), post.invitation(ANNA))
    assert "Mēness darbnīca" in text(second)
    assert [one.answers["title"] for one in post.submissions(ANNA)] == [TITLE, "Mēness darbnīca"]


def test_the_same_mail_once_more_overwrites_nothing(post: Post) -> None:
    post.submit(ANNA)
    post.says(ANNA, WHOLE, post.invitation(ANNA))
    assert len(post.drafts(ANNA)) == 1


def test_an_empty_mail_with_the_own_code_asks_for_another_initiative(post: Post) -> None:
    post.submit(ANNA)
    subject = f"Vēl viena iniciatīva [SI-{post.person(ANNA).code}]"
    outcome, (questions,) = post.says(ANNA, "", subject=subject)
    assert (outcome, questions.payload["template"]) == ("questions sent", "invitation")
    outcome, (second,) = post.says(ANNA, "1. Mēness darbnīca", questions)
    assert outcome == "answered"
    assert [one.answers["title"] for one in post.submissions(ANNA)] == [TITLE]
    assert len(post.drafts(ANNA)) == 2
    assert "13. Kura organizācija" not in text(second), "the organisation is known and neither asked nor told again"


def test_several_initiatives_in_one_mail(post: Post) -> None:
    both = f"1. iniciatīva\n{WHOLE}\n\n2. iniciatīva: Mēness darbnīca\n{WHOLE.partition(chr(10))[2]}"
    post.says(ANNA, "8. d", post.invite(ANNA))
    outcome, sent = post.says(ANNA, both, post.invitation(ANNA))
    assert (outcome, len(sent)) == ("submitted", 1), text(sent[0])
    assert [one.answers["title"] for one in post.submissions(ANNA)] == [TITLE, "Mēness darbnīca"]
    assert f"“Mēness darbnīca”: pieteikums saņemts un reģistrēts ar numuru {post.drafts(ANNA)[1].id}." in text(sent[0])


def test_an_unfinished_second_initiative_is_gone_on_with_by_a_word(post: Post) -> None:
    both = f"Nosaukums: {TITLE}\nPosms: ideja\n\nNosaukums: Mēness darbnīca\nPosms: ideja"
    _, (first,) = post.says(ANNA, both, post.invite(ANNA))
    number = post.drafts(ANNA)[1].id
    assert f"labot {number}" in text(first)
    outcome, (second,) = post.says(ANNA, f"labot {number}")
    assert outcome == "sent for correction"
    assert "Mēness darbnīca" in text(second)
    assert TITLE not in text(second)


def test_what_is_no_answer_is_kept_and_what_is_wrong_is_quoted_back(post: Post) -> None:
    said = "Paldies par aicinājumu, priecāsimies palīdzēt!\n\n1. Saules darbnīca\n11. varbūt"
    _, (letter,) = post.says(ANNA, said, post.invite(ANNA))
    assert "“varbūt”" in text(letter)
    assert "nodevuši kolēģiem" in text(letter)
    ((kind, kept),) = post.matters()
    assert kind == "remark"
    assert "priecāsimies palīdzēt" in kept
    assert "varbūt" in kept


def test_only_a_remark(post: Post) -> None:
    outcome, (letter,) = post.says(ANNA, "Nodevu Jūsu vēstuli mūsu vadītājai Lienei.", post.invite(ANNA))
    assert outcome == "answered"
    assert "Paldies par vēstuli!" in text(letter)
    assert post.matters() == [("remark", "Nodevu Jūsu vēstuli mūsu vadītājai Lienei.")]


def test_a_filled_table(post: Post) -> None:
    rows = "".join(f"<tr><td>{n}.</td><td>{a}</td></tr>" for n, a in ((1, TITLE), (4, "b, g"), (8, "Visa Latvija")))
    message = post.mail(ANNA, "", to=post.invite(ANNA), quote=False)
    message.set_content(f"<p>Labdien!</p><table>{rows}</table>", subtype="html")
    assert post.receive(message) == "answered"
    (letter,) = post.deliver()
    for expected in (TITLE, "Pakalpojums; Metode", "Visa Latvija"):
        assert expected in text(letter)


def test_a_table_with_the_questions_in_it(post: Post) -> None:
    invitation = post.invite(ANNA)
    labels = [line for line in text(invitation).split("\n") if line[:2] in ("1.", "8.") or line[:3] == "11."]
    rows = "".join(f"<tr><td>{q}</td><td>{a}</td></tr>" for q, a in zip(labels, (TITLE, "d", "Ideja"), strict=True))
    message = post.mail(ANNA, "", to=invitation, quote=False)
    message.set_content(f"<table>{rows}</table>", subtype="html")
    assert post.receive(message) == "answered"
    (letter,) = post.deliver()
    for expected in (TITLE, "Visa Latvija", "Ideja"):
        assert expected in text(letter)


def test_a_question_goes_to_the_staff_in_its_thread(post: Post) -> None:
    outcome, (letter,) = post.says(ANNA, "Vai drīkst pieteikt arī ideju?", post.invite(ANNA))
    assert (outcome, letter.payload["template"]) == ("question", "question_received")
    assert letter.payload["references"][-1] == letter.payload["in_reply_to"]
    assert post.matters() == [("question", "Vai drīkst pieteikt arī ideju?")]


def test_a_reminder_is_answered_like_the_draft_it_is_about(post: Post) -> None:
    post.says(ANNA, "1. Saules darbnīca", post.invite(ANNA))
    post.later(days=10)
    assert outreach.remind(post.session, post.desk, post.now) == 1
    (reminder,) = post.deliver()
    outcome, (letter,) = post.says(ANNA, "8. d", reminder)
    assert outcome == "answered"
    assert "Visa Latvija" in text(letter)
    assert len(post.drafts(ANNA)) == 1


def test_addresses_that_were_seen_to_work_are_used(post: Post) -> None:
    assert "reply_to" not in post.invite("before@tilts.example").payload
    post.desk = replace(post.desk, plus=True, verp=True)
    invitation = post.invite(ANNA)
    code = post.person(ANNA).code
    assert (invitation.payload["reply_to"], invitation.payload["verp"]) == (f"anketa+SI-{code}@example.org", True)
    message = post.mail(ANNA, "8. d", to=invitation, threaded=False, quote=False, subject="Par anketu")
    message.replace_header("To", invitation.payload["reply_to"])
    assert post.receive(message) == "answered"
    (letter,) = post.deliver()
    assert "Visa Latvija" in text(letter)
    assert letter.payload["reply_to"] == f"anketa+SI-{post.drafts(ANNA)[0].code}@example.org"


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [("Re: Anketa", "Re: Anketa"), ("Atb: Anketa", "Atb: Anketa"), ("AW[2]: Anketa", "AW[2]: Anketa"), ("x", "Re: x")],
)
def test_an_answer_keeps_the_subject_of_the_thread(post: Post, theirs: str, ours: str) -> None:
    _, (letter,) = post.says(ANNA, "8. d", post.invite(ANNA), subject=theirs)
    assert letter.payload["subject"] == ours

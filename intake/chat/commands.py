"""The commands of the chat: /back, /review, /mydata and the others."""

from __future__ import annotations

from collections.abc import Callable

from conversations.session import State
from conversations.turn import Back, Input, Pause, Review, Skip
from intake import consents, drafts, identity, people, phrases, privacy, wording
from intake.channels.telegram import screens
from intake.channels.telegram.buttons import Action, Button
from intake.channels.telegram.render import Touched
from intake.chat.talk import FINISHED, Talk
from intake.chat.visit import CHANNEL, salt
from intake.tables import Source

LANGUAGE_NAMES = {"lv": "Latviešu", "en": "English", "ru": "Русский", "et": "Eesti", "lt": "Lietuvių"}


def command(talk: Talk, name: str) -> str:
    """Do what the command says; the outcome in a word."""
    inputs: dict[str, Input] = {
        "back": Back(now=talk.now),
        "skip": Skip(now=talk.now),
        "review": Review(now=talk.now),
        "pause": Pause(now=talk.now),
    }
    draft = talk.draft
    if name in inputs and draft is not None:
        return talk.take(draft, inputs[name], Touched(talk.open_message(draft)))
    if name in inputs:
        talk.visit.say("not_begun")
        return "not_begun"
    if name in _OTHERS:
        return _OTHERS[name](talk)
    talk.visit.say("unknown_command")
    return "unknown_command"


def show_help(talk: Talk) -> str:
    talk.visit.send(screens.say("help", talk.visit.language))
    return "help"


def choose_language(talk: Talk) -> str:
    names = [LANGUAGE_NAMES.get(code, code) for code in talk.visit.desk.campaign.languages]
    talk.visit.send(screens.choose_language(names, talk.visit.language))
    return "language"


def ask_restart(talk: Talk) -> str:
    return _confirm(talk, "restart")


def detach(talk: Talk) -> str:
    """The chat and the mailbox are two people's from now on; what was answered stays with the mailbox."""
    visit = talk.visit
    if not identity.detach(visit.session, talk.person, CHANNEL, visit.chat, talk.now):
        visit.say("not_detached")
        return "not detached"
    visit.person = None
    visit.send(screens.plain(visit.words("detached"), screens.REMOVE_KEYBOARD))
    return "detached"


def _withdraw(talk: Talk) -> str:
    """A draft is given up after a question; of what was submitted the consents are taken back at once."""
    draft = talk.draft
    if draft is None or draft.answers.state is not State.SUBMITTED:
        return _confirm(talk, "withdraw")
    consents.take_back(talk.visit.session, talk.visit.desk, talk.person, CHANNEL, talk.now)
    talk.visit.say("consent_withdrawn")
    return "consent withdrawn"


def _confirm(talk: Talk, what: screens.Confirmed) -> str:
    """Ask before a draft is given up; what was submitted is erased by /mydata, not here."""
    draft = talk.draft
    if draft is None or draft.answers.state in FINISHED:
        talk.visit.say("not_begun")
        return "not_begun"
    talk.visit.send(screens.confirm(what, talk.visit.language, salt(draft)))
    return f"confirm {what}"


def _privacy(talk: Talk) -> str:
    """The notice of the questionnaire they are at, with the campaign's facts of today."""
    visit, draft = talk.visit, talk.draft
    form = draft.form if draft else visit.desk.form(visit.session)
    values = phrases.campaign_values(visit.session, visit.desk, visit.language)
    visit.send(screens.plain(drafts.note(form, "privacy_notice", visit.language, values, talk.now)))
    return "privacy"


def _mydata(talk: Talk) -> str:
    """What we hold, and the ways out: take this chat apart from the mailbox, erase everything."""
    visit = talk.visit
    held = privacy.held(visit.session, talk.person)
    visit.say("mydata", **held | {"source": _source(talk, held["source"])})
    if people.address(visit.session, talk.person.id, "email"):
        visit.offer("detach_ask", ("detach", Button(Action.DETACH)))
    visit.send(screens.confirm("erase", visit.language, visit.chat))
    return "mydata"


def _source(talk: Talk, detail: str) -> str:
    """Where the data came from, in words."""
    language, source = talk.visit.language, talk.person.source
    if source not in (Source.SELF, Source.FORWARD, Source.REFERRAL):
        return detail
    return wording.text(language, f"letter.source_{source}", who=wording.text(language, "letter.anonymous"))


_OTHERS: dict[str, Callable[[Talk], str]] = {
    "stop": Talk.stop,
    "help": show_help,
    "privacy": _privacy,
    "mydata": _mydata,
    "language": choose_language,
    "withdraw": _withdraw,
    "restart": ask_restart,
    "detach": detach,
}

"""A known person's act in the chat: an answer, a command or a button, given to the conversation as one input."""

from __future__ import annotations

from datetime import datetime

from conversations.session import State
from conversations.turn import (
    AddRepeat,
    Answer,
    Ask,
    Back,
    Choose,
    Done,
    EndRepeat,
    Input,
    Jump,
    Language,
    Locate,
    Pause,
    Resume,
    Review,
    Skip,
    Submit,
    Withdraw,
)
from intake import drafts, matters, outbox, phrases, privacy
from intake.channels.telegram import incoming, screens
from intake.channels.telegram.buttons import Action, Button, decode
from intake.channels.telegram.incoming import ChatInput
from intake.channels.telegram.render import NOTHING, Touched, render
from intake.channels.telegram.wording import words
from intake.chat import corrections
from intake.chat.visit import CHANNEL, Visit, salt, text_of
from intake.drafts import Draft
from intake.tables import Person

LANGUAGE_NAMES = {"lv": "Latviešu", "en": "English"}
FINISHED = (State.SUBMITTED, State.WITHDRAWN)


class Talk:
    """One act of a known person who has not said stop."""

    def __init__(self, visit: Visit, person: Person, act: ChatInput) -> None:
        self._visit, self._person, self._act = visit, person, act
        self._now = visit.now
        person.last_input_at, person.last_channel = visit.now, CHANNEL

    def answer(self) -> str:
        """Do what was asked; the outcome in a word."""
        match self._act.what:
            case incoming.Command(name):
                return self._command(name)
            case incoming.Pressed(data, callback_id):
                return self._pressed(decode(data), callback_id)
            case incoming.Text(text):
                return self._stop() if privacy.is_stop(text) else self._given(Answer(text, now=self._now))
            case incoming.Contact(phone):
                return self._given(Answer(phone, now=self._now), from_keyboard=True)
            case incoming.Location(latitude, longitude):
                return self._given(Locate(latitude, longitude, now=self._now), from_keyboard=True)
            case incoming.Edited(text):
                return self._corrected(text)
            case incoming.Attachment():
                return self._to_staff()
        self._visit.send(screens.say("unsupported", self._visit.language))
        return "unsupported"

    @property
    def _draft(self) -> Draft | None:
        return drafts.current(self._visit.session, self._visit.desk, self._person)

    def _given(self, given: Input, *, from_keyboard: bool = False) -> str:
        draft = self._draft
        if draft is None:
            self._visit.begin(self._person)
            return "begun"
        if draft.answers.state in FINISHED:
            return self._to_staff()
        last = None if from_keyboard else outbox.last_keyboard(self._visit.session, CHANNEL, self._visit.chat)
        result = self._visit.take(self._person, draft, given, Touched(last, reply_keyboard=from_keyboard))
        corrections.remember(self._visit, draft, self._act.message_id, result.prompts)
        return "answered"

    def _corrected(self, text: str) -> str:
        """A corrected answer is confirmed; what cannot be one is said; anything else goes to the staff."""
        outcome = corrections.correct(self._visit, self._act.message_id, text)
        if outcome is None:
            return self._to_staff()
        if outcome == "corrected":
            self._visit.send(screens.say("corrected", self._visit.language))
            return "corrected"
        self._visit.send(screens.plain(outcome))
        return "not corrected"

    def _take(self, draft: Draft, given: Input, touched: Touched = NOTHING) -> str:
        self._visit.take(self._person, draft, given, touched)
        return "answered"

    def _to_staff(self) -> str:
        """What is no answer is acknowledged and goes to the staff."""
        matters.open_matter(
            self._visit.session,
            "remark",
            self._now,
            person_id=self._person.id,
            inbox_id=self._visit.row.id,
            text=text_of(self._act),
        )
        self._visit.say("to_staff")
        return "to_staff"

    def _stop(self) -> str:
        visit = self._visit
        privacy.stop(visit.session, visit.desk, self._person, self._now, channel=CHANNEL, address=visit.chat)
        return "stopped"

    # --- commands ---------------------------------------------------------------------------------------------------

    def _command(self, name: str) -> str:
        inputs: dict[str, Input] = {
            "back": Back(now=self._now),
            "skip": Skip(now=self._now),
            "review": Review(now=self._now),
            "pause": Pause(now=self._now),
            "withdraw": Withdraw(now=self._now),
        }
        others = {
            "stop": self._stop,
            "help": self._help,
            "privacy": self._privacy,
            "mydata": self._mydata,
            "language": self._languages,
        }
        if name in inputs:
            draft = self._draft
            if draft is not None:
                return self._take(draft, inputs[name])
            name = "not_begun"
        if name in others:
            return others[name]()
        self._visit.say("not_begun" if name == "not_begun" else "unknown_command")
        return "unknown_command"

    def _help(self) -> str:
        self._visit.send(screens.say("help", self._visit.language))
        return "help"

    def _languages(self) -> str:
        names = [LANGUAGE_NAMES.get(code, code) for code in self._visit.desk.campaign.languages]
        self._visit.send(screens.choose_language(names, self._visit.language))
        return "language"

    def _privacy(self) -> str:
        """The notice of the questionnaire they are at, with the campaign's facts of today."""
        visit, draft = self._visit, self._draft
        form = draft.form if draft else visit.desk.form(visit.session)
        values = phrases.campaign_values(visit.session, visit.desk, visit.language)
        visit.send(screens.plain(drafts.note(form, "privacy_notice", visit.language, values, self._now)))
        return "privacy"

    def _mydata(self) -> str:
        visit = self._visit
        visit.say("mydata", **privacy.held(visit.session, self._person))
        visit.send(screens.confirm("erase", visit.language, visit.chat))
        return "mydata"

    # --- buttons ----------------------------------------------------------------------------------------------------

    def _pressed(self, button: Button | None, callback_id: str) -> str:
        if button is None:
            return self._stale(callback_id)
        touched = Touched(self._act.message_id, button, callback_id)
        match button.action:
            case Action.ANOTHER:
                return self._acknowledged(callback_id) or self._another()
            case Action.LANGUAGES:
                return self._acknowledged(callback_id) or self._languages()
            case Action.HELP:
                return self._acknowledged(callback_id) or self._help()
            case Action.NO_REMINDERS:
                return self._acknowledged(callback_id) or self._no_reminders()
            case Action.ERASE_CONFIRMED:
                return self._erase(button, callback_id)
            case Action.CANCEL if button.belongs("erase", self._visit.chat):
                return self._acknowledged(callback_id) or "cancelled"
        draft = self._draft
        given = self._input_of(button, draft) if draft else None
        if draft is None or given is None:
            return self._stale(callback_id)
        if button.action is Action.PAGE:
            return self._page(draft, touched)
        return self._take(draft, given, touched)

    def _acknowledged(self, callback_id: str) -> str:
        self._visit.send([screens.answer_callback(callback_id)])
        return ""

    def _input_of(self, button: Button, draft: Draft) -> Input | None:
        """The input behind a button; None for a button of another question or conversation."""
        if button.action is Action.JUMP:
            path = button.find(drafts.paths(draft, self._now), salt(draft))
            return Jump(path, now=self._now) if path else None
        if button.action is Action.LANGUAGE:
            languages = self._visit.desk.campaign.languages
            return Language(languages[button.index], now=self._now) if button.index < len(languages) else None
        if button.action is Action.RESTART:
            return Jump(draft.form.questions[0].path, now=self._now)
        if button.action in (Action.SUBMIT, Action.SUBMIT_CONFIRMED):
            return Submit(now=self._now) if button.belongs("submit", salt(draft)) else None
        if button.action in (Action.REVIEW, Action.RESUME, Action.CANCEL):
            return Review(now=self._now) if button.action is Action.REVIEW else Resume(now=self._now)
        if button.action is Action.WITHDRAW_CONFIRMED:
            return Withdraw(now=self._now)
        path = draft.answers.at or ""
        return _at_open_question(button, path, self._now) if button.belongs(path, salt(draft)) else None

    def _page(self, draft: Draft, touched: Touched) -> str:
        """Another page of a long list: nothing is answered, the question is shown again in place."""
        visit = self._visit
        result = drafts.advance(visit.session, visit.desk, draft, Resume(now=self._now), CHANNEL)
        asks = [prompt for prompt in result.prompts if isinstance(prompt, Ask)]
        visit.send(render(asks, visit.language, salt=salt(draft), touched=touched), conversation_id=draft.row.id)
        return "page"

    def _another(self) -> str:
        draft = self._draft
        if draft is not None and draft.answers.state in drafts.LIVE:
            return self._take(draft, Resume(now=self._now))
        self._visit.begin(self._person, draft if draft and draft.answers.state is State.SUBMITTED else None)
        return "begun"

    def _no_reminders(self) -> str:
        self._person.declined_reminders_at = self._now
        outbox.suppress(self._visit.session, "declined", person_id=self._person.id or 0, kinds=("reminder",))
        self._visit.say("reminders_off")
        return "no_reminders"

    def _erase(self, button: Button, callback_id: str) -> str:
        """The last words go out although the person is erased: the kind `stopped` passes a stop."""
        visit = self._visit
        if not button.belongs("erase", visit.chat):
            return self._stale(callback_id)
        privacy.forget(visit.session, visit.desk, self._person, self._now, "self")
        visit.send([screens.answer_callback(callback_id)], "stopped")
        visit.send(screens.plain(visit.words("erased"), screens.REMOVE_KEYBOARD), "stopped")
        return "erased"

    def _stale(self, callback_id: str) -> str:
        """A button of a question that is closed: said politely, nothing changes."""
        text = words(self._visit.language).sentence("stale")
        self._visit.send([screens.answer_callback(callback_id, text, alert=True)])
        return "stale"


def _at_open_question(button: Button, path: str, now: datetime) -> Input | None:
    match button.action:
        case Action.CHOOSE | Action.TOGGLE | Action.ACKNOWLEDGE:
            return Choose(path, button.index, now=now)
        case Action.DONE:
            return Done(path, now=now)
        case Action.BACK:
            return Back(now=now)
        case Action.SKIP:
            return Skip(now=now)
        case Action.PAGE:
            return Resume(now=now)
        case Action.ADD:
            return AddRepeat(path, now=now)
        case Action.ENOUGH:
            return EndRepeat(path, now=now)
    return None

"""The staff chat: its members decide by buttons, every act in the audit trail under their Telegram id."""

from __future__ import annotations

from intake import audit, membership, staff_chat, wording
from intake.acts import Act, Verb, perform
from intake.channels.telegram import incoming, screens
from intake.channels.telegram.buttons import Action, Button, decode
from intake.channels.telegram.incoming import ChatInput
from intake.channels.telegram.text import Span, pages
from intake.chat import announce
from intake.chat.visit import Visit
from intake.tables import Matter, Nomination

VERBS = {Action.APPROVE: Verb.APPROVE, Action.DECLINE: Verb.DECLINE, Action.RESOLVE: Verb.RESOLVE}
DIGEST = ("digest", "kopsavilkums", "status")


def concerns(visit: Visit, act: ChatInput) -> bool:
    """Whether the act belongs to the staff: it happened in their chat, or in what that was before it moved."""
    if not act.in_group and act.chat_id != visit.desk.staff_chat:
        return False
    chats = {visit.desk.staff_chat, staff_chat.current(visit.session, visit.desk)} - {None}
    if isinstance(act.what, incoming.Migrated):
        return act.what.was in chats
    if act.chat_id not in chats:
        return False
    return act.in_group or (isinstance(act.what, incoming.Pressed) and _staff_button(act.what.data) is not None)


def handle(visit: Visit, act: ChatInput) -> str:
    """An act in the staff chat; the outcome in a word."""
    match act.what:
        case incoming.Command(name) if name in DIGEST:
            visit.send(screens.plain(announce.day_text(visit.session, visit.desk, visit.now)), staff_chat.KIND)
            return "day"
        case incoming.Command("start" | "help"):
            visit.send(screens.plain(_say(visit, "help")), staff_chat.KIND)
            return "help"
        case incoming.Pressed(data, callback_id):
            return _pressed(visit, act, _staff_button(data), callback_id)
        case incoming.Migrated(was, now):
            return _moved(visit, was, now)
    return "staff talk"


def _moved(visit: Visit, was: int, to: int) -> str:
    """Said once, in the chat as it is now: whoever keeps the settings should change them."""
    if staff_chat.move(visit.session, visit.now, was, to):
        visit.chat = str(to)
        visit.send(screens.plain(_say(visit, "moved", chat=to)), staff_chat.KIND)
    return "moved"


def _pressed(visit: Visit, act: ChatInput, button: Button | None, callback_id: str) -> str:
    if button is None or visit.row.id is None:
        return _toast(visit, callback_id, "stale")
    member = membership.known(visit.session, act.user_id, visit.now)
    if member is None:
        membership.ask(visit.session, act.user_id, visit.row.id)
        return membership.ASKED
    if not member:
        return _toast(visit, callback_id, "members_only")
    actor = f"telegram:{act.user_id}"
    if button.action is Action.HOLD:
        return _hold(visit, act, button, callback_id, actor)
    done = perform(visit.session, visit.desk, Act(VERBS[button.action], numbers=(button.question,)), actor, visit.now)
    said = " ".join(result.text for result in done)
    visit.send([screens.answer_callback(callback_id, said)], staff_chat.KIND)
    if any(result.ok for result in done):
        _rewrite(visit, act, button, said)
    return done[0].key if done else "nothing"


def _hold(visit: Visit, act: ChatInput, button: Button, callback_id: str, actor: str) -> str:
    """It goes on waiting; that somebody has looked is noted."""
    row = visit.session.get(Nomination, button.question)
    if row is None:
        return _toast(visit, callback_id, "stale")
    audit.note(visit.session, visit.now, actor, "hold", f"nomination {row.id}")
    said = _say(visit, "held", number=row.id)
    visit.send([screens.answer_callback(callback_id, said)], staff_chat.KIND)
    _rewrite(visit, act, button, said, announce.keyboard(visit.language, announce.nomination_buttons(row, hold=False)))
    return "held"


def _rewrite(visit: Visit, act: ChatInput, button: Button, said: str, markup: screens.Payload | None = None) -> None:
    """The message says what was decided, and its buttons go."""
    text = _about(visit, button)
    if act.message_id is not None and text:
        payload = {
            "kind": "edit",
            "message_id": act.message_id,
            "text": pages([Span(text), Span("\n\n"), Span(f"✔ {said}", "b")])[-1],
            **({"markup": markup} if markup else {}),
        }
        visit.send([payload], staff_chat.KIND)


def _about(visit: Visit, button: Button) -> str:
    if button.action is Action.RESOLVE:
        matter = visit.session.get(Matter, button.question)
        return announce.matter_text(visit.session, visit.desk, matter) if matter else ""
    row = visit.session.get(Nomination, button.question)
    return announce.nomination_text(visit.session, visit.desk, row) if row else ""


def _staff_button(data: str) -> Button | None:
    button = decode(data)
    if button is None or button.action not in (*VERBS, Action.HOLD):
        return None
    return button if button.belongs(announce.STAFF, str(button.question)) else None


def _toast(visit: Visit, callback_id: str, name: str) -> str:
    visit.send([screens.answer_callback(callback_id, _say(visit, name))], staff_chat.KIND)
    return name


def _say(visit: Visit, name: str, **values: object) -> str:
    return wording.text(visit.desk.campaign.language, f"team.{name}", **values)

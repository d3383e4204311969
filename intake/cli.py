"""The command `atsauce`."""

from __future__ import annotations

from collections.abc import Callable

import typer

from intake.commands import (
    acting,
    campaigns,
    choosing,
    contacts,
    following,
    mailbox,
    questionnaires,
    reporting,
    service,
    talking,
    waiting,
)

app = typer.Typer(
    name="atsauce",
    help="Ask practitioners about their initiatives, in a chat or by mail, and follow what they pass on.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
SERVICE, PREPARE, FOLLOW, ACT = "The service", "Preparing", "Following", "Acting"

COMMANDS: dict[str, dict[str, Callable[..., None]]] = {
    SERVICE: {"run": service.run, "check": service.check, "migrate": service.migrate, "replay": service.replay},
    PREPARE: {"invite": contacts.invite, "playground": service.playground, "chat": talking.chat},
    FOLLOW: {
        "status": following.status,
        "plan": following.plan,
        "digest": following.digest,
        "people": contacts.show_people,
        "matters": waiting.matters,
        "files": waiting.files,
        "report": reporting.report,
        "export": following.export_to,
    },
    ACT: {
        "pause": acting.pause,
        "resume": acting.resume,
        "extend": acting.extend,
        "resolve": acting.resolve,
        "select": choosing.select,
        "stop": contacts.stop,
        "forget": contacts.forget,
        "split": waiting.split,
        "unite": waiting.unite,
    },
}
for group, commands in COMMANDS.items():
    for name, command in commands.items():
        app.command(name, rich_help_panel=group)(command)
campaigns.form.command("diff")(questionnaires.diff)
campaigns.form.command("export")(questionnaires.export_form)
app.add_typer(campaigns.campaign, name="campaign", rich_help_panel=PREPARE)
app.add_typer(campaigns.form, name="form", rich_help_panel=PREPARE)
app.add_typer(mailbox.mail, name="mail", rich_help_panel=SERVICE)
app.add_typer(contacts.contacts, name="contacts", rich_help_panel=PREPARE)
app.add_typer(following.referrals, name="referrals", rich_help_panel=ACT)


def main() -> None:
    """Run a command: exit 0 done, 1 refused with a reason, 2 wrong use."""
    app()

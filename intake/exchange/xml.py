"""One file for each submission: the XForm instance, as ODK Collect would send it to a server."""

from __future__ import annotations

import re
from collections.abc import Sequence

from conversations.forms.document import instance_xml
from intake.exchange.handed_in import HandedIn

UNSAFE = re.compile(r"[^\w.-]+")


def files(submissions: Sequence[HandedIn]) -> dict[str, str]:
    return {name(one): f"<?xml version='1.0' encoding='utf-8'?>\n{instance_xml(one.instance)}\n" for one in submissions}


def name(one: HandedIn) -> str:
    """The form and the number of the submission; nothing that could lead out of the folder."""
    return f"{UNSAFE.sub('_', one.form.id).lstrip('.') or 'form'}-{one.row.id}.xml"

"""Where the engines are known to differ, and why. A difference that is not listed here is a fault of ours."""

from __future__ import annotations

import re
from dataclasses import dataclass

from tests.conformance.differences import Difference

WEB_FORMS = "ODK Web Forms"
JAVAROSA = "JavaRosa"
EITHER = f"{WEB_FORMS}|{JAVAROSA}"


@dataclass(frozen=True)
class Known:
    """All but the reason are patterns of the whole; `place` is a path without positions.

    `parts`: from here on the two instances hold other nodes or answers, so the walk is compared no further.
    """

    engine: str
    form: str
    aspect: str
    place: str
    reason: str
    ours: str = ".*"
    theirs: str = ".*"
    parts: bool = False

    def explains(self, difference: Difference) -> bool:
        told = (difference.engine, difference.form, difference.aspect, difference.place)
        patterns = (self.engine, self.form, self.aspect, self.place)
        return (
            all(re.fullmatch(pattern, text) for pattern, text in zip(patterns, told, strict=True))
            and re.fullmatch(self.ours, difference.ours, re.DOTALL) is not None
            and re.fullmatch(self.theirs, difference.theirs, re.DOTALL) is not None
        )


WEB_FORMS_DIFFERS = (
    Known(
        WEB_FORMS, "case_study|translations", "hint", ".*",
        "guidance is shown as, or right behind, the hint; ODK Collect and we keep it apart",
    ),
    Known(
        WEB_FORMS, "range_rank", "value", "/data/down",
        "a scale that goes down takes no value, as its start is above its end", theirs="",
    ),
    Known(
        WEB_FORMS, "repeat_.*", "value|label", "/data/(person/earned|income|done|known)",
        "the sum of no nodes is NaN, hence empty; XPath 1.0, JavaRosa and Enketo say 0", ours="(.* )?0[.]?",
    ),
    Known(
        WEB_FORMS, "household|repeat_.*", "count", ".*",
        "a count that becomes empty leaves a computed repeat as long as it was; Enketo and we make it empty",
        ours="0", parts=True,
    ),
    Known(
        WEB_FORMS, "choice_labels", "value|label", "/data/(told|said)",
        "the blanks that the compiler writes around a quoted answer stay in a label that is computed with",
        theirs=r"(It is )? ?The (house|shop) in .*",
    ),
    Known(
        WEB_FORMS, "triggers", "value", "/data/line/echo",
        "a trigger in a repeat listens at the position where it was made, which is wrong once an instance before it is "
        "taken out", parts=True,
    ),
)  # fmt: skip

BOTH_DIFFER = (
    Known(
        EITHER, "household|repeat_.*", "count|value", "/data/(member|person|guest)/.*",
        "a computed repeat that shrinks and grows again begins anew; ours brings the answers back",
        theirs="0|1|", parts=True,
    ),
    Known(
        EITHER, "translations", "hint", ".*",
        "a missing translation is shown as the dash that the compiler writes; ours falls back to the default language",
        theirs="-",
    ),
    Known(
        EITHER, "initiative|detail", "choice label", ".*municipality.*",
        "the lists of files have one language; ours reads a column for each (`label_en`)",
    ),
    Known(
        EITHER, "dates", "value", "/data/days",
        "a day begins at midnight of the device's zone, so that days between dates are fractions where its offset "
        "changed; ours counts whole days (0012)", theirs=r"-?\d+\.\d+",
    ),
    Known(
        EITHER, "choices_of_repeat", "choices", "/data/eldest",
        "an instance of a repeat without a name is offered as a choice without name or label; ours leaves it out",
    ),
)  # fmt: skip

JAVAROSA_DIFFERS = (
    Known(
        JAVAROSA, "grove", "failed", ".*",
        "it fails when an instance is taken out of a repeat whose entities have a computed `create`",
        theirs=".*/@create.*", parts=True,
    ),
    Known(
        JAVAROSA, ".*", "value", ".*",
        "a calculated truth is stored as 1 or 0; Web Forms, Enketo and we write true or false",
        ours="true|false", theirs="1|0",
    ),
    Known(
        JAVAROSA, "empty|pulldata|strings", "failed", ".*",
        "no `substring()`, no `pulldata()` outside of ODK Collect, no wildcards over fields of different kinds",
        theirs=".*(substring|pulldata|multiplicity|handle function).*", parts=True,
    ),
    Known(
        JAVAROSA, "calculations", "value", "/data/near",
        "half of a negative number is rounded up; Web Forms, Enketo and we round it away from zero", ours="-.*",
    ),
    Known(
        JAVAROSA, "calculations|repeat_.*|household", "value", "/data/(least|most|oldest)",
        "min() and max() pass over what is no number; Web Forms, Enketo and we say NaN, hence nothing", ours="",
    ),
    Known(
        JAVAROSA, "repeat_.*|indexed_repeat|relevance_chain", "value",
        "/data/(.*/)?(total|f|time|income|earned|all|all_windows|light)",
        "sum() passes over empty answers; Web Forms, Enketo and we say NaN, hence nothing", ours="",
    ),
    Known(
        JAVAROSA, "household|repeat_.*|indexed_repeat|relevance_chain", "value|relevant|label",
        "/data/(.*/)?(summary|g|h|done|told|doors|many|oldest_note|legs_in_all)",
        "what reads such a sum follows it",
    ),
    Known(
        JAVAROSA, "cascade|cascade_repeat|from_file|choices_of_repeat", "value|relevant|label|rule|choices", ".*",
        "a choice that is no longer offered is forgotten, and what depends on it is not told; ours hides it and brings "
        "it back, as Web Forms does",
    ),
    Known(
        JAVAROSA, "choice_names", "value|label", ".*",
        "labels in calculations stay in the language they were computed in", ours=".*Sark.*|.*Zil.*|.*Red.*|.*Blu.*",
    ),
    Known(
        JAVAROSA, "constraints", "rule", "/data/moment",
        "a moment compared with a text is compared as numbers, and a text is none; Web Forms, Enketo and we read it",
    ),
    Known(
        JAVAROSA, "dates", "value", "/data/later",
        "a date that cannot be is empty; Web Forms, Enketo and we say so in words", ours="Invalid Date", theirs="",
    ),
    Known(
        JAVAROSA, "dynamic_labels", "hint", "/data/told", "the space between two quoted answers is lost",
    ),
    Known(
        JAVAROSA, "choice_labels", "value|label", "/data/(told|said)",
        "a label that quotes an answer is not computed with anew when that answer changes",
    ),
    Known(
        JAVAROSA, "indexed_repeat", "value", "/data/best",
        "an empty index is taken for the first instance; Web Forms and we find none", ours="",
    ),
    Known(
        JAVAROSA, "indexed_repeat", "value|relevant", "/data/day/(before|change|why)",
        "what reads another instance is not computed again when that one changes",
    ),
    Known(
        JAVAROSA, "repeat_nested", "value", "/data/all_rooms",
        "the number of instances inside a new instance is counted only at the next answer",
    ),
)  # fmt: skip

KNOWN: tuple[Known, ...] = (*WEB_FORMS_DIFFERS, *BOTH_DIFFER, *JAVAROSA_DIFFERS)


def known(difference: Difference) -> Known | None:
    return next((one for one in KNOWN if one.explains(difference)), None)


def reason(difference: Difference) -> str:
    """Why the engines differ here, "" where it is not known."""
    found = known(difference)
    return found.reason if found else ""


def parts(difference: Difference) -> bool:
    """Whether the engines go separate ways from here on, for a known reason."""
    found = known(difference)
    return found is not None and found.parts

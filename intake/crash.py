"""Named points at which a test may kill the process, to see that nothing is lost or sent twice there."""

from __future__ import annotations

import os
import signal

_AT, _, _COUNT = os.environ.get("ATSAUCE_CRASH_AT", "").partition("*")
"""`name` or `name*3`: at the third time the point is passed."""
_passed = 0


def point(name: str) -> None:
    """Die here, as by `kill -9`, when the environment asks for it; otherwise nothing."""
    global _passed
    if name != _AT:
        return
    _passed += 1
    if _passed >= int(_COUNT or 1):
        os.kill(os.getpid(), signal.SIGKILL)

"""Compare the engines: python -m tests.conformance [--seed N] [--forms NAME,...] [--sequences N] [--length N]."""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from datetime import datetime
from zoneinfo import ZoneInfo

from tests.conformance import corpus
from tests.conformance.differences import Difference
from tests.conformance.engines import ZONE, Engine, running
from tests.conformance.known import reason
from tests.conformance.side_by_side import Finding, Run


def main() -> int:
    options = _options()
    names = options.forms.split(",") if options.forms else list(corpus.names())
    unknown = set(names) - set(corpus.names())
    if unknown:
        print(f"No form {', '.join(sorted(unknown))}; there are {', '.join(corpus.names())}.")
        return 2
    with running() as (engines, reasons):
        for why in reasons:
            print(why)
        if not engines:
            return 0
        return _compare(engines, names, options)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.conformance")
    parser.add_argument("--seed", type=int, default=1, help="another seed walks other ways through the forms")
    parser.add_argument("--forms", default="", help="names, separated by commas")
    parser.add_argument("--sequences", type=int, default=10, help="walks through each form")
    parser.add_argument("--length", type=int, default=25, help="answers in a walk")
    parser.add_argument("--verbose", action="store_true", help="also list the differences that are explained")
    return parser.parse_args()


def _compare(engines: list[Engine], names: list[str], options: argparse.Namespace) -> int:
    began = time.monotonic()
    run = Run(engines, datetime.now(ZoneInfo(ZONE)).replace(microsecond=0))
    for number, name in enumerate(names, 1):
        if sys.stderr.isatty():
            print(f"\r{number}/{len(names)} {name:40}", end="", file=sys.stderr, flush=True)
        run.form(corpus.case(name), seed=options.seed, sequences=options.sequences, length=options.length)
    if sys.stderr.isatty():
        print(f"\r{'':60}\r", end="", file=sys.stderr)
    return _report(run, engines, verbose=options.verbose, seconds=time.monotonic() - began)


def _report(run: Run, engines: list[Engine], *, verbose: bool, seconds: float) -> int:
    unexplained = [finding for finding in run.findings.values() if not reason(finding.difference)]
    explained = [finding for finding in run.findings.values() if reason(finding.difference)]
    print(
        f"{run.forms} forms, {run.sequences} sequences, {run.steps} steps, {run.compared} nodes compared with "
        f"{' and '.join(engine.name for engine in engines)} in {seconds:.0f} s"
    )
    if explained:
        print("Known differences, and how often they were met:")
        _known(explained)
    for finding in unexplained + (explained if verbose else []):
        _show(finding)
    print(f"{len(unexplained)} differences are not explained." if unexplained else "No difference is unexplained.")
    return 1 if unexplained else 0


def _known(explained: list[Finding]) -> None:
    """How often each known difference was met; those not met are left out."""
    met: Counter[str] = Counter()
    who: dict[str, set[str]] = {}
    for finding in explained:
        why = reason(finding.difference)
        met[why] += finding.times
        who.setdefault(why, set()).add(finding.difference.engine)
    for why, times in met.most_common():
        print(f"  {times:6} {' and '.join(sorted(who[why]))}: {why}")


def _show(finding: Finding) -> None:
    difference: Difference = finding.difference
    why = reason(difference)
    print(f"\n{difference.engine}, form {difference.form}, {difference.aspect} of {difference.path or 'the form'}")
    print(f"  ours:   {difference.ours}\n  theirs: {difference.theirs}")
    print(f"  {finding.times} times, first in sequence {finding.sequence} after step {finding.step}: {finding.last}")
    if why:
        print(f"  known: {why}")


if __name__ == "__main__":
    sys.exit(main())

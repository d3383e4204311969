"""The table that a benchmark prints: medians, the ratio to the yardstick, and the CPU time a piece."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

Measured = Sequence[tuple[float, float]]
"""(pieces a second, CPU seconds a piece) of each run."""


@dataclass(frozen=True)
class Result:
    """What was measured of the service on one database, and of the yardstick in the same runs."""

    what: str
    database: str
    own: Measured
    bare: Measured
    yardstick: str

    def row(self) -> tuple[str, ...]:
        own, bare = median(one[0] for one in self.own), median(one[0] for one in self.bare)
        ratio = median(mine[0] / theirs[0] for mine, theirs in zip(self.own, self.bare, strict=True))
        cpu, bare_cpu = median(one[1] for one in self.own), median(one[1] for one in self.bare)
        return (
            self.what,
            self.database,
            f"{own:.0f}/s",
            f"{self.yardstick} {bare:.0f}/s",
            f"{ratio:.2f}",
            f"{cpu * 1000:.1f} ms",
            f"{bare_cpu * 1000:.1f} ms",
        )


HEADER = ("", "database", "Atsauce", "beside", "ratio", "CPU each", "beside")


def table(results: Sequence[Result]) -> str:
    rows = [HEADER, *(result.row() for result in results)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEADER))]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows)

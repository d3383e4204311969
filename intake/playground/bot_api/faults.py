"""Failures that a test orders in advance: the next calls of a method go wrong in a chosen way."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

Predicate = Callable[[Mapping[str, Any]], bool]


class FaultKind(StrEnum):
    TOO_MANY_REQUESTS = "429"
    BAD_GATEWAY = "502"
    FORBIDDEN = "403"
    BAD_REQUEST = "400"
    CONFLICT = "409"
    HANG = "hang"  # no effect, no answer
    HANG_AFTER = "hang after"  # the effect, no answer
    DROP_BEFORE = "drop before"  # no effect, connection closed
    DROP_AFTER = "drop after"  # the effect, connection closed


@dataclass
class Fault:
    """One kind of failure for the next `times` calls of `method` ("*" is any) for which `when` holds."""

    method: str
    kind: FaultKind
    times: int = 1
    retry_after_s: int = 1
    description: str | None = None
    when: Predicate | None = None

    def hits(self, method: str, parameters: Mapping[str, Any]) -> bool:
        return self.method in ("*", method) and (self.when is None or self.when(parameters))


class Faults:
    """The failures still to come, in the order in which they were ordered."""

    def __init__(self) -> None:
        self._planned: list[Fault] = []
        self._released = asyncio.Event()
        self.happened: list[tuple[str, FaultKind]] = []

    def plan(
        self,
        method: str,
        kind: FaultKind | str,
        *,
        times: int = 1,
        retry_after_s: int = 1,
        description: str | None = None,
        when: Predicate | None = None,
    ) -> None:
        self._planned.append(Fault(method.lower(), FaultKind(kind), times, retry_after_s, description, when))

    def take(self, method: str, parameters: Mapping[str, Any]) -> Fault | None:
        """The fault that this call meets, used up by it."""
        for fault in self._planned:
            if fault.hits(method, parameters):
                fault.times -= 1
                if fault.times <= 0:
                    self._planned.remove(fault)
                self.happened.append((method, fault.kind))
                return fault
        return None

    def clear(self) -> None:
        self._planned.clear()

    async def hang(self) -> None:
        """Wait until `release`."""
        await self._released.wait()

    def release(self) -> None:
        """Let every hanging call go."""
        self._released.set()
        self._released = asyncio.Event()

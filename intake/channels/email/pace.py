"""How fast letters may go out: so many a minute, so many of them to one domain, slower where a server asks for it."""

from __future__ import annotations

from collections.abc import Callable

LONGEST_WAIT_S, LONGEST_FOR_A_DOMAIN_S = 30.0, 1.0
"""A letter is not held longer than this while it is being sent; it goes back to the outbox instead, and lets letters
to other domains pass."""
FIRST_PAUSE_S, LAST_PAUSE_S = 2.0, 30.0
PATIENCE = 3
"""Temporary refusals in a row after which every letter waits."""
MOST_DOMAINS = 10_000


class Pace:
    """The earliest instants at which the next letter may go, in seconds of a clock that never goes back."""

    def __init__(self, clock: Callable[[], float], *, a_minute: float = 0, to_one_domain: float = 0) -> None:
        self._clock = clock
        self._pause_s = 60.0 / a_minute if a_minute else 0.0
        self._domain_pause_s = 60.0 / to_one_domain if to_one_domain else 0.0
        self._next, self._refused = 0.0, 0
        self._domains: dict[str, float] = {}
        self._promised: dict[str, float] = {}

    def wait_s(self, domain: str) -> float:
        """How long a letter to this domain has to wait now."""
        return max(0.0, max(self._next, self._domains.get(domain, 0.0)) - self._clock())

    def is_long(self, domain: str) -> bool:
        """Whether a letter to this domain is better put back."""
        now = self._clock()
        return self._next - now > LONGEST_WAIT_S or self._domains.get(domain, 0.0) - now > LONGEST_FOR_A_DOMAIN_S

    def put_back_s(self, domain: str) -> float:
        """When a letter that is put back should come again: each at a time of its own, or all would come at once."""
        now = self._clock()
        at = max(now + self.wait_s(domain), self._promised.get(domain, 0.0))
        self._promised[domain] = at + max(self._pause_s, self._domain_pause_s)
        if len(self._promised) > MOST_DOMAINS:
            self._promised = {name: until for name, until in self._promised.items() if until > now}
        return at - now

    def sent(self, domain: str) -> None:
        """A letter goes out now."""
        now = self._clock()
        self._next = max(self._next, now) + self._pause_s
        if self._domain_pause_s:
            if len(self._domains) >= MOST_DOMAINS:
                self._domains = {name: until for name, until in self._domains.items() if until > now}
            self._domains[domain] = max(self._domains.get(domain, 0.0), now) + self._domain_pause_s

    def accepted(self) -> None:
        """The server took it: no reason to hold back."""
        self._refused = 0

    def put_off(self) -> None:
        """The server asks to try later (4xx): after a few in a row everything waits, doubling."""
        self._refused += 1
        if self._refused >= PATIENCE:
            pause_s = min(LAST_PAUSE_S, FIRST_PAUSE_S * 2.0 ** min(self._refused - PATIENCE, 20))
            self._next = max(self._next, self._clock() + pause_s)

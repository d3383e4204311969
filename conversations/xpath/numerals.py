"""Rounding and powers as IEEE 754 and JavaScript have them, without exceptions."""

from __future__ import annotations

import math

_LARGE = 2.0**52


def truncated(value: float) -> float:
    """The whole part."""
    return float(math.trunc(value)) if math.isfinite(value) else value


def whole(value: float) -> int:
    """A place in a text: the whole part, 0 for NaN, held between limits that no text reaches."""
    if value != value:
        return 0
    return int(max(-1e9, min(1e9, value)))


def power(base: float, exponent: float) -> float:
    """`base` to the power of `exponent`; NaN where there is no real one, infinite where it is too large."""
    if exponent != exponent or (abs(base) == 1 and math.isinf(exponent)):
        return math.nan
    try:
        return math.pow(base, exponent)
    except OverflowError:
        odd = math.fmod(exponent, 2) != 0
        return -math.inf if base < 0 and odd else math.inf
    except ValueError:
        return math.inf if base == 0 else math.nan


def rounded(value: float, decimals: float) -> float:
    """Rounded to decimals (to tens and hundreds where negative), half away from zero."""
    if decimals != decimals:
        return math.nan
    places = truncated(decimals)
    if places == 0:
        return _half_up(value)
    factor = power(10.0, abs(places))
    if math.isinf(factor):
        return value if places > 0 else 0.0
    if places > 0:
        shifted = value * factor
        return _half_up(shifted) / factor if math.isfinite(shifted) else value
    return factor * _half_up(value / factor)


def _half_up(value: float) -> float:
    if not math.isfinite(value) or abs(value) >= _LARGE:
        return value
    floor = math.floor(abs(value))
    return math.copysign(floor + (abs(value) - floor >= 0.5), value)

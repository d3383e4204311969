"""Regular expressions for `regex()` that take linear time, whatever the pattern and the text.

Python's own engine can hang on a pattern such as `(a+)+$`; see docs/decisions/0011.
"""

from conversations.xpath.patterns.matcher import Pattern, compile_pattern

__all__ = ["Pattern", "compile_pattern"]

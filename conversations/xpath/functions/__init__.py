"""Every function of ODK XForms, except the geographic ones."""

from conversations.xpath.functions import choices, dates, nodes, numbers, strings, truths
from conversations.xpath.library import FUNCTIONS

GEOGRAPHIC = frozenset({"area", "distance", "geofence", "intersects"})

__all__ = ["FUNCTIONS", "GEOGRAPHIC", "choices", "dates", "nodes", "numbers", "strings", "truths"]

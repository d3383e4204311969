"""The commands of `atsauce`, grouped by what they are about."""

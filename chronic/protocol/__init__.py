"""Guideline files: loaded, checked, laid over each other, and dated."""

from chronic.protocol.editions import Editions
from chronic.protocol.reading import DEFAULT, load, parse, shipped_names
from chronic.protocol.sections import BpLimit, Cite, Interval, Names, Protocol

__all__ = ["DEFAULT", "BpLimit", "Cite", "Editions", "Interval", "Names", "Protocol", "load", "parse", "shipped_names"]

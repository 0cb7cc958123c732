"""A resource of a file, with the questions one asks of it, and what its answers become."""

from collections.abc import Iterator
from functools import cached_property
from typing import Any, NamedTuple

from chronic.exchange.fhir.codes import systems
from chronic.exchange.fhir.elements import codes, day, last, many, one, text
from chronic.store.staging import Said

Resource = dict[str, Any]


class Wanted(NamedTuple):
    """How to read: whose source numbers these are, and whether a recorded condition enrols."""

    source: str
    enrol: bool


class Unread(NamedTuple):
    """What is not taken from a resource, in words of its own."""

    what: str


Told = Iterator[Said | Unread]


class Read:
    """A resource with the questions one asks of it."""

    def __init__(self, resource: Resource, line: int, url: str, wanted: Wanted) -> None:
        self.resource, self.line, self.wanted = resource, line, wanted
        self.key = last(url) or text(resource.get("id"))
        self.whose = last(text(one(resource.get("subject")).get("reference")))

    def __getitem__(self, element: str) -> Any:
        return self.resource.get(element)

    def say(self, holds: str, about: str, name: str, value: str, problem: str = "", detail: str = "") -> Said:
        place = self.day_and_time
        return Said(holds, self.whose, about, place, self.line, name, value, problem, detail)

    @cached_property
    def day_and_time(self) -> str:
        period = one(self["effectivePeriod"])
        for known in (self["effectiveDateTime"], self["effectiveInstant"], period.get("start"), self["issued"]):
            if text(known):
                return text(known)
        return ""

    @cached_property
    def day(self) -> str:
        return day(self.day_and_time)

    def identified(self, system: str) -> str:
        """The value of the identifier of a system, '' without one."""
        found = (text(part.get("value")) for part in many(self["identifier"]) if part.get("system") == systems()[system])
        return next(found, "")

    def coded(self, system: str) -> list[str]:
        """The codes of a system of what this is."""
        return codes(self["code"], system)

"""Tests of glucose as a diagnosis of diabetes sees them (two-test rule), and what lies between normal and diabetes.

A post-meal value is a random one here: it counts only with typical symptoms. Two hours after a meal is no tolerance
test; that has a column of its own, which is only filled in when one was done.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import NamedTuple

from chronic.model.visit import Contact
from chronic.protocol import Editions, Protocol

RANDOM = "random_glucose"


class Test(NamedTuple):
    """One result. `kind` is its column; `venous`: False where it was a finger-stick or nobody said, True for a
    laboratory's."""

    on: date
    kind: str
    abnormal: bool
    venous: bool
    symptoms: bool
    contact: Contact

    @property
    def counts(self) -> bool:
        """Does it count without typical symptoms?"""
        return self.kind != RANDOM


def by_day(contacts: Iterable[Contact], editions: Editions) -> Iterator[tuple[date, list[Test]]]:
    """The tests of these contacts, which are in date order, by the day they were taken."""
    listed = list(contacts)
    ill = {contact.on for contact in listed if symptomatic(contact, editions.on(contact.on))}
    found: dict[date, list[Test]] = {}
    for contact in listed:
        for test in _tests(contact, editions, ill):
            found.setdefault(test.on, []).append(test)
    yield from sorted(found.items())  # an HbA1c may be of an earlier day than its visit


def speaks(contact: Contact, editions: Editions) -> bool:
    """Is one of its tests abnormal? Asked of every contact, so nothing is built for it."""
    fpg, hba1c, ogtt = contact.fpg, contact.hba1c, contact.ogtt_2h
    random, meal = contact.random_glucose, contact.ppg_2h
    if fpg is None and hba1c is None and random is None and meal is None and ogtt is None:
        return False
    protocol = editions.on(contact.on)
    if fpg is not None and fpg >= _limit("fpg", protocol):
        return True
    other = ((random, RANDOM), (meal, RANDOM), (ogtt, "ogtt_2h"))
    if any(value is not None and value >= _limit(kind, protocol) for value, kind in other):
        return True
    return hba1c is not None and hba1c >= _limit("hba1c", editions.on(contact.hba1c_on or contact.on))


def symptomatic(contact: Contact, protocol: Protocol) -> bool:
    """Typical symptoms of diabetes were reported."""
    if not contact.symptoms:
        return False
    rules = protocol.screening.dm_symptoms
    return len(set(contact.symptoms.split(";")) & set(rules.typical)) >= rules.needed


def between(contact: Contact, protocol: Protocol) -> list[str]:
    """Columns whose value is above normal and below diabetes (IFG, IGT, HbA1c)."""
    rules, limits = protocol.screening.prediabetes, protocol.screening
    ranges = (
        ("fpg", contact.fpg, rules.fpg_from, limits.dm.fpg_at_or_above),
        ("ogtt_2h", contact.ogtt_2h, rules.ogtt_2h_from, limits.dm_tests.ogtt_2h_at_or_above),
        ("hba1c", contact.hba1c, rules.hba1c_from, limits.dm_tests.hba1c_at_or_above),
    )
    return [kind for kind, value, low, high in ranges if value is not None and low <= value < high]


def remarks(contact: Contact, protocol: Protocol) -> list[str]:
    """What one contact's tests call for beside a suspicion."""
    rules, lines = protocol.screening, []
    other = [value for value in (contact.random_glucose, contact.ppg_2h) if value is not None]
    if other and max(other) >= rules.dm_tests.random_at_or_above and not symptomatic(contact, protocol):
        lines.append("dm.random_not_counted")
    if between(contact, protocol):
        lines.append("dm.prediabetes")
    untested = contact.hba1c is None and contact.ogtt_2h is None
    if contact.fpg is not None and untested and rules.further_test.fpg_at_or_above <= contact.fpg < rules.dm.fpg_at_or_above:
        lines.append("dm.further_test")
    return lines


def _tests(contact: Contact, editions: Editions, ill: set[date]) -> Iterator[Test]:
    protocol, sick = editions.on(contact.on), contact.on in ill
    venous = contact.glucose_sample == "venous"
    for kind, value, by_vein in (
        ("fpg", contact.fpg, venous),
        ("ogtt_2h", contact.ogtt_2h, True),
        (RANDOM, contact.random_glucose, venous),
        (RANDOM, contact.ppg_2h, venous),
    ):
        if value is not None:
            yield Test(contact.on, kind, value >= _limit(kind, protocol), by_vein, sick, contact)
    if contact.hba1c is not None:
        on = contact.hba1c_on or contact.on
        abnormal = contact.hba1c >= _limit("hba1c", editions.on(on))
        yield Test(on, "hba1c", abnormal, True, sick or on in ill, contact)


def _limit(kind: str, protocol: Protocol) -> float:
    rules = protocol.screening
    if kind == "fpg":
        return rules.dm.fpg_at_or_above
    if kind == "hba1c":
        return rules.dm_tests.hba1c_at_or_above
    return rules.dm_tests.ogtt_2h_at_or_above if kind == "ogtt_2h" else rules.dm_tests.random_at_or_above

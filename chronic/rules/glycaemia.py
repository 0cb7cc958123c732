"""Tests of glucose as a diagnosis of diabetes sees them (two-test rule), and what lies between normal and diabetes.

A post-meal value is a random one here: it counts only with typical symptoms. Two hours after a meal is no tolerance
test; that has a column of its own, which is only filled in when one was done.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from itertools import groupby
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
    """The tests of these contacts by the day they were taken."""
    listed = list(contacts)
    ill = {contact.on for contact in listed if symptomatic(contact, editions.on(contact.on))}
    tests = [test for contact in listed for test in _tests(contact, editions, ill)]
    tests.sort(key=lambda test: test.on)
    for on, group in groupby(tests, key=lambda test: test.on):
        yield on, list(group)


def symptomatic(contact: Contact, protocol: Protocol) -> bool:
    """Typical symptoms of diabetes were reported."""
    rules = protocol.screening.dm_symptoms
    return len(set((contact.symptoms or "").split(";")) & set(rules.typical)) >= rules.needed


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
    venous = contact.glucose_sample == "venous"
    taken = (
        (contact.on, "fpg", contact.fpg, venous),
        (contact.on, "ogtt_2h", contact.ogtt_2h, True),
        (contact.hba1c_on or contact.on, "hba1c", contact.hba1c, True),
        (contact.on, RANDOM, contact.random_glucose, venous),
        (contact.on, RANDOM, contact.ppg_2h, venous),
    )
    for on, kind, value, by_vein in taken:
        if value is not None:
            abnormal = value >= _limit(kind, editions.on(on))
            yield Test(on, kind, abnormal, by_vein, contact.on in ill or on in ill, contact)


def _limit(kind: str, protocol: Protocol) -> float:
    rules = protocol.screening
    if kind == "fpg":
        return rules.dm.fpg_at_or_above
    return {
        "ogtt_2h": rules.dm_tests.ogtt_2h_at_or_above,
        "hba1c": rules.dm_tests.hba1c_at_or_above,
        RANDOM: rules.dm_tests.random_at_or_above,
    }[kind]

"""A guideline file is taken whole or refused with the address of the key that is wrong."""

import re
from collections.abc import Iterator
from datetime import date
from importlib import resources
from typing import Any

import pytest

from chronic.errors import ValueRefused
from chronic.protocol import DEFAULT, BpLimit, Cite, Editions, Interval, Protocol, load, parse
from chronic.protocol.sections import Section

SHIPPED = sorted(
    entry.name.removesuffix(".toml")
    for entry in (resources.files("chronic") / "protocols").iterdir()
    if entry.name.endswith(".toml")
)
TEXT = (resources.files("chronic") / "protocols" / f"{DEFAULT}.toml").read_text(encoding="utf-8")
MARKS = {"A", "B", "UNVERIFIED", "UNVERIFIED-H", "UNVERIFIED-M", "DERIVED", "PROPOSED"}


def refused(text: str) -> dict[str, Any]:
    """The code and values of the refusal of this text."""
    with pytest.raises(ValueRefused) as caught:
        parse(text)
    return {"code": caught.value.code, **caught.value.values}


def changed(old: str, new: str) -> str:
    """The shipped file with one place changed."""
    assert TEXT.count(old) == 1, old
    return TEXT.replace(old, new)


def sections(shape: type, address: str = "") -> Iterator[tuple[str, type]]:
    """Address and shape of every section that holds values of its own."""
    for name, kind in shape.__annotations__.items():
        if is_section(kind):
            if not all(map(is_section, kind.__annotations__.values())):
                yield f"{address}{name}", kind
            yield from sections(kind, f"{address}{name}.")


def is_section(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, Section)


def cited(section: Any) -> Iterator[str]:
    for name, value in section.__dict__.items():
        if name == "cite":
            yield value
        elif isinstance(value, Section):
            yield from cited(value)


# a pair of limits -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sbp", "dbp", "kept"),
    [(139, 89, True), (140, 89, False), (139, 90, False), (141, 91, False), (140, None, False), (None, 90, False),
     (139, None, None), (None, 89, None), (None, None, None)],
)  # fmt: skip
def test_one_pressure_reaches_a_limit_and_both_keep_it(sbp: int | None, dbp: int | None, kept: bool | None) -> None:
    assert BpLimit(140, 90).kept(sbp, dbp) is kept
    assert BpLimit(140, 90).reached(sbp, dbp) is (kept is False)


# the shipped files ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_guideline_is_called_as_its_file_is(name: str) -> None:
    assert load(name).id == name


@pytest.mark.parametrize("name", SHIPPED)
def test_every_citation_is_used(name: str) -> None:
    protocol = load(name)
    assert set(protocol.cites) == set(cited(protocol))


@pytest.mark.parametrize("name", SHIPPED)
def test_every_mark_is_known_and_every_sentence_is_there_in_both_languages(name: str) -> None:
    for key, cite in load(name).cites.items():
        assert cite.mark in MARKS, key
        assert cite.source.strip(), key
        assert re.search(r"[\u4e00-\u9fff]", cite.zh), key
        assert cite.en.strip(), key
        assert not re.search(r"[\u4e00-\u9fff]", cite.en), key


@pytest.mark.parametrize("name", SHIPPED)
def test_a_sentence_that_is_not_verified_says_so(name: str) -> None:
    for key, cite in load(name).cites.items():
        assert cite.unverified == ("UNVERIFIED" in cite.mark), key
        assert not cite.unverified or ("未核实" in cite.zh and "unverified" in cite.en), key


def test_every_section_that_holds_a_value_names_its_citation() -> None:
    found = dict(sections(Protocol))
    assert {"htn.target", "dm.target", "danger.contact", "alert.pulse", "screening.htn"} <= set(found)
    assert [address for address, shape in found.items() if "cite" not in shape.__annotations__] == []


def test_the_shipped_numbers_are_those_of_the_rule_book() -> None:
    protocol = load(DEFAULT)
    assert protocol.effective_from == date(2017, 2, 28)
    assert (protocol.htn.target.adult, protocol.htn.target.older, protocol.htn.target.older_from) == (
        (140, 90),
        (150, 90),
        65,
    )
    assert protocol.dm.target.fpg_below == 7.0
    assert protocol.danger.bp.at_or_above == (180, 110)
    assert (protocol.danger.glucose.at_or_above, protocol.danger.glucose.at_or_below) == (16.7, 3.9)
    assert (protocol.alert.bp.below, protocol.alert.pulse.below, protocol.alert.pulse.above) == ((90, 50), 50, 110)
    for branches in (protocol.htn.followup, protocol.dm.followup):
        assert (branches.controlled, branches.uncontrolled) == (Interval(3, 0), Interval(0, 14))
    assert protocol.htn.referral.in_a_row == protocol.dm.referral.in_a_row == 2
    assert (protocol.screening.htn.at_or_above, protocol.screening.htn.days) == ((140, 90), 3)
    assert (protocol.screening.dm.fpg_at_or_above, protocol.screening.dm.days) == (7.0, 2)


def test_a_guideline_that_is_not_shipped_is_refused_by_name() -> None:
    with pytest.raises(ValueRefused) as caught:
        load("cn-nbphs-1999")
    assert (caught.value.code, caught.value.values) == ("protocol.unknown", {"protocol": "cn-nbphs-1999"})


# what is refused, and where ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ("older_from = 65", "older_from = 65\nyounger_from = 18", "htn.target.younger_from"),
        ("older_from = 65", "older_form = 65", "htn.target.older_form"),
        ('id = "cn-nbphs-2017"', 'id = "cn-nbphs-2017"\nauthor = "x"', "author"),
        ("[alert.pulse]", "[alert.breath]\nbelow = 8\n\n[alert.pulse]", "alert.breath"),
        ("[cites.alert-bp]", '[cites.alert-bp]\npage = "7"', "cites.alert-bp.page"),
        ('title = { zh = "国', 'title = { fr = "x", zh = "国', "title.fr"),
    ],
)
def test_an_unknown_key_is_refused_with_its_address(old: str, new: str, key: str) -> None:
    assert refused(changed(old, new)) == {"code": "protocol.key", "key": key, "problem": "unknown"}


@pytest.mark.parametrize(
    ("line", "key"),
    [
        ("older_from = 65\n", "htn.target.older_from"),
        ("effective_from = 2017-02-28\n", "effective_from"),
        ("at_or_below = 3.9\n", "danger.glucose.at_or_below"),
        ('cite = "alert-pulse"\n', "alert.pulse.cite"),
        ('[contact.not_assessed]\ncite = "not-assessed"\nwithin = "14 days"\n', "contact"),
        ('[danger.contact]\ncite = "danger-contact"\nwithin = "14 days"\n', "danger.contact"),
    ],
)
def test_a_missing_key_or_section_is_refused_with_its_address(line: str, key: str) -> None:
    assert refused(changed(line, "")) == {"code": "protocol.key", "key": key, "problem": "missing"}


def test_the_first_of_several_wrong_keys_is_told_and_an_unknown_one_first() -> None:
    assert refused(changed("older_from = 65", "old_from = 65"))["key"] == "htn.target.old_from"


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ('adult = "140/90"', "adult = 140", "htn.target.adult"),
        ('adult = "140/90"', 'adult = "140"', "htn.target.adult"),
        ('adult = "140/90"', 'adult = "140/90/60"', "htn.target.adult"),
        ('adult = "140/90"', 'adult = "high/low"', "htn.target.adult"),
        ("older_from = 65", 'older_from = "65"', "htn.target.older_from"),
        ("older_from = 65", "older_from = 65.5", "htn.target.older_from"),
        ("older_from = 65", "older_from = true", "htn.target.older_from"),
        ("fpg_below = 7.0", 'fpg_below = "7.0"', "dm.target.fpg_below"),
        ("fpg_below = 7.0", "fpg_below = true", "dm.target.fpg_below"),
        ("fpg_below = 7.0", "fpg_below = nan", "dm.target.fpg_below"),
        ("fpg_below = 7.0", "fpg_below = inf", "dm.target.fpg_below"),
        ('seen = "3 months"', 'seen = "3 years"', "lipid.followup.seen"),
        ('seen = "3 months"', 'seen = "three months"', "lipid.followup.seen"),
        ('seen = "3 months"', 'seen = "3"', "lipid.followup.seen"),
        ('seen = "3 months"', "seen = 90", "lipid.followup.seen"),
        ("effective_from = 2017-02-28", 'effective_from = "2017-02-28"', "effective_from"),
        ("effective_from = 2017-02-28", "effective_from = 2017-02-28T00:00:00", "effective_from"),
        ('id = "cn-nbphs-2017"', "id = 2017", "id"),
        ('ask_when = ["breathlessness"]', 'ask_when = "breathlessness"', "danger.signs.ask_when"),
        ('ask_when = ["breathlessness"]', "ask_when = [5]", "danger.signs.ask_when"),
        ('cite = "alert-pulse"', "cite = 3", "alert.pulse.cite"),
    ],
)
def test_a_value_of_the_wrong_kind_is_refused_with_its_address(old: str, new: str, key: str) -> None:
    told = refused(changed(old, new))
    assert (told["code"], told["key"]) == ("protocol.key", key)


def test_a_whole_number_is_a_limit_in_mmol_too() -> None:
    assert parse(changed("fpg_below = 7.0", "fpg_below = 7")).dm.target.fpg_below == 7.0


def test_a_value_where_a_section_belongs_is_refused_with_its_address() -> None:
    text = changed('[contact.not_assessed]\ncite = "not-assessed"\nwithin = "14 days"\n', "[contact]\nnot_assessed = 14\n")
    assert refused(text) == {"code": "protocol.key", "key": "contact.not_assessed", "problem": "table"}


def test_a_citation_that_names_no_sentence_is_refused_with_its_address() -> None:
    text = changed('cite = "alert-pulse"', 'cite = "alert-puls"')
    assert refused(text) == {"code": "protocol.key", "key": "alert.pulse.cite = alert-puls", "problem": "cite"}


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("id = ", "at end of document"),
        ("[htn\n", "at line 1, column 5"),
        ('id = "x"\nid = "y"\n', "at line 2"),
        ("title = 1\n适用 = 1\n", "at line 2, column 1"),
    ],
)
def test_what_is_no_toml_is_refused_with_the_place(text: str, place: str) -> None:
    told = refused(text)
    assert told["code"] == "protocol.key"
    assert place in told["problem"]


def test_an_empty_file_is_refused() -> None:
    assert refused("")["problem"] == "missing"


# the small shapes -------------------------------------------------------------------------------------


def test_an_interval_ends_on_its_last_day() -> None:
    assert Interval.read("14 days").after(date(2026, 1, 31)) == date(2026, 2, 14)
    assert Interval.read("3 months").after(date(2025, 11, 30)) == date(2026, 2, 28)


def test_a_limit_reads_as_it_is_written() -> None:
    assert str(BpLimit.read("140/90")) == "140/90"


def test_only_an_unverified_mark_is_unverified() -> None:
    marked = {mark for mark in MARKS if Cite("source", mark, "zh", "en").unverified}
    assert marked == {"UNVERIFIED", "UNVERIFIED-H", "UNVERIFIED-M"}


# editions in force ------------------------------------------------------------------------------------


def test_an_edition_judges_from_its_own_day_on() -> None:
    old, new = load(DEFAULT), load(DEFAULT).but(id="new")
    editions = Editions([(date(2026, 7, 1), new), (date(2020, 1, 1), old)])
    assert editions.on(date(2026, 6, 30)) is old
    assert editions.on(date(2026, 7, 1)) is new
    assert editions.on(date(2030, 1, 1)) is new


def test_before_the_first_edition_the_first_judges() -> None:
    only = load(DEFAULT)
    assert Editions([(date(2020, 1, 1), only)]).on(date(1999, 1, 1)) is only


def test_the_days_of_the_editions_follow_one_another() -> None:
    old, new = load(DEFAULT), load(DEFAULT).but(id="new")
    editions = Editions([(date(2020, 1, 1), old), (date(2026, 7, 1), new), (date(2027, 1, 1), new), (date(2028, 1, 1), old)])
    assert list(editions.spans(date(2019, 1, 1), date(2028, 1, 1))) == [
        (old, date(2019, 1, 1), date(2026, 6, 30)),
        (new, date(2026, 7, 1), date(2027, 12, 31)),
        (old, date(2028, 1, 1), date(2028, 1, 1)),
    ]
    assert list(editions.spans(date(2026, 8, 1), date(2026, 8, 1))) == [(new, date(2026, 8, 1), date(2026, 8, 1))]


def test_a_stored_verdict_finds_the_edition_it_names() -> None:
    old, new = load(DEFAULT), load(DEFAULT).but(id="new")
    editions = Editions([(date(2020, 1, 1), new)])
    assert editions.named("new") is new
    assert editions.named(DEFAULT) is old

"""What names of medicines mean, until when supplies last, and what is asked of the prescriber."""

from datetime import date, timedelta
from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chronic.errors import ValueRefused
from chronic.model.medicine import Entry, names_in
from chronic.protocol import DEFAULT, load, parse
from chronic.protocol.medicines import Medicines
from chronic.rules import drugs
from chronic.rules.medicines import Measured, courses, flags, taken

BOOK = Medicines.of(load(DEFAULT))
TODAY = date(2026, 11, 21)
KEY = partial(drugs.key, book=BOOK)


def given_on(day: int, days: int, name: str = "氨氯地平", uid: str = "") -> Entry:
    """A supply so many days after the beginning of November."""
    return Entry("supply", name, date(2026, 11, 1) + timedelta(days=day), days, uid=uid)


def stopped_on(day: int, name: str = "氨氯地平") -> Entry:
    return Entry("stop", name, date(2026, 11, 1) + timedelta(days=day))


# names ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "substances"),
    [
        ("氨氯地平", "amlodipine"),
        ("苯磺酸氨氯地平片", "amlodipine"),
        ("苯磺酸氨氯地平片 5mg", "amlodipine"),
        ("氨氯地平片(络活喜) 5 mg*28片", "amlodipine"),
        ("络活喜", "amlodipine"),
        ("Amlodipine Besylate Tablets", "amlodipine"),
        ("苯磺酸左旋氨氯地平片2.5mg", "levamlodipine"),
        ("马来酸依那普利片", "enalapril"),
        ("硝苯地平控释片(拜新同)", "nifedipine"),
        ("盐酸二甲双胍缓释片0.5g", "metformin"),
        ("酒石酸美托洛尔片", "metoprolol"),
        ("琥珀酸美托洛尔缓释片", "metoprolol"),
        ("氯沙坦钾片", "losartan"),
        ("奥美沙坦酯", "olmesartan"),
        ("精蛋白锌胰岛素", "insulin"),
        ("门冬胰岛素30注射液", "insulin_aspart"),
        ("HCTZ", "hydrochlorothiazide"),
        # fixed combinations whose name says what is in them
        ("厄贝沙坦氢氯噻嗪片", "irbesartan hydrochlorothiazide"),
        ("氨氯地平贝那普利", "benazepril amlodipine"),
        ("缬沙坦氨氯地平片(I)", "valsartan amlodipine"),
        ("沙库巴曲缬沙坦钠片", "valsartan sacubitril"),
        ("氯沙坦钾氢氯噻嗪片", "losartan hydrochlorothiazide"),
        ("培哚普利叔丁胺片", "perindopril"),
        ("马来酸依那普利叶酸片", "enalapril folic_acid"),
        ("西格列汀二甲双胍片", "metformin sitagliptin"),
        ("吡格列酮二甲双胍片", "metformin pioglitazone"),
        ("amlodipine/benazepril", "benazepril amlodipine"),
        # and those whose name does not
        ("复方利血平片", "hydrochlorothiazide reserpine dihydralazine"),
        ("北京降压0号", "hydrochlorothiazide triamterene reserpine dihydralazine"),
        ("复方利血平氨苯蝶啶片", "hydrochlorothiazide triamterene reserpine dihydralazine"),
        ("消渴丸", "glibenclamide"),
        ("诺欣妥", "valsartan sacubitril"),
    ],
)
def test_a_name_is_its_substances_however_it_is_written(written: str, substances: str) -> None:
    known = drugs.meaning(written, BOOK)
    assert known is not None
    assert list(known.drugs) == substances.split()


@pytest.mark.parametrize(
    "written",
    ["丹参片", "氨氯地平复合物", "新地平", "复方氨氯地平", "降压药", "片", "盐酸", "5mg", "", "普利", "地平片", "x"],
)
def test_a_name_of_which_anything_is_left_over_is_not_known(written: str) -> None:
    assert drugs.meaning(written, BOOK) is None


def test_two_unknown_names_are_one_medicine_only_when_they_are_written_alike() -> None:
    assert KEY("丹参 片") == KEY("丹参片")
    assert KEY("丹参片") != KEY("丹参滴丸")
    assert KEY("苯磺酸氨氯地平片") == KEY("络活喜") != KEY("左旋氨氯地平")


def test_every_name_of_the_book_means_what_it_stands_under() -> None:
    for code, drug in BOOK.drugs.items():
        for name in drug.names:
            known = drugs.meaning(name, BOOK)
            assert known is not None, name
            assert known.drugs == (code,), name
    for mixed in BOOK.combinations.values():
        for name in mixed.names:
            known = drugs.meaning(name, BOOK)
            assert known is not None, name
            assert set(known.drugs) == set(mixed.holds), name


@settings(deadline=None)
@given(st.text(max_size=30))
def test_no_text_makes_the_reader_of_names_fail(text: str) -> None:
    known = drugs.meaning(text, BOOK)
    assert known is None or known.drugs


def test_a_list_of_a_visit_is_read_by_its_names() -> None:
    assert names_in("氨氯地平片, 1, 5, mg; 二甲双胍片, 2, 0.5, g; 阿司匹林") == ["氨氯地平片", "二甲双胍片", "阿司匹林"]


COUNTY = """
id = "xx-county-2026"
base = "cn-nbphs-2017"
effective_from = 2026-01-01
title = { zh = "某县2026", en = "Some county 2026" }

[medicines.drugs.county_pill]
cite = "county"
of = "%s"
names = ["县药一号"]

[medicines.kidney]
cite = "county"
egfr_below = 30

[cites.county]
source = "XX county 2026"
mark = "A"
zh = "本县规定"
en = "The county's rule"
"""


def test_a_county_adds_a_name_and_moves_a_limit() -> None:
    book = Medicines.of(parse(COUNTY % "arb"))
    known = drugs.meaning("县药一号片", book)
    assert known is not None
    assert known.drugs == ("county_pill",)
    assert flags(["县药一号", "依那普利"], None, TODAY, book)[0].code == "together"
    assert flags(["二甲双胍"], Measured(40, TODAY), TODAY, book) == []


def test_a_class_that_is_none_is_refused_with_its_address() -> None:
    with pytest.raises(ValueRefused) as caught:
        Medicines.of(parse(COUNTY % "sartans"))
    assert caught.value.values == {"key": "medicines.drugs.county_pill.of", "problem": "sartans"}


# until when -----------------------------------------------------------------------------------------


def test_a_supply_lasts_its_days_and_runs_out_on_the_next() -> None:
    (course,) = courses([given_on(0, 30)], KEY)
    assert course.run_out_on == date(2026, 12, 1)


@pytest.mark.parametrize(
    ("again", "run_out"),
    [
        (29, "2026-12-31"),  # the day before: one day is carried over
        (30, "2026-12-31"),  # on the day
        (31, "2027-01-01"),  # the day after: a day without
        (0, "2026-12-31"),  # two supplies on one day both count
        (10, "2026-12-31"),
    ],
)
def test_what_is_left_is_carried_over(again: int, run_out: str) -> None:
    (course,) = courses([given_on(0, 30), given_on(again, 30, "苯磺酸氨氯地平片", "2")], KEY)
    assert course.run_out_on.isoformat() == run_out
    assert course.name == "苯磺酸氨氯地平片"
    assert course.since_on == date(2026, 11, 1)


def test_a_supply_entered_late_counts_from_its_own_day() -> None:
    supplies = [given_on(0, 30), given_on(20, 10), given_on(50, 5)]
    assert courses(supplies, KEY) == courses(reversed(supplies), KEY)


def test_a_stop_ends_a_medicine_and_what_is_left_is_not_counted_again() -> None:
    assert courses([given_on(0, 30), stopped_on(10, "络活喜")], KEY) == []
    assert courses([given_on(0, 30), stopped_on(0)], KEY) == []  # on one day the supply comes first
    (course,) = courses([given_on(0, 30), stopped_on(10), given_on(20, 7)], KEY)
    assert (course.since_on, course.run_out_on) == (date(2026, 11, 21), date(2026, 11, 28))


def test_each_medicine_has_its_own_day_and_the_first_to_run_out_comes_first() -> None:
    found = courses([given_on(0, 30), given_on(0, 14, "二甲双胍"), given_on(3, 20, "缬沙坦氨氯地平")], KEY)
    assert [course.name for course in found] == ["二甲双胍", "缬沙坦氨氯地平", "氨氯地平"]


entries = st.lists(
    st.one_of(
        st.builds(given_on, st.integers(0, 60), st.integers(1, 40), st.sampled_from(["氨氯地平", "络活喜", "二甲双胍"])),
        st.builds(stopped_on, st.integers(0, 60), st.sampled_from(["氨氯地平片", "二甲双胍"])),
    ),
    max_size=12,
)


@settings(max_examples=400, deadline=None)
@given(entries)
def test_the_run_out_is_that_of_counting_tablets_day_by_day(history: list[Entry]) -> None:
    """Someone who takes one a day from the box: on which day is there none?"""
    counted = {}
    for same in {KEY(entry.name) for entry in history}:
        mine = [entry for entry in history if KEY(entry.name) == same]
        left, taking, empty = 0, False, None
        for number in range(60 + 12 * 40 + 2):
            today = date(2026, 11, 1) + timedelta(days=number)
            received = sum(entry.days or 0 for entry in mine if entry.on == today and entry.kind == "supply")
            left, taking = left + received, taking or received > 0
            if any(entry.on == today and entry.kind == "stop" for entry in mine):
                left, taking = 0, False
            if taking and received:
                empty = None
            if taking and left == 0 and empty is None:
                empty = today
            left = max(0, left - 1)
            if not taking:
                empty = None
        if taking:
            counted[same] = empty
    assert {course.key: course.run_out_on for course in courses(history, KEY)} == counted


# what is taken --------------------------------------------------------------------------------------


def test_a_list_speaks_until_the_next_one_and_a_supply_until_it_is_stopped() -> None:
    lists = [(date(2026, 6, 1), "依那普利, 2, 10, mg; 二甲双胍, 2, 0.5, g"), (date(2026, 9, 1), "二甲双胍, 2, 0.5, g")]
    found, latest = taken([given_on(0, 30)], lists, KEY)
    assert latest == date(2026, 9, 1)
    assert [(one.names, one.since_on, one.left_out_on) for one in found] == [
        (("氨氯地平",), date(2026, 11, 1), None),
        (("二甲双胍",), date(2026, 6, 1), None),
    ]
    (supplied, _), _ = taken([given_on(0, 30)], [*lists, (date(2026, 11, 2), "二甲双胍")], KEY)
    assert supplied.left_out_on == date(2026, 11, 2)


@pytest.mark.parametrize(("list_on", "names"), [(9, []), (10, []), (11, ["氨氯地平"])])
def test_a_stop_outweighs_a_list_of_its_day_but_not_a_later_one(list_on: int, names: list[str]) -> None:
    found, _ = taken([stopped_on(10)], [(date(2026, 11, 1) + timedelta(days=list_on), "氨氯地平, 1, 5, mg")], KEY)
    assert [name for one in found for name in one.names] == names


def test_of_several_stops_the_latest_outweighs_the_lists_before_it() -> None:
    for stops in ([stopped_on(2), stopped_on(10)], [stopped_on(10), stopped_on(2)]):
        assert taken(stops, [(date(2026, 11, 8), "氨氯地平")], KEY)[0] == []


def test_a_supply_and_the_lists_together_tell_since_when_and_until_when_it_was_known_of() -> None:
    lists = [(date(2026, 9, 1), "氨氯地平")]
    (one,), _ = taken([given_on(0, 30)], lists, KEY)
    assert (one.names, one.since_on, one.last_on) == (("氨氯地平",), date(2026, 9, 1), date(2026, 11, 1))
    (one,), _ = taken([given_on(0, 30)], [(date(2026, 11, 9), "络活喜")], KEY)
    assert (one.names, one.since_on, one.last_on) == (("络活喜",), date(2026, 11, 1), date(2026, 11, 9))
    (one,), _ = taken([given_on(0, 30)], [], KEY)
    assert (one.since_on, one.last_on, one.left_out_on) == (date(2026, 11, 1), date(2026, 11, 1), None)
    (one,), _ = taken([given_on(0, 30)], [(date(2026, 11, 1), "")], KEY)
    assert (one.last_on, one.left_out_on) == (date(2026, 11, 1), None)  # a list of its day leaves nothing out
    (one,), _ = taken([given_on(0, 30)], [(date(2026, 11, 9), "")], KEY)
    assert (one.last_on, one.left_out_on) == (date(2026, 11, 1), date(2026, 11, 9))


def test_a_question_that_cannot_be_answered_says_so() -> None:
    names = ["二甲双胍"]
    old, low = Measured(80, date(2025, 1, 1)), Measured(30, date(2026, 11, 1))
    found = [flag for egfr in (None, old, low) for flag in flags(names, egfr, TODAY, BOOK)]
    assert [(flag.code, flag.unknown) for flag in found] == [("egfr_none", True), ("egfr_old", True), ("egfr_low", False)]


# questions ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("names", "asked"),
    [
        (["氨氯地平", "硝苯地平缓释片"], [("twice", ("dhp_ccb",))]),
        (["氨氯地平", "氨氯地平贝那普利"], [("twice", ("dhp_ccb",))]),
        (["络活喜", "苯磺酸氨氯地平片"], [("twice", ("dhp_ccb",))]),
        (["消渴丸", "格列美脲"], [("twice", ("sulfonylurea",))]),
        (["北京降压0号", "吲达帕胺"], [("twice", ("thiazide",))]),
        (["依那普利", "缬沙坦"], [("together", ("acei", "arb"))]),
        (["氨氯地平贝那普利", "厄贝沙坦氢氯噻嗪"], [("together", ("acei", "arb"))]),
        (["沙库巴曲缬沙坦", "依那普利"], [("together", ("acei", "arb"))]),
        (["依那普利", "贝那普利", "缬沙坦"], [("twice", ("acei",)), ("together", ("acei", "arb"))]),
        (["甘精胰岛素", "门冬胰岛素"], []),  # a basal and a meal insulin are usual
        (["阿司匹林", "氯吡格雷"], []),
        (["沙库巴曲缬沙坦"], []),
        (["氨氯地平", "缬沙坦", "氢氯噻嗪", "美托洛尔", "阿托伐他汀"], []),
        (["丹参片", "丹参片2"], []),
        ([], []),
    ],
)
def test_what_is_asked_of_the_prescriber(names: list[str], asked: list[tuple[str, tuple[str, ...]]]) -> None:
    assert [(flag.code, flag.classes) for flag in flags(names, None, TODAY, BOOK)] == asked


def ago(days: int) -> date:
    return TODAY - timedelta(days=days)


@pytest.mark.parametrize(
    ("egfr", "code"),
    [
        (None, "egfr_none"),
        (Measured(44.9, ago(0)), "egfr_low"),
        (Measured(45, ago(0)), None),
        (Measured(45.1, ago(0)), None),
        (Measured(90, date(2025, 11, 22)), None),  # within twelve months
        (Measured(90, date(2025, 11, 21)), None),  # their last day
        (Measured(90, date(2025, 11, 20)), "egfr_old"),
        (Measured(30, date(2020, 1, 1)), "egfr_low"),  # a low value does not become sound by waiting
    ],
)
def test_metformin_and_the_kidneys(egfr: Measured | None, code: str | None) -> None:
    assert [flag.code for flag in flags(["二甲双胍片"], egfr, TODAY, BOOK)] == ([] if code is None else [code])
    assert [flag.code for flag in flags(["西格列汀二甲双胍"], egfr, TODAY, BOOK)] == ([] if code is None else [code])
    assert flags(["格列美脲"], egfr, TODAY, BOOK) == []

"""The filter --tag: the same people in every list, by code, by Chinese name, by household and by age."""

import contextlib
from datetime import date

import pytest

from chronic.model.tags import TAGS, age_in, code_of, spellings
from chronic.reports import residents, tagged
from chronic.store import registry
from tests.runner import Chronic

LISTS = [
    ["overdue"], ["overdue", "--programme", "htn"], ["overdue", "--kind", "all", "--order", "route"],
    ["due", "--within", "400d", "--kind", "checkup"], ["person", "list"], ["checkup", "due", "--within", "400d"],
    ["screen", "due"], ["screen", "at-risk"], ["contract", "list", "--none"], ["test", "due"], ["export", "overdue"],
]  # fmt: skip
"""All of them list everybody here."""


@pytest.fixture
def village(chronic: Chronic) -> Chronic:
    """1 lives alone; 2 lives alone and is bedridden; 3 is in a tagged household; 4 has nothing. Late, of 50 or more."""
    born = ["1961-11-21", "1961-11-22", "1950-01-01", "1970-01-01"]
    for number, name in enumerate("一二三四", 1):
        chronic.person(name, "--village", "下各村", "--household-no", str(number), "--birth-date", born[number - 1],
                       "--htn-enrolled-on", "2026-01-01")  # fmt: skip
    chronic.ok("person", "tag", 1, "+独居", "+党员")
    chronic.ok("person", "tag", 2, "+alone", "+卧床")
    chronic.ok("household", "tag", 3, "+监测户")
    return chronic


@pytest.mark.parametrize("args", LISTS, ids=" ".join)
@pytest.mark.parametrize(
    ("tags", "found"),
    [
        (["独居"], {1, 2}),
        (["alone"], {1, 2}),
        (["独居老人", "bedridden"], {2}),
        (["低收入监测户"], {3}),
        (["monitored", "独居"], set()),
        (["党员"], {1}),
        (["65+"], {1, 3}),  # 65 today counts, 65 tomorrow does not
        (["65岁及以上", "alone"], {1}),
        (["残疾"], set()),
    ],
    ids=str,
)
def test_every_list_takes_tags_and_lists_who_has_them_all(
    village: Chronic, args: list[str], tags: list[str], found: set[int]
) -> None:
    if args[0] == "screen":  # only people outside a programme, or everybody with a factor
        village.ok("person", "show", 1)
    assert set(village.ids(*args)) == {1, 2, 3, 4}
    assert set(village.ids(*args, *(word for tag in tags for word in ("--tag", tag)))) == found


def test_rechecks_and_abnormal_results_take_tags_too(village: Chronic) -> None:
    for name, tag in (("五", "独居"), ("六", "残疾")):
        id_ = village.person(name, "--birth-date", "1970-01-01", "--tags", tag)
        village.ok("screen", "add", id_, "--bp", "150/95")
        village.ok("checkup", "add", id_, "--ecg", "abnormal", "--on", "2026-11-01")
    assert village.ids("screen", "suspects", "--tag", "独居") == [5]
    assert set(village.ids("checkup", "due", "--abnormal", "--tag", "残疾")) == {6}
    assert village.ids("screen", "risk", "--list", "low", "--tag", "残疾") == []


def test_a_word_nobody_has_is_a_slip_and_a_known_tag_may_be_empty(village: Chronic) -> None:
    run = village("overdue", "--tag", "独局")
    assert (run.code, run.last) == (2, "Nobody has the tag 独局.")
    assert village.ids("overdue", "--tag", "copd") == []


def test_a_tag_is_stored_by_its_code_and_shown_by_its_name(village: Chronic) -> None:
    assert village.sql("SELECT tag FROM person_tag WHERE person = 2 ORDER BY tag") == [("alone",), ("bedridden",)]
    assert "标签  独居; 卧床" in village.ok("person", "show", 2, lang="zh").out
    assert "Tags  lives alone; bedridden" in village.ok("person", "show", 2).out
    village.ok("person", "tag", 2, "-独居老人")
    assert village.sql("SELECT tag FROM person_tag WHERE person = 2") == [("bedridden",)]


def test_a_spelling_from_before_the_codes_is_found_and_taken_away(village: Chronic) -> None:
    with contextlib.closing(registry.connect(village.path)) as db:
        db.execute("INSERT INTO person_tag (person, tag) VALUES (4, '冠心病')")
    assert village.ids("person", "list", "--tag", "coronary") == [4]
    village.ok("person", "tag", 4, "-coronary")
    assert village.sql("SELECT tag FROM person_tag WHERE person = 4") == []


@pytest.mark.parametrize(
    ("args", "code"), [(["-残疾"], 21), (["+65+"], 2), (["独居"], 2), ([], 2), (["+a;b"], 2), (["+独居", "-残疾"], 21)]
)
def test_what_cannot_be_changes_nothing(village: Chronic, args: list[str], code: int) -> None:
    before = village.dump()
    assert village("person", "tag", 1, *args).code == code
    assert village.dump() == before


def test_every_name_of_a_tag_leads_to_its_code_alone() -> None:
    names = [name for code in TAGS for name in spellings(code)]
    assert len(names) == len(set(names))
    assert [code_of(name) for code in TAGS for name in spellings(code)] == [c for c in TAGS for _ in spellings(c)]
    assert (code_of("ALONE"), code_of("党员")) == ("alone", "党员")
    assert [age_in(text) for text in ("65+", "65+", "65岁以上", "80岁及以上", "六十五", "65")] == [
        65,
        65,
        65,
        80,
        None,
        None,
    ]


@pytest.mark.parametrize(
    ("born", "day", "there"),
    [
        ("1961-11-21", "2026-11-20", False),
        ("1961-11-21", "2026-11-21", True),
        ("1964-02-29", "2029-02-28", False),  # the birthday is 1 March in a common year
        ("1964-02-29", "2029-03-01", True),
        ("1963-03-01", "2028-02-29", False),
        ("1963-03-01", "2028-03-01", True),
    ],
)
def test_sixty_five_is_reached_on_the_birthday(chronic: Chronic, born: str, day: str, there: bool) -> None:
    chronic.person("王秀兰", "--birth-date", born)
    assert bool(chronic.ids("person", "list", "--tag", "65+", today=day)) == there


def test_a_list_of_residents_with_a_tag_still_walks_village_by_village(village: Chronic) -> None:
    with contextlib.closing(registry.connect(village.path)) as db:
        tags = tuple(tagged.wanted(db, text, date(2026, 11, 21)) for text in ("独居", "监测户", "65+"))
        sql, values = residents.query(residents.Among(tags=tags), "", "")
        steps = [step[3] for step in db.execute(f"EXPLAIN QUERY PLAN {sql}", values)]
        assert "person_village" in steps[0]
        assert [step for step in steps if step.startswith("SEARCH person_tag USING")]
        assert not [step for step in steps if "TEMP B-TREE" in step]

"""The sets as they are written: every name means something, and every text keeps to what all engines understand."""

import re
import shutil
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from chronic.errors import ValueRefused
from chronic.model.period import read_period
from chronic.model.place import Where
from chronic.protocol import DEFAULT, Editions, load, parse
from chronic.protocol.complications import Complications
from chronic.protocol.measures import Measures
from chronic.reports import indicators
from chronic.reports.indicators import Asked, matrix
from chronic.store import editions, registry, transactions
from tests.indicators_rows import Rows
from tests.runner import Chronic

FOLDER = Path(indicators.__file__).parent
TEXTS = sorted(FOLDER.glob("*.sql")) + sorted(FOLDER.glob("relations/*.sql"))
BOOK = indicators.book()
DISEASES = Complications.of(load(DEFAULT)).in_force.diseases
COUNTY = """
id = "xx-county-2026"
base = "cn-nbphs-2017"
effective_from = 2026-01-01
title = { zh = "某县2026", en = "Some county 2026" }

[measures.targets.standard_rate]
cite = "county"
percent = 75.0

[measures.targets.timely_rate]
cite = "county"
percent = 90.0
programmes = ["dm"]

[measures.population.all]
cite = "county"
people = 4000

[cites.county]
source = "XX county 2026"
mark = "A"
zh = "规范管理率75%, 成年人口4000"
en = "75 %, 4000 adults"
"""


@pytest.mark.parametrize("path", TEXTS, ids=[path.stem for path in TEXTS])
def test_a_text_is_portable(path: Path) -> None:
    text = path.read_text("utf-8")
    assert text.startswith("-- ")
    sql = re.sub("--.*", "", text)
    assert not re.search(
        r"\b(date|datetime|julianday|strftime|unixepoch|iif|ifnull|total|group_concat|glob)\s*\(", sql, re.I
    )
    assert not re.search(r"\b(max|min)\s*\([^()]*,", sql, re.I)  # two values: another function elsewhere
    assert len(re.findall("/", sql)) == sql.count(" % period.days_each) / period.days_each")  # nothing to cut off there
    if path.parent == FOLDER:
        assert re.search(r"ORDER BY n, person(, [\w, ]+)?\n$", sql)
        assert not re.search(r"\b\d{2,}\b", sql.replace("999", "").replace("0000000", "")), "a number that has no home"


@pytest.mark.parametrize("name", BOOK.figures)
def test_a_figure_counts_words_of_its_text(name: str) -> None:
    figure = BOOK.figures[name]
    text = indicators.text(figure.sql)
    words = {part for word in figure.counts for part in word.split(".")}
    if figure.sql == "screened":  # its words are the diseases of the matrix
        (word,) = figure.counts
        assert word.removesuffix("_done") in DISEASES
    else:
        assert [word for word in words if not re.search(rf"\b{word}\b", text)] == []
    assert BOOK.cite(figure).source
    assert ("uid" in text.rpartition("ORDER BY")[2]) == figure.events


@pytest.mark.parametrize("name", BOOK.indicators)
def test_an_indicator_divides_figures_that_can_be_asked_of_the_same_people(name: str) -> None:
    indicator = BOOK.indicators[name]
    assert BOOK.cite(indicator).source
    parts = [indicator.numerator, *([indicator.denominator] if indicator.denominator not in (None, "estimated") else [])]
    for part in parts:
        assert part is not None
        assert set(indicator.programmes) <= set(BOOK.figures[part].programmes)


def test_no_name_is_used_twice() -> None:
    for part in ("figures", "indicators"):
        names = [name for known_set in BOOK.sets.values() for name in getattr(known_set, part)]
        assert len(names) == len(set(names))


@pytest.mark.parametrize(
    ("preset", "period", "begun", "read"),
    [
        ("hearts-s", "2026Q3", (date(2026, 1, 1), date(2026, 3, 31)), (date(2026, 7, 1), date(2026, 9, 30))),
        ("hearts-s", "2026Q1", (date(2025, 7, 1), date(2025, 9, 30)), (date(2026, 1, 1), date(2026, 3, 31))),
        ("rtsl", "202609", (date(2026, 4, 1), date(2026, 6, 30)), (date(2026, 7, 1), date(2026, 9, 30))),
        ("dhis2-pkg", "2026Q3", (date(2026, 4, 1), date(2026, 6, 30)), (date(2026, 7, 1), date(2026, 9, 30))),
        ("ethiopia", "202609", (date(2026, 3, 1), date(2026, 3, 31)), (date(2026, 7, 1), date(2026, 9, 30))),
        ("ethiopia", "202602", (date(2025, 8, 1), date(2025, 8, 31)), (date(2025, 12, 1), date(2026, 2, 28))),
    ],
)
def test_the_dates_of_a_cohort(preset: str, period: str, begun: tuple[date, date], read: tuple[date, date]) -> None:
    assert indicators.windows(indicators.cohorts()[preset], read_period(period)) == (begun, read)


def test_the_classes_of_a_cohort_tell_every_outcome_apart() -> None:
    every = {f"{reading}.{state}" for reading in ("controlled", "uncontrolled", "no_reading", "no_visit")
             for state in ("here", "died", "moved", "ended")}  # fmt: skip
    for cohort in indicators.cohorts().values():
        words = [word for mine in cohort.classes.values() for word in mine]
        assert sorted(words) == sorted(every)
        assert cohort.names.keys() == cohort.classes.keys()


def test_a_target_is_the_county_s_where_it_has_one() -> None:
    shipped, county = load(DEFAULT), parse(COUNTY)
    for protocol, percent in ((shipped, 70.0), (county, 75.0)):
        found = indicators.target("standard_rate", "htn", protocol)
        assert found is not None
        assert found.percent == percent
    assert indicators.target("timely_rate", "dm", shipped) is None
    assert indicators.target("timely_rate", "htn", county) is None
    assert indicators.target("timely_rate", "dm", county) is not None
    assert all(name in BOOK.indicators for name in Measures.of(shipped).targets)


@pytest.mark.parametrize(
    "wrong",
    [
        '[measures.standard]\\ncite = "county"\\nanswered_within = "1 months"',
        '[measures.standard.required]\\ncite = "county"\\nhtn = ["pulse"]',
        '[measures.population.here]\\ncite = "county"\\npeople = 3',
        '[measures.prevalence.copd]\\ncite = "county"\\npercent = 3.0\\nfrom_age = 40',
    ],
)
def test_what_a_county_cannot_say_is_refused(wrong: str) -> None:
    with pytest.raises(ValueRefused):
        Measures.of(parse(f"{COUNTY}\\n{wrong.replace(chr(92) + 'n', chr(10))}"))


@pytest.fixture(scope="module")
def path(made_once: Chronic, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("estimates") / "registry.db"
    shutil.copy(made_once.path, path)
    with closing(registry.connect(path)) as db, transactions.immediate(db):
        rows = Rows(db, seed=1)
        for born in [None, date(2008, 12, 31), date(2009, 1, 1), date(1960, 1, 1)]:
            rows.put("person", name="王", sex="F", birth_date=born, village=rows.place)
    return path


def test_an_estimate_is_prevalence_by_the_adults_of_the_register(path: Path) -> None:
    """18 on the last day, unknown and older: three adults; a day too young: none."""
    with closing(registry.connect(path)) as db:
        period = read_period("2026")
        found = indicators.estimate(db, period, "htn", editions.read(db))
        assert found is not None
        assert (found.adults, found.people, found.from_register) == (3, 3 * 27.9 / 100, True)
        other = indicators.estimate(db, period, "htn", editions.read(db), asked=Asked(where=Where(())))
        assert other is not None
        assert other.adults == 0
        assert indicators.estimate(db, period, "lipid", editions.read(db)) is None


def test_an_estimate_takes_the_county_s_number_where_all_are_asked_for(path: Path) -> None:
    rules = Editions([(date(2017, 2, 28), load(DEFAULT)), (date(2026, 1, 1), parse(COUNTY))])
    with closing(registry.connect(path)) as db:

        def adults(name: str, asked: Asked) -> tuple[int, bool]:
            found = indicators.estimate(db, read_period(name), "dm", rules, asked=asked)
            assert found is not None
            return found.adults, found.from_register

        assert adults("2026", Asked()) == (4000, False)
        assert adults("2026", Asked(sex="F")) == (3, True)
        assert adults("2025", Asked()) == (2, True)  # the county had not said so yet, and one was 17


def test_who_needs_which_test_is_what_the_matrix_says() -> None:
    rows = matrix.relations([read_period("2026")], Editions([(date(2017, 2, 28), load(DEFAULT))]))
    needs = {tuple(row[2:8]): row[8] for row in rows["need"]}
    assert set(needs[0, 1, 0, 0, 0, 35].split()) == {"chd", "kidney", "eye", "nerve", "vessel"}  # diabetes, below 35
    assert set(needs[1, 0, 0, 0, 0, 35].split()) == {"kidney"}
    assert set(needs[1, 0, 0, 1, 0, 35].split()) == {"kidney", "vessel"}  # who smokes
    assert set(needs[1, 0, 0, 0, 50, 1000].split()) == {"chd", "stroke", "kidney", "vessel"}
    assert needs[0, 0, 0, 1, 50, 1000] == ""  # managed for nothing
    assert len(rows["era"]) == 1

"""People and visits go out as sheets and come into an empty registry, which then sends the same sheets, byte for byte."""

import shutil
import tempfile
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chronic.care import manage, record, register
from chronic.care.desk import Desk
from chronic.model.person import Person
from chronic.model.report import ENCODINGS, HEADERS
from chronic.model.visit import METER_HIGH, METER_LOW, Visit
from chronic.office import account, imports
from chronic.render.files import write_csv
from chronic.reports import exports
from tests.care.test_properties import TODAY, desk_at
from tests.office.registries import SOURCE, Act, acts, play
from tests.runner import Chronic
from tests.sheets import portrait

SHEETS = ("people", "visits")
MORE_THAN_THE_SHEETS = """
SELECT p.uid FROM person AS p WHERE p.id IN (SELECT person FROM visit WHERE kind = 'screening' AND ended_by IS NULL
  UNION SELECT person FROM referral_outcome UNION SELECT person FROM pause)"""
"""People whose verdicts and plans also come from what no sheet carries."""
EQUAL = ("person", "tag", "key", "verdict", "plan", "agenda")


class Look(NamedTuple):
    """How the files are written."""

    headers: str
    encoding: str


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty registry to copy."""
    path = tmp_path_factory.mktemp("empty") / "registry.db"
    desk_at(path, 0).db.close()
    return path


@given(acts(), st.builds(Look, st.sampled_from(HEADERS), st.sampled_from(ENCODINGS)))
@settings(max_examples=80, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
def test_what_goes_out_comes_back(empty: Path, chosen: list[Act], look: Look) -> None:
    there_and_back(empty, look, lambda desk, folder: play(desk, folder, chosen))


@pytest.mark.parametrize("look", [Look(headers, encoding) for headers in HEADERS for encoding in ENCODINGS])
def test_the_hardest_comes_back(empty: Path, look: Look) -> None:
    def village(desk: Desk, _: Path) -> None:
        for uid, township in (("2", None), ("1", "一镇"), ("3", "二镇"), ("4", None)):  # three villages of one name
            add(desk, Person(f"王{uid}", uid=uid, village="下各村", township=township, hamlet="1组"))
        for programme, on in (("htn", None), ("dm", date(2026, 1, 5))):  # a day that was assumed, a day that was given
            manage.enrol(desk, 1, manage.Wanted(programme, on))
            manage.end(desk, 1, programme, TODAY, "refused")
            manage.enrol(desk, 1, manage.Wanted(programme, TODAY))  # again on the day of the end
        ended = manage.Wanted("htn", date(2020, 1, 1), date(2019, 1, 1), date(2021, 1, 1), "moved")
        add(desk, Person('=李,"', uid="=5", registered_on=date(2020, 1, 5)), ended, manage.Wanted("dm"))
        manage.enrol(desk, 5, manage.Wanted("htn", date(2021, 1, 1)))
        register.edit(desk, 5, {"registered_on": date(2019, 6, 1)})  # what was assumed from it stays as it was
        add(
            desk, Person("assumed", uid="6"), manage.Wanted("htn"), manage.Wanted("lipid", ended_on=TODAY, end_reason="died")
        )
        visit(desk, 6, date(2026, 3, 1), sbp=150, dbp=90)
        for number, text in enumerate(("=1+1", "@x", "'=x", "+1", "-1", "＝", '"a",b\r\nc\nd', "'")):
            visit(desk, 5, date(2026, 5, 1 + number), notes=text, insulin=text, medicines=f"{text[:2]}, 1, 5, mg")
        for number, value in enumerate((84.1, 84.12345, 84.12345678901234, 84.0, 100.00000000000001)):
            visit(
                desk,
                5,
                date(2026, 6, 1 + number),
                waist_cm=value,
                uacr=10.0 ** -(6 + number),
                fpg=METER_HIGH,
                ppg_2h=METER_LOW,
            )

    there_and_back(empty, look, village)


def add(desk: Desk, person: Person, *wanted: manage.Wanted) -> None:
    register.add(desk, register.Given(person, wanted, ("-低保", "@x"), f"={person.uid}", SOURCE))


def visit(desk: Desk, person: int, on: date, **said: Any) -> None:
    (found,) = record.record(desk, [Visit(person, on, **said)])
    assert found.state == "added", found


def there_and_back(empty: Path, look: Look, make: Callable[[Desk, Path], None]) -> None:
    """Make a registry, export it, import that, export again, and import once more."""
    with tempfile.TemporaryDirectory() as name:
        first, second = (Path(name, part) for part in ("first", "second"))
        for folder in (first, second):
            folder.mkdir()
            shutil.copy(empty, folder)
        desk = desk_at(first / "registry.db", 1)
        with closing(desk.db) as db:
            make(desk, first)
            left_out = {uid for (uid,) in db.execute(MORE_THAN_THE_SHEETS)}
            sent = export(desk, first, look)
        copy = desk_at(second / "registry.db", 2)
        with closing(copy.db):
            for summary in take(copy, first):
                assert summary.refused == []
            assert export(copy, second, look) == sent
            for summary in take(copy, first):
                assert summary.states.keys() <= {"unchanged"}
        assert derived(first, left_out) == derived(second, left_out)


def export(desk: Desk, folder: Path, look: Look) -> dict[str, bytes]:
    """Both sheets as they lie in this folder then."""
    reports = {
        "people": exports.people(desk.db, TODAY, SOURCE, True, Counter()),
        "visits": exports.visits(desk.db, TODAY, True),
    }
    for name, report in reports.items():
        with (folder / f"{name}.csv").open("w", encoding=look.encoding, newline="") as out:
            write_csv(report, out, look.headers)
    return {name: (folder / f"{name}.csv").read_bytes() for name in SHEETS}


def take(desk: Desk, folder: Path) -> list[account.Summary]:
    """Import both sheets of this folder."""
    wishes = imports.Wishes(source=SOURCE)
    return [imports.run(desk, folder / f"{name}.csv", wishes, lambda _: None) for name in SHEETS]


def derived(folder: Path, left_out: set[str]) -> dict[str, list[tuple[object, ...]]]:
    """Who there is, and what the rules say of those who are all in the sheets."""
    found = portrait(Chronic(folder))
    return {name: [row for row in found[name] if name == "person" or row[0] not in left_out] for name in EQUAL}

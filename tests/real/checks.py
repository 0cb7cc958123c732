"""What must hold for every real data set; each test module says it of its own."""

from collections import Counter
from collections.abc import Mapping
from datetime import date
from typing import Any

from tests.real import plain
from tests.real.clinic import Clinic, take
from tests.real.plain import Line

BANDS = ((30, "1-30"), (90, "31-90"))


def check_refusals(clinic: Clinic, holds: str) -> None:
    """Exactly the rows that must be refused were, for the reasons they must be, and every other row was taken."""
    told, wanted = clinic.told[holds], clinic.expected
    assert told.lines == wanted.lines[holds]
    assert told.refusals == wanted.reasons[holds]
    assert told.states == +wanted.states[holds]
    assert told.code == (3 if wanted.lines[holds] else 0)


def check_verdicts(clinic: Clinic) -> None:
    """Class, danger, how often in a row, referral and next date of every visit, for every programme."""
    stored, wanted = clinic.stored_verdicts(), clinic.expected.verdicts()
    assert stored == wanted, _difference(stored, wanted)


def check_overdue(clinic: Clinic) -> list[dict[str, Any]]:
    """`overdue` lists the people it must, with their days and classes, in the documented order; `due` has the rest."""
    today, ids = date.fromisoformat(clinic.today), clinic.numbers()
    wanted = {ids[ref]: (ref, line) for ref, line in clinic.expected.lists().items()}
    late = [(line.rank, (today - line.due_on).days, id_) for id_, (_, line) in wanted.items() if line.due_on < today]
    rows = clinic.chronic.rows("overdue", today=clinic.today)
    found, order = [row["person_id"] for row in rows], [id_ for *_, id_ in sorted(late)]
    assert found == order, _difference(dict(enumerate(found)), dict(enumerate(order)))
    for row in rows:
        ref, line = wanted[row["person_id"]]
        told = {key: row[key] for key in _row(clinic, ref, line, today)}
        assert told == _row(clinic, ref, line, today), ref
    coming = clinic.chronic.ids("due", "--within", "9999d", today=clinic.today)
    assert sorted(coming) == sorted(id_ for id_, (_, line) in wanted.items() if line.due_on >= today)
    return rows


def _row(clinic: Clinic, ref: str, line: Line, today: date) -> dict[str, Any]:
    """The keys of a row of `overdue` that the data decide."""
    whose, seen = clinic.expected.known[ref], clinic.expected.seen.get(ref, [])
    days = (today - line.due_on).days
    measured = [values for _, values in seen if "sbp" in values or "dbp" in values]
    return {
        "age": plain.age(whose.born, today),
        "village": whose.village or None,
        "programmes": line.programmes,
        "due_on": line.due_on.isoformat(),
        "days_overdue": days,
        "band": next((name for limit, name in BANDS if days <= limit), "over-90"),
        "last_visit_on": seen[-1].on.isoformat() if seen else None,
        "last_contact_on": seen[-1].on.isoformat() if seen else None,
        "last_bp": "/".join(f"{measured[-1][c]:.0f}" if c in measured[-1] else "-" for c in ("sbp", "dbp"))
        if measured
        else None,
        "class": line.klass,
        "last_assessed": line.assessed,
        "danger": line.danger,
    }


def check_danger(clinic: Clinic) -> int:
    """Whoever was in danger and not seen to since has an open referral, enrolled or not; how many there are."""
    ids, seen = clinic.numbers(), clinic.expected.seen
    codes = {ids[ref]: plain.open_danger(whose, seen.get(ref, [])) for ref, whose in clinic.expected.known.items()}
    rows = clinic.chronic.rows("overdue", "--kind", "referral", today=clinic.today)
    rows += clinic.chronic.rows("due", "--kind", "referral", "--within", "9999d", today=clinic.today)
    found = {row["person_id"]: row["danger"] for row in rows if row["danger"]}
    wanted = {id_: danger for id_, danger in codes.items() if danger}
    assert found == wanted, _difference(found, wanted)
    return len(found)


def check_suspects(clinic: Clinic) -> int:
    """`screen suspects` lists high readings of people not enrolled, days counted; how many there are."""
    ids, wanted = clinic.numbers(), {}
    for ref, whose in clinic.expected.known.items():
        for programme, (days, step, due_on) in plain.suspected(whose, clinic.expected.seen.get(ref, [])).items():
            wanted[ids[ref], programme] = (days, step, due_on.isoformat())
    rows = clinic.chronic.rows("screen", "suspects", today=clinic.today)
    found = {(row["person_id"], row["programme"]): (row["days_high"], row["step"], row["due_on"]) for row in rows}
    assert len(found) == len(rows)
    assert found == wanted, _difference(found, wanted)
    return len(found)


def check_taken_again(clinic: Clinic) -> None:
    """The same sheets a second time change nothing, and refuse what they refused."""
    before = clinic.contents()
    for holds, sheet in zip(("people", "visits"), clinic.sheets, strict=True):
        told, first = take(clinic.chronic.path, sheet, clinic.today), clinic.told[holds]
        taken = first.states["added"] + first.states["unchanged"]
        assert told.states == +Counter(unchanged=taken, refused=len(first.lines))
        assert (told.lines, told.refusals) == (first.lines, first.refusals)
    assert clinic.contents() == before


def _difference(found: Mapping[Any, object], wanted: Mapping[Any, object]) -> str:
    """How many entries differ, and one of them: the whole of both would be too much to read."""
    keys = [key for key in found.keys() | wanted.keys() if found.get(key) != wanted.get(key)]
    return f"{len(keys)} differ; {min(keys)}: {found.get(min(keys))}, expected {wanted.get(min(keys))}"

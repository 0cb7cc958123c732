"""Registries as a clinic makes them: hypothesis chooses what is done, the care layer does it, refusals leave no trace."""

from collections.abc import Callable
from contextlib import suppress
from datetime import date, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from hypothesis import strategies as st

from chronic.care import checkup, facts, manage, record, refer, register
from chronic.care.desk import Desk
from chronic.errors import ChronicError, NotAllowed
from chronic.exchange.cells import MASKED, read
from chronic.model.checkup import Checkup
from chronic.model.checkup_fields import FORM_FIELDS
from chronic.model.days import iso
from chronic.model.facts import FACTS
from chronic.model.fields import BY_COLUMN, PERSON_FIELDS, VISIT_FIELDS, Field
from chronic.model.person import PROGRAMMES, Person
from chronic.model.visit import METER_HIGH, METER_LOW, Visit
from chronic.office import imports
from chronic.store.facts import Said
from tests.care.test_properties import TODAY
from tests.runner import id_number
from tests.sheets import sheet

SOURCE = "2025台账"
_DAYS = [TODAY - timedelta(days=days) for days in (0, 1, 14, 45, 90, 91, 200, 400, 1000)]
_LETTERS = "王李㛃𬱖𠮷㐂龘éa1 ,;\"'\n\r\t=+-@＝＋*#%\\\u3000\u200b"
_SPECIAL = [
    "=1+1",
    "+8613800138000",
    "-",
    "@x",
    "'=x",
    "''",
    "'",
    '"',
    "a\r\nb",
    "a\rb",
    "＝x",
    "007",
    "1e5",
    "NULL",
    "王\u3000兰",
]

days = st.sampled_from(_DAYS)
maybe_day = st.one_of(st.none(), days)
who = st.integers(0, 20)
texts = st.one_of(st.sampled_from(_SPECIAL), st.text(_LETTERS, min_size=1, max_size=8))
lines = texts.map(lambda text: " ".join(text.split("\n")).replace("\r", " "))
"""What stands in one line."""


class Act(NamedTuple):
    """One thing someone does, with what hypothesis chose for it."""

    do: Callable[..., object]
    values: tuple[Any, ...]


def acts(*more: st.SearchStrategy[Act]) -> st.SearchStrategy[list[Act]]:
    """A first person, and then anything; `more` of what sheets of people and visits do not hold."""
    first = st.lists(_act(_add, _person()), min_size=2, max_size=4)
    return st.tuples(first, st.lists(st.one_of(_one_act(), *more), min_size=8, max_size=24)).map(
        lambda parts: [*parts[0], *parts[1]]
    )


def play(desk: Desk, folder: Path, chosen: list[Act]) -> None:
    """Do all this. What is refused is not there afterwards."""
    for act in chosen:
        with suppress(ChronicError):
            act.do(desk, folder, *act.values)


def _act(do: Callable[..., object], *values: st.SearchStrategy[Any]) -> st.SearchStrategy[Act]:
    return st.builds(Act, st.just(do), st.tuples(*values))


def _one_act() -> st.SearchStrategy[Act]:
    programme = st.sampled_from(PROGRAMMES)
    visit = (who, days, _said())
    return st.one_of(
        _act(_add, _person()),
        _act(_visit, st.just("followup"), *visit),
        _act(_visit, st.just("followup"), *visit),
        _act(_visit, st.just("followup"), *visit),
        _act(_visit, st.just("screening"), *visit),
        _act(_fix, who, maybe_day, _fields(VISIT_FIELDS[1:], 1), st.lists(st.sampled_from(["fpg", "notes", "danger"]))),
        _act(_void, who),
        _act(_enrol, who, programme, maybe_day, maybe_day),
        _act(_end, who, programme, days),
        _act(_close, who, days),
        _act(_reopen, who),
        _act(_pause, who, maybe_day),
        _act(_reply, who, days),
        _act(_edit, who, _fields(_OWN, 1), st.one_of(st.none(), _tags)),
        _act(_people_sheet, st.lists(_person(), min_size=1, max_size=2)),
        _act(_visits_sheet, st.lists(st.tuples(*visit), min_size=1, max_size=3)),
    )


def checkups() -> st.SearchStrategy[Act]:
    return _act(_checkup, who, days, _fields(FORM_FIELDS[1:], 3))


def tellings() -> st.SearchStrategy[Act]:
    said = st.tuples(
        st.sampled_from(list(FACTS)),
        st.sampled_from(["yes", "no"]),
        lines.map(lambda text: _typed(BY_COLUMN["told_by"], text)),
    )
    return _act(_tell, who, days, said)


# what people and visits can hold --------------------------------------------------------------------


def _value(field: Field) -> st.SearchStrategy[Any]:
    """What this field holds after someone typed something, None where that was refused."""
    return _written(field).map(lambda text: _typed(field, text))


def _typed(field: Field, text: str) -> Any:
    value = read(field, text, TODAY, typed=True).value
    return None if value is MASKED else value


def _written(field: Field) -> st.SearchStrategy[str]:
    low, high = field.warn or field.hard or (0, 10)
    if field.column == "birth_date":
        return st.sampled_from(["1949-12-31", "1961-02-28", "2026-03-01"])
    if field.kind == "day":
        return st.builds(lambda day, later: iso(day + timedelta(days=later)) or "", days, st.sampled_from([-1, 0, 30]))
    if field.kind == "integer":
        return st.integers(int(low), int(high)).map(str)
    if field.kind in ("decimal", "glucose"):
        numbers = st.builds(
            lambda value, places: f"{value:.{places}f}", st.floats(low, high), st.sampled_from([0, 1, 2, 4, 5, 17])
        )
        return st.one_of(numbers, st.sampled_from(["HI", "LO"])) if field.kind == "glucose" else numbers
    if field.kind == "code":
        return st.sampled_from(list(field.codes or {}))
    if field.kind == "codes":
        return st.lists(st.sampled_from(list(field.codes or {})), max_size=3).map(";".join)
    if field.kind == "medicines":
        dosed = st.builds("{}, {}, {}, mg".format, texts, st.sampled_from(["1", "2.50"]), st.sampled_from(["5", "0.25"]))
        return st.lists(st.one_of(dosed, texts), min_size=1, max_size=2).map(";".join)
    return _NUMBERS.get(field.kind, lines if field.column in register.ONE_LINE else texts)


def _fields(fields: tuple[Field, ...] | list[Field], least: int = 4) -> st.SearchStrategy[dict[str, Any]]:
    """A few of these filled."""
    some = {field.column: _value(field) for field in fields}
    chosen = st.lists(st.sampled_from(sorted(some)), min_size=least, max_size=10, unique=True)
    filled = chosen.flatmap(lambda names: st.fixed_dictionaries({name: some[name] for name in names}))
    return filled.map(lambda given: {name: value for name, value in given.items() if value is not None})


def _said() -> st.SearchStrategy[dict[str, Any]]:
    """What a visit says: mostly a pressure, and anything else."""
    pressures = st.sampled_from([(128, 78), (152, 94), (186, 112), (84, 48), (145, None), (None, None)])
    others = _fields([field for field in VISIT_FIELDS[1:] if field.column not in ("sbp", "dbp")])
    return st.tuples(pressures, others).map(lambda parts: {**dict(zip(("sbp", "dbp"), parts[0], strict=True)), **parts[1]})


_NUMBERS = {
    "id": st.integers(0, 40).map(lambda number: id_number(f"110105{1940 + number}0101{number:03}")),
    "digits": st.integers(0, 40).map(lambda number: f"{number:08}"),
    "phone": st.sampled_from(["13800138000", "+8201012345678", "0851-8888123", "10086"]),
}
_PLACE_NAMES = {"village": ["下各村", "上各村"], "township": ["一镇", "二镇"], "hamlet": ["1组", "2组"]}
_OWN = [
    field
    for field in PERSON_FIELDS
    if field.column in Person._fields and field.column not in ("uid", "name", "closed_on", "closed_reason")
]
_names = lines.map(lambda text: _typed(BY_COLUMN["name"], text)).filter(bool)
_tags = st.lists(texts, max_size=3).map(lambda words: _typed(BY_COLUMN["tags"], ";".join(words)) or "")


def _places() -> st.SearchStrategy[dict[str, Any]]:
    one = {name: st.one_of(st.none(), st.sampled_from(known)) for name, known in _PLACE_NAMES.items()}
    return st.fixed_dictionaries(one)


def _wish() -> st.SearchStrategy[manage.Wanted]:
    ends = st.one_of(st.just((None, None)), st.just((None, None)), st.tuples(days, st.sampled_from(["refused", "moved"])))
    return st.tuples(st.sampled_from(PROGRAMMES), maybe_day, maybe_day, ends).map(
        lambda said: manage.Wanted(*said[:3], *said[3])
    )


def _person() -> st.SearchStrategy[register.Given]:
    """Someone new, or someone whose numbers are known already."""

    def given(name: str, own: dict[str, Any], home: dict[str, Any], *others: Any) -> register.Given:
        wishes, tags, ref, source = others
        said = {**own, **{name: value for name, value in home.items() if value}}
        return register.Given(Person(name, **said), tuple(wishes), tuple(filter(None, tags.split(";"))), ref, source)

    wishes = st.lists(_wish(), max_size=3, unique_by=lambda wish: wish.programme)
    refs = st.one_of(st.none(), st.sampled_from(["1", "=2", "A-3"]))
    return st.builds(
        given, _names, _fields(_OWN), _places(), wishes, _tags, refs, st.sampled_from([SOURCE, SOURCE, "other"])
    )


# what is done ---------------------------------------------------------------------------------------


def _pick(desk: Desk, number: int) -> int:
    return _one_of(desk, "SELECT id FROM person ORDER BY id", number)


def _live(desk: Desk, number: int) -> int:
    return _one_of(desk, "SELECT id FROM visit WHERE ended_by IS NULL ORDER BY id", number)


def _one_of(desk: Desk, sql: str, number: int) -> int:
    ids = [id_ for (id_,) in desk.db.execute(sql)]
    if not ids:
        raise NotAllowed("nothing.there")
    return int(ids[number % len(ids)])


def _add(desk: Desk, _folder: Path, given: register.Given) -> None:
    register.add(desk, given)


def _checkup(desk: Desk, _folder: Path, number: int, on: date, said: dict[str, Any]) -> None:
    checkup.record(desk, [Checkup(_pick(desk, number), on, said)])


def _tell(desk: Desk, _folder: Path, number: int, on: date, said: tuple[str, str, str | None]) -> None:
    fact, answer, by = said
    facts.tell(desk, _pick(desk, number), [Said(fact, answer, on, by)])


def _visit(desk: Desk, _folder: Path, kind: str, number: int, on: date, said: dict[str, Any]) -> None:
    record.record(desk, [Visit(_pick(desk, number), on, kind=kind, **{"way": "", **said})])


def _fix(desk: Desk, _folder: Path, number: int, on: date | None, said: dict[str, Any], cleared: list[str]) -> None:
    changes = {**said, **dict.fromkeys(cleared), **({"visit_date": on} if on else {})}
    record.fix(desk, _live(desk, number), changes)


def _void(desk: Desk, _folder: Path, number: int) -> None:
    record.void(desk, _live(desk, number), "记错人")


def _enrol(desk: Desk, _folder: Path, number: int, programme: str, on: date | None, diagnosed: date | None) -> None:
    manage.enrol(desk, _pick(desk, number), manage.Wanted(programme, on, diagnosed))


def _end(desk: Desk, _folder: Path, number: int, programme: str, on: date) -> None:
    manage.end(desk, _pick(desk, number), programme, on, "refused")


def _close(desk: Desk, _folder: Path, number: int, on: date) -> None:
    register.close(desk, _pick(desk, number), on, "died")


def _reopen(desk: Desk, _folder: Path, number: int) -> None:
    register.reopen(desk, _pick(desk, number))


def _pause(desk: Desk, _folder: Path, number: int, on: date | None) -> None:
    manage.pause(desk, _pick(desk, number), on, None)


def _reply(desk: Desk, _folder: Path, number: int, on: date) -> None:
    refer.reply(desk, _pick(desk, number), refer.Reply("seen", on))


def _edit(desk: Desk, _folder: Path, number: int, said: dict[str, Any], tags: str | None) -> None:
    register.edit(desk, _pick(desk, number), said, None if tags is None else [tag for tag in tags.split(";") if tag])


def _people_sheet(desk: Desk, folder: Path, rows: list[register.Given]) -> None:
    """The sheet of another program, whose numbers belong to a source."""
    written = []
    for given in rows:
        row = {name: value for name, value in given.person._asdict().items() if value and name not in ("id", "uid")}
        row |= {"person_ref": given.ref, "tags": ";".join(given.tags)}
        for wish in given.wanted:
            row |= {f"{wish.programme}_{part}": getattr(wish, part) for part in manage.Wanted._fields[1:]}
        written.append({**row, "programmes": ";".join(wish.programme for wish in given.wanted)})
    imports.run(desk, sheet(folder, written), imports.Wishes(source=SOURCE), lambda _: None)


def _visits_sheet(desk: Desk, folder: Path, rows: list[tuple[int, date, dict[str, Any]]]) -> None:
    uids = dict(desk.db.execute("SELECT id, uid FROM person"))
    meters = {METER_HIGH: "HI", METER_LOW: "LO"}
    written = [
        {"person_uid": uids.get(_pick(desk, number), ""), "visit_date": on,
         **{name: meters.get(value, value) for name, value in said.items()}}
        for number, on, said in rows
    ]  # fmt: skip
    imports.run(desk, sheet(folder, written), imports.Wishes(source=SOURCE), lambda _: None)

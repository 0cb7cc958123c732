"""The follow-ups an audit looks at: every live one of its days, person by person in the order of their dates."""

import sqlite3
from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from chronic.model.days import china_day_of, iso
from chronic.protocol.quality import Quality

_METERED = ("fpg", "ppg_2h", "random_glucose")
DOCTOR = "coalesce(v.visit_doctor, p.responsible_doctor, CASE WHEN v.batch IS NULL THEN v.recorded_by END)"
"""Whose visit it is: who signed it, else the person's doctor, else who typed it."""
SOURCE = "visit AS v JOIN person AS p ON p.id = v.person"
LIVE = "v.ended_by IS NULL AND v.kind = 'followup'"
_STREAM = f"""
SELECT v.id, v.uid, v.person, p.uid, v.visit_date, v.way, {DOCTOR}, v.sbp, v.dbp, v.device,
  instr(v.warnings, 'bp.decimal')
    OR EXISTS (SELECT 1 FROM visit_entered AS e WHERE e.visit = v.id AND e.field IN ('bp', 'sbp', 'dbp')),
  (SELECT group_concat(r.sbp || '/' || r.dbp, ' ') FROM visit_reading AS r WHERE r.visit = v.id),
  v.batch, v.recorded_at, v.replaces, CASE p.closed_reason WHEN 'died' THEN p.closed_on END,
  CASE WHEN p.birth_approximate IS NULL THEN p.birth_date END,
  (SELECT group_concat(w.programme, ' ') FROM verdict AS w WHERE w.person = v.person AND w.visit = v.id),
  {{htn}}, {{dm}}, {{values}}
FROM {SOURCE} WHERE {LIVE} AND v.visit_date BETWEEN :first AND :last{{where}} ORDER BY v.person, v.visit_date"""
_BEFORE = "SELECT replaces, recorded_at, batch FROM visit WHERE uid = ?"

Window = tuple[date, date]
"""First and last day."""


class Asked(NamedTuple):
    """Whose follow-ups, and in which windows, the earliest first, none of them overlapping."""

    windows: tuple[Window, ...]
    villages: tuple[int, ...] | None = None
    doctor: str | None = None

    def window(self, on: str) -> tuple[str, str] | None:
        """The window of this day."""
        for first, last in self.windows:
            if first.isoformat() <= on <= last.isoformat():
                return first.isoformat(), last.isoformat()
        return None


class Seen(NamedTuple):
    """One follow-up. `converted`: its pressure was written in other units or with decimals; `readings`: of its sitting;
    `typed_at`: when its first version was written down, None where that tells nothing: it was imported, or took place
    before this registry was made; `lacks_htn`: how many columns that a
    visit of the programme needs are empty; `values`: the measured ones of the book, by column."""

    id: int
    uid: str
    person: int
    who: str
    on: str
    way: str
    doctor: str | None
    sbp: int | None
    dbp: int | None
    device: str
    converted: bool
    readings: list[tuple[int, int]]
    typed_at: str | None
    died_on: str | None
    born: str | None
    programmes: tuple[str, ...]
    lacks_htn: int
    lacks_dm: int
    values: tuple[tuple[str, float], ...]

    @property
    def face_to_face(self) -> bool:
        return self.way != "phone"


def seen(db: sqlite3.Connection, asked: Asked, book: Quality) -> Iterator[Seen]:
    """The follow-ups of all windows, and of the months before the first that copies may come from."""
    fields = book.copied.fields
    (made_at,) = db.execute("SELECT min(recorded_at) FROM edition").fetchone()
    made_on = china_day_of(made_at).isoformat() if made_at else ""
    for row in db.execute(*query(asked, book)):
        id_, uid, person, who, on, way, doctor, sbp, dbp, device, converted, readings, batch, at, replaces, *rest = row
        died_on, born, programmes, lacks_htn, lacks_dm, *values = rest
        while replaces is not None:
            replaces, at, batch = db.execute(_BEFORE, (replaces,)).fetchone() or (None, at, batch)
        pairs = [(int(s), int(d)) for s, _, d in (text.partition("/") for text in (readings or "").split())]
        if not pairs and sbp is not None and dbp is not None:
            pairs = [(sbp, dbp)]
        measured = tuple((name, value) for name, value in zip(fields, values, strict=True) if value is not None)
        typed_at = at if batch is None and on >= made_on else None
        yield Seen(
            id_, uid, person, who, on, way, doctor, sbp, dbp, (device or "").lower(), bool(converted), pairs,
            typed_at, died_on, born, tuple((programmes or "").split()), lacks_htn, lacks_dm, measured,
        )  # fmt: skip


def query(asked: Asked, book: Quality) -> tuple[str, dict[str, object]]:
    """(SQL, values) of the follow-ups."""
    first, last = asked.windows[0][0], asked.windows[-1][1]
    values: dict[str, object] = {"first": iso(book.copied.back.before(first)), "last": iso(last)}
    sql = _STREAM.format(
        htn=_lacks(book.missing.htn), dm=_lacks(book.missing.dm), where=whose(asked, values),
        values=", ".join(f"v.{name}" for name in book.copied.fields) or "NULL",
    )  # fmt: skip
    return sql, values


def whose(asked: Asked, values: dict[str, object]) -> str:
    """Conditions to put behind a WHERE; their values are added to `values`."""
    where = "" if asked.villages is None else f" AND p.village IN ({', '.join(map(str, asked.villages))})"
    if asked.doctor is not None:
        values["doctor"] = asked.doctor
        where += f" AND {DOCTOR} = :doctor"
    return where


def _lacks(columns: list[str]) -> str:
    return " + ".join(f"({lacking(name)})" for name in columns) or "0"


def lacking(column: str) -> str:
    """A meter's HI or LO is a value too."""
    return f"v.{column} IS NULL" + (f" AND v.{column}_meter IS NULL" if column in _METERED else "")

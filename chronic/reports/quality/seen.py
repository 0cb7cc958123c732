"""The follow-ups an audit looks at: every live one of its days, person by person in the order of their dates."""

import sqlite3
from collections.abc import Iterator
from datetime import date
from functools import cache
from typing import NamedTuple

from chronic.model.days import china_day_of, iso
from chronic.model.place import Where
from chronic.protocol import Protocol
from chronic.protocol.measures import Measures
from chronic.protocol.quality import Quality
from chronic.store.visits import GLUCOSE

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
  {{values}}{{blank}}
FROM {SOURCE} WHERE {LIVE} AND v.visit_date BETWEEN :first AND :last{{where}} ORDER BY v.person, v.visit_date"""
_BEFORE = "SELECT replaces, recorded_at, batch FROM visit WHERE uid = ?"

Window = tuple[date, date]
"""First and last day."""


class Asked(NamedTuple):
    """Whose follow-ups, and in which windows, the earliest first, none of them overlapping."""

    windows: tuple[Window, ...]
    where: Where | None = None
    doctor: str | None = None

    def window(self, on: str) -> tuple[str, str] | None:
        """The window of this day."""
        return next((span for span in _spans(self.windows) if span[0] <= on <= span[1]), None)


class Seen(NamedTuple):
    """One follow-up. `converted`: its pressure was written in other units or with decimals; `readings`: of its sitting;
    `typed_at`: when its first version was written down, None where that tells nothing: it was imported, or took place
    before this registry was made; `lacks`:
    the programmes for which a required column is blank; `values`: the measured ones of the book, by column."""

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
    lacks: tuple[str, ...]
    values: tuple[tuple[str, float], ...]

    @property
    def face_to_face(self) -> bool:
        return self.way != "phone"


def seen(db: sqlite3.Connection, asked: Asked, protocol: Protocol) -> Iterator[Seen]:
    """The follow-ups of all windows, and of the months before the first that copies may come from."""
    fields, required = Quality.of(protocol).copied.fields, Measures.of(protocol).standard.required
    (made_at,) = db.execute("SELECT min(recorded_at) FROM edition").fetchone()
    made_on = china_day_of(made_at).isoformat() if made_at else ""
    for row in db.execute(*query(asked, protocol)):
        id_, uid, person, who, on, way, doctor, sbp, dbp, device, converted, readings, batch, at, replaces, *rest = row
        died_on, born, programmes, *values = rest
        while replaces is not None:
            replaces, at, batch = db.execute(_BEFORE, (replaces,)).fetchone() or (None, at, batch)
        pairs = [(int(s), int(d)) for s, _, d in (text.partition("/") for text in (readings or "").split())]
        if not pairs and sbp is not None and dbp is not None:
            pairs = [(sbp, dbp)]
        measured = tuple((name, value) for name, value in zip(fields, values, strict=False) if value is not None)
        lacks = tuple(name for name, blank in zip(required, values[len(fields) :], strict=True) if blank)
        typed_at = at if batch is None and on >= made_on else None
        yield Seen(
            id_, uid, person, who, on, way, doctor, sbp, dbp, (device or "").lower(), bool(converted), pairs,
            typed_at, died_on, born, tuple((programmes or "").split()), lacks, measured,
        )  # fmt: skip


def query(asked: Asked, protocol: Protocol) -> tuple[str, dict[str, object]]:
    """(SQL, values) of the follow-ups."""
    copied, required = Quality.of(protocol).copied, Measures.of(protocol).standard.required
    first, last = asked.windows[0][0], asked.windows[-1][1]
    values: dict[str, object] = {"first": iso(copied.back.before(first)), "last": iso(last)}
    sql = _STREAM.format(
        values=", ".join(f"v.{name}" for name in copied.fields), where=whose(asked, values),
        blank="".join(f", {_blank(columns)}" for columns in required.values()),
    )  # fmt: skip
    return sql, values


def whose(asked: Asked, values: dict[str, object]) -> str:
    """Conditions to put behind a WHERE; their values are added to `values`."""
    where = "" if asked.where is None else f" AND {asked.where.sql('p')}"
    if asked.doctor is not None:
        values["doctor"] = asked.doctor
        where += f" AND {DOCTOR} = :doctor"
    return where


def _blank(columns: list[str]) -> str:
    """SQL that holds where one of these is blank; a meter's HI or LO is not."""
    each = (f"v.{name} IS NULL" + f" AND v.{name}_meter IS NULL" * (name in GLUCOSE) for name in columns)
    return " OR ".join(f"({one})" for one in each) or "0"


@cache
def _spans(windows: tuple[Window, ...]) -> list[tuple[str, str]]:
    return [(first.isoformat(), last.isoformat()) for first, last in windows]

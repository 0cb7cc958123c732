"""A month's figures kept as they were sent, from the first night after it on: what is recorded later changes them no more.

Read of one moment and written in one short step, so nobody who records waits for it.
"""

import json
import sqlite3
from array import array
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from hashlib import sha256

from chronic.care.desk import Desk
from chronic.model import period as periods
from chronic.model.days import MONTHS_A_YEAR, add_months, china_day_of, from_iso
from chronic.model.period import Period
from chronic.protocol import Editions
from chronic.reports import expected, indicators
from chronic.reports.indicators import adds
from chronic.reports.measures import Key, measures
from chronic.store import frozen, nights
from chronic.store.frozen import Figure, Month, Part

_A_NIGHT = MONTHS_A_YEAR + 1
"""So many months are caught up in one night; the next goes on."""
_BEGAN = "SELECT min(recorded_at) FROM edition"
_Home = tuple[int | None, str | None]


def freeze_missing(desk: Desk) -> list[str]:
    """Keep every month that is over and not kept yet, oldest first, back to the one the registry was made in, and of a
    younger registry the last one. Returns those it kept; one that is there already is left alone."""
    return [month for month in missing(desk) if frozen.keep(desk.db, _made(desk, periods.read_period(month)))]


def missing(desk: Desk) -> list[str]:
    """The months to keep now, as 2026-10."""
    last = desk.today.replace(day=1) - timedelta(days=1)
    kept = frozen.months(desk.db)
    (began,) = desk.db.execute(_BEGAN).fetchone()
    first = from_iso(f"{kept[0]}-01") if kept else china_day_of(began) if began else last
    month = min(first, last).replace(day=1)
    wanted = []
    while month <= last:
        wanted.append(f"{month:%Y-%m}")
        month = add_months(month, 1)
    return [name for name in wanted if name not in kept][:_A_NIGHT]


def _made(desk: Desk, period: Period) -> Month:
    with nights.snapshot(desk.db):
        figures = counted(desk.db, period, desk.editions)
    edition, stamp = desk.editions.on(period.last), desk.stamp
    return Month(
        periods.shown(period), desk.today.isoformat(), stamp.at, stamp.by, edition.id, book(desk.editions, period), figures
    )


def counted(db: sqlite3.Connection, period: Period, editions: Editions) -> dict[Key, Figure]:
    """Every figure of a period by village and doctor, and whom it counts."""
    homes: dict[int, _Home] = {
        person: (village, doctor)
        for person, village, doctor in db.execute("SELECT id, village, responsible_doctor FROM person")
    }
    told: dict[tuple[str, indicators.Text, str], array[int]] = {}
    for one in indicators.told(db, period, every_key(), editions):
        told.setdefault((one.programme, one.text, one.word), array("q")).append(one.person)
    found: dict[Key, Figure] = {}
    for programme, name in every_key():
        rows = (programme, indicators.text_of(name))
        mine = [ids for (its, text, word), ids in told.items() if (its, text) == rows and adds(name, word)]
        ids = [id_ for some in mine for id_ in some]
        if ids:
            found[(programme, name)] = Figure(_parts(Counter(homes[id_] for id_ in ids)), frozen.packed(ids))
    programmes = estimated(editions, period)
    (cells,) = expected.cells(db, [period], programmes, editions)
    for programme in programmes:
        people = Counter({(cell.village, cell.doctor): n for cell, n in cells.items() if cell.programme == programme and n})
        if people:
            found[(programme, indicators.ESTIMATED)] = Figure(_parts(people), None)
    return found


def _parts(by_home: Counter[_Home]) -> tuple[Part, ...]:
    parts = ((village, doctor, n) for (village, doctor), n in by_home.items())
    return tuple(sorted(parts, key=lambda part: (part[0] or 0, part[1] or "")))


def estimated(editions: Editions, period: Period) -> list[str]:
    """The programmes with an indicator whose denominator is an estimate."""
    known = measures(editions.on(period.last))
    return list(dict.fromkeys(one.programme for one in known if one.denominator == indicators.ESTIMATED))


def every_key() -> list[Key]:
    """Every figure there is, for every programme it can be asked of."""
    return [(programme, name) for name, figure in indicators.book().figures.items() for programme in figure.programmes]


def book(editions: Editions, period: Period) -> str:
    """The definitions in force, as JSON: figures, indicators with their targets, and a hash of each text that counts."""
    figures = indicators.book().figures
    known = {
        "figures": {
            name: {"sql": figure.sql, "counts": figure.counts, "name": figure.name._asdict(), "says": figure.says._asdict()}
            for name, figure in figures.items()
        },
        "indicators": [measure.as_json() for measure in measures(editions.on(period.last))],
        "texts": dict(_texts()),
    }
    return json.dumps(known, ensure_ascii=False, sort_keys=True)


def changed(editions: Editions, month: Month) -> bool:
    """Is any definition or target another one than when the month was kept?"""
    return month.book != book(editions, periods.read_period(month.month))


def _texts() -> Iterator[tuple[str, str]]:
    for name in sorted({figure.sql for figure in indicators.book().figures.values()}):
        yield name, sha256(indicators.text(name).encode()).hexdigest()

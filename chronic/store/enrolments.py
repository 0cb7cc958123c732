"""Enrolments that two registries wrote down of one person: which stand in the register, and which wait beside it."""

import json
import sqlite3
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from chronic.store import travelling
from chronic.store.travelling import shape

_STAY = ("enrolled_on", "assumed", "diagnosed_on", "ended_on", "end_reason")
_ASIDE = "SELECT person FROM aside WHERE person IN (SELECT value FROM json_each(?)) AND place = 'enrolment'"
_WAITING = """
SELECT person FROM aside AS a WHERE place = 'enrolment' AND NOT EXISTS (
  SELECT 1 FROM enrolment AS e WHERE e.person = a.person AND e.programme = json_extract(a.row, '$.programme')
    AND e.ended_on IS json_extract(a.row, '$.ended_on') AND (e.assumed, e.enrolled_on, e.uid)
      < (json_extract(a.row, '$.assumed'), json_extract(a.row, '$.enrolled_on'), a.uid))"""


def waiting(db: sqlite3.Connection) -> set[int]:
    """Who has an enrolment beside the register that nothing in it stands for any more."""
    return {person for (person,) in db.execute(_WAITING)}


def beside(db: sqlite3.Connection, people: Collection[int]) -> set[int]:
    """Who of these has an enrolment beside the register."""
    return {person for (person,) in db.execute(_ASIDE, (json.dumps(list(people)),))}


def settle(db: sqlite3.Connection, person: int, changes: Mapping[str, Mapping[str, str | None]]) -> list[dict[str, Any]]:
    """Enrolments of one programme that ended together, or both are open, and overlap are one: the told one, then the
    earlier, then the smaller uid stands in the register, the others beside it.

    Returns the lines of those that stood in it until now: they are to be put aside.
    """
    from chronic.store import departing

    aside = {uid: json.loads(row) for uid, row in db.execute(
        "SELECT uid, row FROM aside WHERE person = ? AND place = 'enrolment'", (person,))}  # fmt: skip
    ids = dict(db.execute("SELECT uid, id FROM enrolment WHERE person = ?", (person,)))
    if not aside and not changes:
        return []
    lines = {uid: departing.own_line(db, "enrolment", id_) for uid, id_ in ids.items()}
    lines |= {uid: line for uid, line in aside.items() if uid not in ids}
    for uid, line in lines.items():
        _change(line, changes.get(uid, {}))
    standing = _standing(lines.values())
    beaten = ids.keys() - standing
    for uid in beaten:
        db.execute("DELETE FROM enrolment WHERE uid = ?", (uid,))
    for uid in sorted(standing & ids.keys(), key=lambda uid: lines[uid].get("ended_on") is None):
        line = lines[uid]
        values = (
            line["enrolled_on"],
            line["assumed"],
            line.get("diagnosed_on"),
            line.get("ended_on"),
            line.get("end_reason"),
        )
        db.execute(f"UPDATE enrolment SET {' = ?, '.join(_STAY)} = ? WHERE uid = ?", (*values, uid))
    for uid in sorted(standing - ids.keys()):
        db.execute("DELETE FROM aside WHERE uid = ?", (uid,))
        row = _row(db, person, lines[uid])
        db.execute(f"INSERT INTO enrolment ({', '.join(row)}) VALUES ({', '.join('?' * len(row))})", tuple(row.values()))
    for uid in aside.keys() - standing:
        db.execute(
            "UPDATE aside SET row = ? WHERE uid = ?", (json.dumps(travelling.said(lines[uid]), ensure_ascii=False), uid)
        )
    return [lines[uid] for uid in beaten]


def all_stand(lines: Sequence[Mapping[str, Any]]) -> bool:
    """Are these enrolments of one person, of whom there are no others, so many stays?"""
    return len(_standing(lines)) == len(lines)


def standing(db: sqlite3.Connection, person: int, line: Mapping[str, Any]) -> dict[str, Any]:
    """An enrolment as a row of the register."""
    changed = dict(line)
    _change(changed, {})
    return _row(db, person, changed)


def _row(db: sqlite3.Connection, person: int, line: Mapping[str, Any]) -> dict[str, Any]:
    return {name: line[name] for name in shape(db, "enrolment").columns if name in line} | {"person": person}


def _change(line: dict[str, Any], values: Mapping[str, str | None]) -> None:
    for part, value in values.items():
        line[part] = int(value or 0) if part == "assumed" else value
    if line.get("ended_on") is None:
        line["ended_on"] = line["end_reason"] = None
    else:
        line["ended_on"] = max(line["ended_on"], line["enrolled_on"])
        line["end_reason"] = line.get("end_reason") or "withdrawn"


def _standing(lines: Iterable[Mapping[str, Any]]) -> set[str]:
    kept: list[Mapping[str, Any]] = []
    for line in sorted(lines, key=lambda line: (line["assumed"], line["enrolled_on"], line["uid"])):
        twin = any(
            other["programme"] == line["programme"] and other.get("ended_on") == line.get("ended_on") for other in kept
        )
        if not twin:
            kept.append(line)
    return {str(line["uid"]) for line in kept}

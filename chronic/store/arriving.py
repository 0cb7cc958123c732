"""Rows of another registry on their way in: the union of facts by uid, in whatever order bundles come, twice or late.

Inside one transaction of the caller. People are found by uid, then by ID number. What two registries may say only once
(the end of a contract, a live visit of a day) is decided from the facts alone, and what loses stays beside it.
"""

import json
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from itertools import groupby, islice
from typing import Any

from chronic.errors import ValueRefused
from chronic.store import departing, erasing, people, places, registers, settling, tasks
from chronic.store.departing import ALIASES, GONE, Line
from chronic.store.stamp import Stamp
from chronic.store.travelling import FIELDS, HOUSEHOLD, PARTS, PERSON, PLACE, STAMP, TRAVELLING, shape

_AT_ONCE = 2000
_SPARE = {"contract_end": "contract", "need_settled": "household_visit", "erasure": "person"}
"""Tables with room for one row of each of these: the smaller uid stands, the other beside it."""
_MOVING = ("enrolment",)
"""Rows that wait beside the register until it is settled which of them stand in it."""
_DEPENDING = {
    table: tuple((other, column) for other, refs in TRAVELLING.items() for column, of in refs.items() if of == table)
    for table in TRAVELLING
}
_WIDTHS = {"visit_reading": 3, "visit_entered": 2, "checkup_value": 2}
_DERIVED_OF_VISIT = ("verdict", "plan")
_KNOWN = """
SELECT uid FROM {table} WHERE uid IN (SELECT value FROM json_each(?1))
UNION SELECT uid FROM aside WHERE uid IN (SELECT value FROM json_each(?1))
UNION SELECT uid FROM tombstone WHERE uid IN (SELECT value FROM json_each(?1))"""
_WHO = """
SELECT id FROM person WHERE uid = ?1 UNION ALL SELECT person FROM person_alias WHERE uid = ?1
UNION ALL SELECT person FROM person_merge WHERE merged_uid = ?1 LIMIT 1"""


class Arrival:
    """One bundle being merged. `touched`: everyone to be planned anew; `new`: table -> rows that were not here yet."""

    def __init__(self, db: sqlite3.Connection, today: date, stamp: Stamp, typed: tuple[str, ...]) -> None:
        self._db, self._today, self._stamp, self._typed = db, today, stamp, typed
        self.touched: set[int] = set()
        self.new: dict[str, int] = defaultdict(int)
        self._ids: dict[str, int] = {}
        self._lines: dict[int, Line] = {}
        self._gone: dict[str, Line] = {}
        self._fresh: set[int] = set()
        self._lapsed: list[int] = []
        self._settle: dict[str, set[int]] = defaultdict(set)
        self._households: dict[str, int] = {}

    def take(self, lines: Iterable[Line]) -> None:
        """Everything a bundle holds, in the order `departing.lines` gives it. Raises ValueRefused (`bundle.gap`)."""
        for table, some in groupby(lines, key=lambda line: str(line["at"])):
            while chunk := list(islice(some, _AT_ONCE)):
                if table == GONE:
                    self._bury(line["uid"] for line in chunk)
                elif table == PERSON:
                    self._people(chunk)
                else:
                    self._facts(table, chunk)
        self._settle_all()

    def _bury(self, uids: Iterable[str]) -> None:
        """Rows that were taken back where they were written."""
        for uid in uids:
            made = self._db.execute("INSERT OR IGNORE INTO tombstone (uid) VALUES (?)", (uid,)).rowcount
            if not made:
                continue
            self.new[GONE] += 1
            self._db.execute("DELETE FROM aside WHERE uid = ?", (uid,))
            found = self._db.execute("SELECT id FROM person WHERE uid = ?", (uid,)).fetchone()
            if found is not None:
                self._lapsed.append(int(found[0]))
                continue
            for table in TRAVELLING:
                row = self._db.execute(f"SELECT id FROM {table} WHERE uid = ?", (uid,)).fetchone()
                if row is not None:
                    self._remove(table, int(row[0]))
                    break

    def _remove(self, table: str, id_: int) -> None:
        db = self._db
        for other, column in _DEPENDING[table]:
            for (row,) in db.execute(f"SELECT id FROM {other} WHERE {column} = ?", (id_,)).fetchall():
                self._remove(other, int(row))
        for part in PARTS.get(table, ()):
            db.execute(f"DELETE FROM {part} WHERE {table} = ?", (id_,))
        for derived in _DERIVED_OF_VISIT if table == "visit" else ():
            db.execute(f"DELETE FROM {derived} WHERE person = (SELECT person FROM visit WHERE id = ?)", (id_,))
        if table == "task":
            db.execute("DELETE FROM task_open WHERE task = ?", (id_,))
        self._note(table, id_)
        db.execute(f"DELETE FROM {table} WHERE id = ?", (id_,))

    def _note(self, table: str, id_: int) -> None:
        """Whose row this is: they are settled and planned anew."""
        refs = TRAVELLING[table]
        if PERSON in refs:
            (person,) = self._db.execute(f"SELECT person FROM {table} WHERE id = ?", (id_,)).fetchone()
            if person is not None:
                self._mark(table, int(person))
            elif table == "education":
                self._settle[table].add(0)
            return
        for column, of in refs.items():
            (parent,) = self._db.execute(f"SELECT {column} FROM {table} WHERE id = ?", (id_,)).fetchone()
            self._note(of, int(parent))

    def _mark(self, table: str, person: int) -> None:
        self.touched.add(person)
        self._settle[table].add(person)

    def _people(self, lines: list[Line]) -> None:
        for line in lines:
            who = self._who(line)
            if who is None:
                gone = self._db.execute("SELECT 1 FROM tombstone WHERE uid = ?", (line["uid"],)).fetchone()
                if gone and not line.get("again"):
                    self._gone[line["uid"]] = line  # comes back only with something said of them; see _person
                    continue
                who = self._add(line)
            self._known(line, who)

    def _who(self, line: Line) -> int | None:
        for uid in (line["uid"], *line.get("aliases", ())):
            row = self._db.execute(_WHO, (uid,)).fetchone()
            if row is not None:
                return int(row[0])
        row = (
            line.get("id_number")
            and self._db.execute("SELECT id FROM person WHERE id_number = ?", (line["id_number"],)).fetchone()
        )
        return int(row[0]) if row else None

    def _known(self, line: Line, who: int) -> None:
        """Somebody a bundle speaks of, and every uid they go by."""
        for uid in (line["uid"], *line.get("aliases", ())):
            if self._db.execute(_WHO, (uid,)).fetchone() is None:
                self._db.execute("INSERT INTO person_alias (uid, person) VALUES (?, ?)", (uid, who))
                self.new[ALIASES] += 1
                self.touched.add(who)
            self._ids[uid] = who
        if who not in self._fresh:
            registers.note_bases(self._db, who, line)
        self._lines[who] = line

    def _add(self, line: Line) -> int:
        db = self._db
        row = {name: line[name] for name in FIELDS[:-3] if name in line}
        number = row.get("archive_no")
        taken = number and db.execute("SELECT 1 FROM person WHERE archive_no = ?", (number,)).fetchone() is not None
        if taken:
            del row["archive_no"]
        home = places.settle(db, line.get("township"), line.get("village"), line.get("hamlet"), self._stamp)
        row |= {"uid": line["uid"], "village": home.village, "hamlet": home.hamlet}
        row |= {name: line[name] for name in STAMP}
        made = db.execute(f"INSERT INTO person ({', '.join(row)}) VALUES ({', '.join('?' * len(row))})", tuple(row.values()))
        who = made.lastrowid
        assert who is not None
        people.rekey(db, who)
        self.new[PERSON] += 1
        self.touched.add(who)
        if not taken:  # whose number somebody else has is one to decide about, at once
            self._fresh.add(who)
        return who

    def _person(self, uid: str) -> int:
        if uid not in self._ids and uid in self._gone:
            line = self._gone.pop(uid)
            self._known(line, self._add(line))
        if uid not in self._ids:
            raise ValueRefused("bundle.gap")
        return self._ids[uid]

    def _facts(self, table: str, lines: list[Line]) -> None:
        asked = json.dumps([line["uid"] for line in lines])
        known = {uid for (uid,) in self._db.execute(_KNOWN.format(table=table), (asked,))}
        its = shape(self._db, table)
        parents = {of: self._parents(of, lines, column) for column, of in its.refs.items() if of in TRAVELLING}
        for line in lines:
            if line["uid"] in known:
                continue
            known.add(line["uid"])
            row: dict[str, Any] = {name: line[name] for name in its.columns if name in line}
            missing = False
            for column, of in its.refs.items():
                if column not in line:
                    continue
                if of == PERSON:
                    row[column] = self._person(line[column])
                elif of == PLACE:
                    row[column] = self._place(line[column])
                elif of == HOUSEHOLD:
                    row[column] = self._household(line[column])
                elif line[column] in parents[of]:
                    row[column] = parents[of][line[column]]
                else:
                    missing = True
                    self._excuse(str(line[column]))
            if not missing:
                self._take(table, line, row, its.ends)

    def _excuse(self, uid: str) -> None:
        """What is said of a row that was taken back is not needed; of a row never seen, something is missing."""
        if self._db.execute("SELECT 1 FROM tombstone WHERE uid = ?", (uid,)).fetchone() is None:
            raise ValueRefused("bundle.gap")

    def _parents(self, of: str, lines: list[Line], column: str) -> dict[str, int]:
        asked = json.dumps([line[column] for line in lines if column in line])
        sql = f"SELECT uid, id FROM {of} WHERE uid IN (SELECT value FROM json_each(?))"
        return dict(self._db.execute(sql, (asked,)))

    def _take(self, table: str, line: Line, row: dict[str, Any], ends: bool) -> None:
        self.new[table] += 1
        column = departing.names_person(table, row)
        if column is not None:
            row[column] = self._own_uid(row[column])
        if table in _MOVING:
            registers.put_aside(self._db, table, row["person"], line)
            self._mark(table, row["person"])
            return
        if table in _SPARE and not self._room(table, line, row):
            return
        if table == "referral":
            row["slip"] = self._slip(row)
        elif table == "erasure":
            row["person_uid"] = self._own_uid(line["person"])
        if ends:
            row["ended_by"] = row["uid"]  # until it is settled which of them counts
        made = self._db.execute(
            f"INSERT INTO {table} ({', '.join(row)}) VALUES ({', '.join('?' * len(row))})", tuple(row.values())
        )
        id_ = made.lastrowid
        assert id_ is not None
        for part in PARTS.get(table, ()):
            for values in line.get(part, ()):
                if len(values) != _WIDTHS[part]:
                    raise ValueError(part)
                self._db.execute(f"INSERT INTO {part} VALUES ({', '.join('?' * (1 + len(values)))})", (id_, *values))
        self._note(table, id_)
        if table == "task":
            self._settle["task"].add(id_)
        elif table == "task_event":
            self._settle["task"].add(row["task"])

    def _own_uid(self, uid: str) -> str:
        """By which uid this registry knows somebody."""
        row = self._db.execute(_WHO, (uid,)).fetchone()
        own = row and self._db.execute("SELECT uid FROM person WHERE id = ?", (row[0],)).fetchone()
        return str(own[0]) if own else uid

    def _room(self, table: str, line: Line, row: Mapping[str, Any]) -> bool:
        """Is the place free, or made free for a smaller uid?"""
        column = _SPARE[table]
        there = self._db.execute(f"SELECT id, uid, person FROM {table} WHERE {column} = ?", (row[column],)).fetchone()
        if there is None:
            return True
        id_, uid, person = there
        if uid < row["uid"]:
            registers.put_aside(self._db, table, person, line)
            return False
        registers.put_aside(self._db, table, person, departing.own_line(self._db, table, id_))
        self._db.execute(f"DELETE FROM {table} WHERE id = ?", (id_,))
        return True

    def _slip(self, row: Mapping[str, Any]) -> str:
        """A slip keeps its number where nobody else's has it."""
        slip = str(row["slip"])
        taken = self._db.execute("SELECT 1 FROM referral WHERE slip = ?", (slip,)).fetchone()
        return f"{slip}/{str(row['uid'])[-6:]}" if taken else slip

    def _place(self, path: list[list[str]]) -> int | None:
        parent: int | None = None
        for level, name in path:
            parent = places.find_or_make(self._db, level, name, parent, self._stamp)
        return parent

    def _household(self, home: Mapping[str, Any]) -> int:
        key = json.dumps(home, sort_keys=True)
        if key not in self._households:
            path = home["place"]
            village = self._place([step for step in path if step[0] != "hamlet"])
            hamlet = self._place(path) if path[-1][0] == "hamlet" else None
            self._households[key] = households_id(self._db, village, hamlet, str(home["no"]), self._stamp)
        return self._households[key]

    def _settle_all(self) -> None:
        db = self._db
        contested = settling.contested(db)
        changed = self._settle["person_change"] | self._settle["pause"] | self._settle["enrolment"] | self._lines.keys()
        changed |= {person for (person,) in db.execute("SELECT DISTINCT person FROM aside WHERE place = 'enrolment'")}
        for person in changed - {0}:
            registers.apply(db, person, self._today, self._stamp, self._lines.get(person))
        for table in settling.KINDS:
            whose = self._settle[table] | contested
            if whose:
                settling.settle(db, table, whose)
        settling.orders(db, self._settle["exam_order"] | self._settle["test_result"])
        for (person,) in db.execute("SELECT person FROM erasure").fetchall():
            if person in self.touched:
                erasing.scrub(db, person, self._typed)
        for person in self._lapsed:
            if person not in people.still_spoken_of(db, person, person):
                self.touched.discard(person)
                people.forget(db, person, person)
        tasks.derive(db, self._settle["task"] & self._existing("task"))
        self.touched |= contested
        self.touched &= self._existing("person")

    def _existing(self, table: str) -> set[int]:
        asked = self._settle["task"] if table == "task" else self.touched
        sql = f"SELECT id FROM {table} WHERE id IN (SELECT value FROM json_each(?))"
        return {id_ for (id_,) in self._db.execute(sql, (json.dumps(list(asked)),))}


def households_id(db: sqlite3.Connection, village: int | None, hamlet: int | None, number: str, stamp: Stamp) -> int:
    """The household of this number there, made where it is not known."""
    sql = "SELECT id FROM household WHERE village = ? AND household_no = ? AND coalesce(hamlet, 0) = coalesce(?, 0)"
    row = db.execute(sql, (village, number, hamlet)).fetchone()
    if row is None:
        row = db.execute(
            "INSERT INTO household (uid, village, household_no, hamlet) VALUES (?, ?, ?, ?) RETURNING id",
            (stamp.uid(), village, number, hamlet),
        ).fetchall()[0]
    return int(row[0])

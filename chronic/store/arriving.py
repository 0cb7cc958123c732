"""Rows of another registry on their way in: the union of facts by uid, in whatever order bundles come, twice or late.

Inside one transaction of the caller. People are found by uid, then by ID number. What two registries may say only once
(the end of a contract, a live visit of a day) is decided from the facts alone, and what loses stays beside it.

Rows are looked up, written and settled some thousand at a time, and only those who are spoken of are looked at: merging
takes as long as what comes is large, however much is there.
"""

import json
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from itertools import groupby, islice
from typing import Any

from chronic.errors import ValueRefused
from chronic.model.household import Home
from chronic.store import (
    departing,
    enrolments,
    erasing,
    households,
    joining,
    merges,
    numbers,
    people,
    places,
    referrals,
    registers,
    settling,
    sources,
    spares,
    tasks,
    transfers,
)
from chronic.store.arrived import Arrived, Before
from chronic.store.burials import bury
from chronic.store.departing import Line
from chronic.store.newcomers import Newcomers
from chronic.store.stamp import Stamp
from chronic.store.travelling import ALIASES, GONE, PARTS, PERSON, PLACE, TRAVELLING, Shape, shape

_AT_ONCE = 2000
_ONE_BY_ONE = (*spares.ROOM, "referral")
"""Tables of which each row depends on those that are there already."""
_MOVING = "enrolment"
"""Rows that wait beside the register, where there are others of that person, until it is settled which stand in it."""
_WIDTHS = {"visit_reading": 3, "visit_entered": 2, "checkup_value": 2}
_KNOWN = """
SELECT uid FROM {table} WHERE uid IN (SELECT value FROM json_each(?1))
UNION SELECT uid FROM aside WHERE uid IN (SELECT value FROM json_each(?1))
UNION SELECT uid FROM tombstone WHERE uid IN (SELECT value FROM json_each(?1))"""
_OTHERS_SAY = """
SELECT EXISTS (SELECT 1 FROM person_alias WHERE person = ?1) OR EXISTS (SELECT 1 FROM person_change WHERE person = ?1)
  OR EXISTS (SELECT 1 FROM visit WHERE person = ?1 AND ended_by IS NOT NULL)
  OR EXISTS (SELECT 1 FROM checkup WHERE person = ?1 AND ended_by IS NOT NULL)"""
_ENROLLED = """
SELECT person FROM enrolment WHERE person IN (SELECT value FROM json_each(?1))
UNION SELECT person FROM aside WHERE person IN (SELECT value FROM json_each(?1)) AND place = 'enrolment'"""


class Arrival:
    """One bundle being merged. `touched`: everyone to be planned anew; `new`: table -> rows that were not here yet;
    `besides`: of whom nothing came, to be planned anew because a number went from one person to another; `joined`: two who
    became one."""

    def __init__(
        self, db: sqlite3.Connection, today: date, stamp: Stamp, typed: tuple[str, ...], before: Before = lambda people: None
    ) -> None:
        self._db, self._today, self._stamp, self._typed, self._before = db, today, stamp, typed, before
        self._arrived = Arrived(db)
        self._people = Newcomers(self._arrived, stamp, before)
        self._lapsed: list[int] = []
        self.besides: set[int] = set()
        self.joined: list[merges.Merged] = []
        self._paths: dict[tuple[tuple[str, str], ...], int | None] = {}
        self._households: dict[str, int] = {}

    @property
    def touched(self) -> set[int]:
        return self._arrived.touched

    @property
    def new(self) -> dict[str, int]:
        return self._arrived.new

    def take(self, lines: Iterable[Line]) -> None:
        """Everything a bundle holds, in the order `departing.lines` gives it. Raises ValueRefused (`bundle.gap`)."""
        lifted = transfers.lift(self._db)
        for table, some in groupby(lines, key=lambda line: str(line["at"])):
            while chunk := list(islice(some, _AT_ONCE)):
                if table == GONE:
                    self._lapsed += bury(self._arrived, [line["uid"] for line in chunk], self._before)
                elif table == PERSON:
                    self._people.take(chunk, more=len(chunk) == _AT_ONCE)
                else:
                    self._facts(table, chunk)
            if table == PERSON:
                self._people.close()
        self._settle_all()
        transfers.settle(self._db, self._arrived.settle["transfer"] | self._arrived.settle["transfer_answer"])
        self._arrived.touched |= lifted ^ transfers.lay(self._db, self._stamp.origin)

    @property
    def spoken_of(self) -> tuple[int, ...]:
        """Everyone a bundle has a line about."""
        return tuple(self._people.said)

    def _facts(self, table: str, lines: list[Line]) -> None:
        asked = json.dumps([line["uid"] for line in lines])
        known = {uid for (uid,) in self._db.execute(_KNOWN.format(table=table), (asked,))}
        new: dict[str, Line] = {}
        for line in lines:
            if line["uid"] not in known:
                new.setdefault(line["uid"], line)
        lines = list(new.values())
        its = shape(self._db, table)
        parents: dict[str, dict[str, int]] = {}
        for column, of in its.refs.items():
            if of in TRAVELLING:
                lines, parents[column] = self._parents(of, column, lines)
        refs: dict[str, list[int | None]] = {}
        for column, of in its.refs.items():
            if column in parents:
                refs[column] = [parents[column].get(line.get(column, "")) for line in lines]
            else:
                refs[column] = [self._reference(of, line[column]) if column in line else None for line in lines]
        if lines:
            self._arrived.new[table] += len(lines)
            self._take(table, its, lines, refs)

    def _parents(self, of: str, column: str, lines: list[Line]) -> tuple[list[Line], dict[str, int]]:
        """The lines whose row is here, and the ids of these rows. What is said of a row that was taken back is not
        needed; of a row never seen, something is missing."""
        asked = json.dumps([line[column] for line in lines if column in line])
        sql = f"SELECT uid, id FROM {of} WHERE uid IN (SELECT value FROM json_each(?))"
        ids: dict[str, int] = dict(self._db.execute(sql, (asked,)))
        orphans = {line[column] for line in lines if column in line} - ids.keys()
        if orphans - self._arrived.among("tombstone", sorted(orphans)):
            raise ValueRefused("bundle.gap")
        return [line for line in lines if line.get(column) not in orphans], ids

    def _reference(self, of: str, told: Any) -> int | None:
        if of == PERSON:
            return self._people.id_of(told)
        return self._place(told) if of == PLACE else self._household(told)

    def _take(self, table: str, its: Shape, lines: list[Line], refs: dict[str, list[int | None]]) -> None:
        if table == _MOVING:
            self._enrol(lines, refs[PERSON])
        elif table in _ONE_BY_ONE:
            for number, line in enumerate(lines):
                row = {name: line[name] for name in its.columns if name in line}
                self._take_one(table, line, row | {column: ids[number] for column, ids in refs.items() if column in line})
        else:
            self._take_all(table, its, lines, refs)

    def _take_all(self, table: str, its: Shape, lines: list[Line], refs: dict[str, list[int | None]]) -> None:
        used = set().union(*lines)
        columns = {name: [line.get(name) for line in lines] for name in its.columns if name in used} | refs
        for number, line in enumerate(lines if table in departing.NAMING else ()):
            column = departing.names_person(table, line)
            if column is not None:
                columns[column][number] = self._people.own_uid(line[column])
        if table == "person_change":
            columns["about"] = [self._about(line) for line in lines]
        ids = self._arrived.write(table, columns, its.ends)
        for part in PARTS.get(table, ()):
            self._write_parts(part, ids, lines)
        if PERSON in refs:
            self._arrived.mark(table, {who or 0 for who in refs[PERSON]})
        else:
            self._arrived.note(table, ids)
        if table == "task":
            self._arrived.tasks.update(ids)
        elif table == "task_event":
            self._arrived.tasks.update(filter(None, refs["task"]))

    def _about(self, line: Line) -> str | None:
        """What a change is about, as this registry calls it."""
        about: str | None = line.get("about")
        return sources.here(about, self._stamp.origin) if about is not None and line["field"] == "person_ref" else about

    def _write_parts(self, part: str, ids: range, lines: list[Line]) -> None:
        width = _WIDTHS[part]
        rows = [(id_, *values) for id_, line in zip(ids, lines, strict=True) for values in line.get(part, ())]
        if any(len(row) != 1 + width for row in rows):
            raise ValueError(part)
        self._db.executemany(f"INSERT INTO {part} VALUES ({', '.join('?' * (1 + width))})", rows)

    def _enrol(self, lines: list[Line], whose: list[int | None]) -> None:
        """Into the register where nothing has to be decided, else beside it."""
        of_one: dict[int, list[Line]] = defaultdict(list)
        for who, line in zip(whose, lines, strict=True):
            of_one[who or 0].append(line)
        known = {id_ for (id_,) in self._db.execute(_ENROLLED, (json.dumps(list(of_one)),))}
        rows = []
        for who, some in of_one.items():
            if who not in known and enrolments.all_stand(some):
                rows += [enrolments.standing(self._db, who, line) for line in some]
                continue
            for line in some:
                registers.put_aside(self._db, _MOVING, who, line)
        self._arrived.write_rows(_MOVING, rows)
        self._arrived.mark(_MOVING, of_one)

    def _take_one(self, table: str, line: Line, row: dict[str, Any]) -> None:
        if table in spares.ROOM and not spares.has_room(self._db, table, line, row):
            return
        if table == "referral":
            row["slip"] = referrals.free(self._db, str(row["slip"]), str(row["uid"]))
        elif table == "erasure":
            row["person_uid"] = self._people.own_uid(line["person"])
        self._arrived.note(table, self._arrived.write_rows(table, [row]))

    def _place(self, path: list[list[str]]) -> int | None:
        steps = tuple((level, name) for level, name in path)
        if steps not in self._paths:
            self._paths[steps] = places.along(self._db, path, self._stamp)
        return self._paths[steps]

    def _household(self, home: Mapping[str, Any]) -> int:
        key = json.dumps(home, sort_keys=True)
        if key not in self._households:
            path = home["place"]
            village = self._place([step for step in path if step[0] != "hamlet"])
            hamlet = self._place(path) if path[-1][0] == "hamlet" else None
            if village is None:
                raise ValueError("household")
            self._households[key] = households.made(self._db, Home(village, hamlet, str(home["no"])), self._stamp)
        return self._households[key]

    def _others_say(self, person: int) -> bool:
        """Did somebody else register them too, change what the register says of them, or record a contact, be it withdrawn?
        Where that was withdrawn before it came here it is here all the same, as it is wherever it came later."""
        return bool(self._db.execute(_OTHERS_SAY, (person,)).fetchone()[0])

    def _join_all(self) -> None:
        """Whom another registry took for one by their ID number, of those who are two here."""
        for pair in self._people.same:
            one, other = map(self._people.who, pair)
            found = joining.in_order(self._db, one, other, self._stamp.origin) if one != other else None
            if found is not None:
                self._join(*found)

    def _join(self, stays: int, goes: int) -> None:
        self._before([stays, goes])
        self._people.joined(stays, goes, joining.join(self._db, stays, goes, self._stamp))
        for table in TRAVELLING:
            self._arrived.mark(table, [stays])
        self._arrived.new[ALIASES] += 1
        merged = merges.stayed(self._db, goes)
        assert merged is not None
        self.joined.append(merged)

    def _settle_all(self) -> None:
        db = self._db
        self._join_all()
        self._people.note_bases()
        waiting = enrolments.waiting(db)
        changed = (
            self._arrived.settle["person_change"]
            | self._arrived.settle["pause"]
            | self._arrived.settle[_MOVING]
            | self._people.said.keys()
            | waiting
        )
        self.besides |= registers.apply(db, changed - {0}, self._today, self._stamp, self._people.said)
        self._arrived.touched |= waiting
        for table in settling.KINDS:
            settling.settle(db, table, self._arrived.settle[table])
        settling.orders(
            db,
            self._arrived.settle["exam_order"]
            | self._arrived.settle["exam_order_event"]
            | self._arrived.settle["test_result"],
        )
        spares.come_forward(db, self._arrived.touched)
        self._take_away()
        tasks.derive(db, self._arrived.existing("task", self._arrived.tasks))
        self._arrived.touched = self._arrived.existing(PERSON, self._arrived.touched)
        self.besides = self._arrived.existing(PERSON, self.besides) - self._arrived.touched

    def _take_away(self) -> None:
        """Who was erased, and of whom nothing is left; their numbers are free."""
        db = self._db
        erased = [id_ for (id_,) in db.execute("SELECT person FROM erasure") if id_ in self._arrived.touched]
        freed = numbers.held(db, [*erased, *self._lapsed])
        for person in erased:
            erasing.erase_too(db, person, self._typed)
        for person in self._lapsed:
            if person not in people.still_spoken_of(db, person, person) and not self._others_say(person):
                self._arrived.touched.discard(person)
                people.forget(db, person, person)
        self.besides |= registers.hand_on(db, freed, self._today, self._stamp)

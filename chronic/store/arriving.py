"""Rows of another registry on their way in: the union of facts by uid, in whatever order bundles come, twice or late.

Inside one transaction of the caller. People are found by uid, then by ID number. What two registries may say only once
(the end of a contract, a live visit of a day) is decided from the facts alone, and what loses stays beside it.

Rows are looked up, written and settled some thousand at a time, and only those who are spoken of are looked at: merging
takes as long as what comes is large, however much is there.
"""

import json
import sqlite3
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from itertools import groupby, islice
from typing import Any

from chronic.errors import ValueRefused
from chronic.model.pinyin import initials
from chronic.store import departing, erasing, people, places, registers, settling, tasks, transfers
from chronic.store.departing import Line
from chronic.store.registers import Said
from chronic.store.stamp import Stamp
from chronic.store.travelling import ALIASES, FIELDS, GONE, PARTS, PERSON, PLACE, STAMP, TRAVELLING, Shape, defaults, shape

_AT_ONCE = 2000
_SPARE = {"contract_end": "contract", "need_settled": "household_visit", "erasure": "person"}
"""Tables with room for one row of each of these: the smaller uid stands, the other beside it."""
_ONE_BY_ONE = (*_SPARE, "referral")
"""Tables of which each row depends on those that are there already."""
_MOVING = "enrolment"
"""Rows that wait beside the register, where there are others of that person, until it is settled which stand in it."""
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
_WHOSE = """
SELECT uid, id FROM person WHERE uid IN (SELECT value FROM json_each(?1))
UNION ALL SELECT uid, person FROM person_alias WHERE uid IN (SELECT value FROM json_each(?1))
UNION ALL SELECT merged_uid, person FROM person_merge WHERE merged_uid IN (SELECT value FROM json_each(?1))"""
_ENROLLED = """
SELECT person FROM enrolment WHERE person IN (SELECT value FROM json_each(?1))
UNION SELECT person FROM aside WHERE person IN (SELECT value FROM json_each(?1)) AND place = 'enrolment'"""
_LAST = "SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = ?"


class Arrival:
    """One bundle being merged. `touched`: everyone to be planned anew; `new`: table -> rows that were not here yet."""

    def __init__(
        self,
        db: sqlite3.Connection,
        today: date,
        stamp: Stamp,
        typed: tuple[str, ...],
        before: Callable[[list[int]], object] = lambda people: None,
    ) -> None:
        """`before` is told whom rows are about to be written for, before they are."""
        self._db, self._today, self._stamp, self._typed, self._before = db, today, stamp, typed, before
        self.touched: set[int] = set()
        self.new: dict[str, int] = defaultdict(int)
        self._ids: dict[str, int] = {}
        self._said: dict[int, Said] = {}
        self._gone: dict[str, Line] = {}
        self._fresh: set[int] = set()
        self._lapsed: list[int] = []
        self._settle: dict[str, set[int]] = defaultdict(set)
        self._tasks: set[int] = set()
        self._paths: dict[tuple[tuple[str, str], ...], int | None] = {}
        self._homes: dict[tuple[str | None, ...], places.Home] = {}
        self._households: dict[str, int] = {}

    def take(self, lines: Iterable[Line]) -> None:
        """Everything a bundle holds, in the order `departing.lines` gives it. Raises ValueRefused (`bundle.gap`)."""
        lifted = transfers.lift(self._db)
        for table, some in groupby(lines, key=lambda line: str(line["at"])):
            while chunk := list(islice(some, _AT_ONCE)):
                if table == GONE:
                    self._bury([line["uid"] for line in chunk])
                elif table == PERSON:
                    self._people(chunk)
                else:
                    self._facts(table, chunk)
        self._settle_all()
        transfers.settle(self._db, self._settle["transfer"] | self._settle["transfer_answer"])
        self.touched |= lifted ^ transfers.lay(self._db, self._stamp.origin)

    @property
    def spoken_of(self) -> tuple[int, ...]:
        """Everyone a bundle has a line about."""
        return tuple(self._said)

    # what was taken back

    def _bury(self, uids: list[str]) -> None:
        """Rows that were taken back where they were written."""
        db = self._db
        there = self._among("tombstone", uids)
        uids = [uid for uid in dict.fromkeys(uids) if uid not in there]
        db.executemany("INSERT INTO tombstone (uid) VALUES (?)", ((uid,) for uid in uids))
        self.new[GONE] += len(uids)
        asked = json.dumps(uids)
        db.execute("DELETE FROM aside WHERE uid IN (SELECT value FROM json_each(?))", (asked,))
        for table in (PERSON, *TRAVELLING):
            sql = f"SELECT id FROM {table} WHERE uid IN (SELECT value FROM json_each(?))"
            ids = [int(id_) for (id_,) in db.execute(sql, (asked,))]
            if table == PERSON:
                self._lapsed += ids
                continue
            self._before(sorted(self._whose(table, ids) - {0}))
            for id_ in ids:
                self._remove(table, id_)

    def _remove(self, table: str, id_: int) -> None:
        db = self._db
        if db.execute(f"SELECT 1 FROM {table} WHERE id = ?", (id_,)).fetchone() is None:
            return  # gone with what it depended on
        for other, column in _DEPENDING[table]:
            for (row,) in db.execute(f"SELECT id FROM {other} WHERE {column} = ?", (id_,)).fetchall():
                self._remove(other, int(row))
        for part in PARTS.get(table, ()):
            db.execute(f"DELETE FROM {part} WHERE {table} = ?", (id_,))
        for derived in _DERIVED_OF_VISIT if table == "visit" else ():
            db.execute(f"DELETE FROM {derived} WHERE person = (SELECT person FROM visit WHERE id = ?)", (id_,))
        if table == "task":
            db.execute("DELETE FROM task_open WHERE task = ?", (id_,))
        elif table == "task_event":
            self._tasks.update(task for (task,) in db.execute("SELECT task FROM task_event WHERE id = ?", (id_,)))
        self._note(table, [id_])
        db.execute(f"DELETE FROM {table} WHERE id = ?", (id_,))

    # whose rows they are

    def _whose(self, table: str, ids: Sequence[int]) -> set[int]:
        """The people these rows are about; 0 is nobody."""
        if not ids:
            return set()
        refs = TRAVELLING[table]
        column = PERSON if PERSON in refs else next(iter(refs))
        sql = f"SELECT DISTINCT coalesce({column}, 0) FROM {table} WHERE id IN (SELECT value FROM json_each(?))"
        found = {int(id_) for (id_,) in self._db.execute(sql, (json.dumps(list(ids)),))}
        return found if column == PERSON else self._whose(refs[column], sorted(found))

    def _note(self, table: str, ids: Sequence[int]) -> None:
        """Those these rows are about are settled and planned anew."""
        while PERSON not in TRAVELLING[table]:
            ((column, of),) = TRAVELLING[table].items()
            sql = f"SELECT DISTINCT {column} FROM {table} WHERE id IN (SELECT value FROM json_each(?))"
            ids = [int(id_) for (id_,) in self._db.execute(sql, (json.dumps(list(ids)),))]
            table = of
        self._mark(table, self._whose(table, ids))

    def _mark(self, table: str, whose: Iterable[int]) -> None:
        """0 is nobody: health education."""
        self._settle[table].update(whose)
        self.touched.update(whose)
        self.touched.discard(0)

    # people

    def _people(self, lines: list[Line]) -> None:
        named = [uid for line in lines for uid in (line["uid"], *line.get("aliases", ()))]
        known: dict[str, int] = {}
        for uid, id_ in self._db.execute(_WHOSE, (json.dumps(named),)):
            known.setdefault(uid, id_)
        numbers = self._by("id_number", lines)
        buried = self._among("tombstone", [line["uid"] for line in lines])
        added, aliases, spoken = [], [], []
        (last,) = self._db.execute(_LAST, (PERSON,)).fetchone()
        for line in lines:
            uids = (line["uid"], *line.get("aliases", ()))
            who = next((known[uid] for uid in uids if uid in known), None)
            if who is None:
                who = numbers.get(line.get("id_number", ""))
            if who is None:
                if line["uid"] in buried and not line.get("again"):
                    self._gone[line["uid"]] = line  # comes back only with something said of them; see _person
                    continue
                added.append(line)
                who = known[line["uid"]] = last + len(added)
                if "id_number" in line:
                    numbers[line["id_number"]] = who
            for uid in uids:
                if uid not in known:
                    known[uid] = who
                    aliases.append((uid, who))
                elif known[uid] != who:  # of two people here they made one: somebody decides, see registers
                    aliases.append((uid, who))
                self._ids[uid] = who
            spoken.append((who, line))
        self._before(sorted({who for who, _line in spoken if who <= last}))
        self._add(added)
        before = self._db.total_changes
        self._db.executemany("INSERT OR IGNORE INTO person_alias (uid, person) VALUES (?, ?)", aliases)
        if self._db.total_changes > before:
            self.new[ALIASES] += self._db.total_changes - before
        self.touched.update(who for _uid, who in aliases)
        self.touched |= registers.note_bases(self._db, [(who, line) for who, line in spoken if who not in self._fresh])
        self._said.update((who, Said.of(line)) for who, line in spoken)

    def _by(self, column: str, lines: list[Line]) -> dict[str, int]:
        """Who has these numbers."""
        asked = json.dumps([line[column] for line in lines if column in line])
        sql = f"SELECT {column}, id FROM person WHERE {column} IN (SELECT value FROM json_each(?))"
        return dict(self._db.execute(sql, (asked,)))

    def _among(self, table: str, uids: Sequence[str]) -> set[str]:
        sql = f"SELECT uid FROM {table} WHERE uid IN (SELECT value FROM json_each(?))"
        return {uid for (uid,) in self._db.execute(sql, (json.dumps(uids),))}

    def _add(self, lines: list[Line]) -> None:
        """People nobody knew here, with the ids that come next."""
        taken, contested = self._by("archive_no", lines), set[str]()
        rows = []
        for line in lines:
            row = {name: line[name] for name in FIELDS[:-3] if name in line}
            if row.get("archive_no") in taken:
                del row["archive_no"]  # that is to be decided, at once
                contested.add(line["uid"])
            elif "archive_no" in row:
                taken[row["archive_no"]] = 0
            home = self._home(line.get("township"), line.get("village"), line.get("hamlet"))
            row |= {"uid": line["uid"], "village": home.village, "hamlet": home.hamlet}
            rows.append(row | {name: line[name] for name in STAMP})
        ids = self._write_rows(PERSON, rows)
        keys = ((key, id_) for id_, row in zip(ids, rows, strict=True) for key in initials(row["name"]))
        self._db.executemany("INSERT INTO name_key (key, person) VALUES (?, ?)", keys)
        self.new[PERSON] += len(rows)
        self.touched.update(ids)
        self._fresh.update(id_ for id_, row in zip(ids, rows, strict=True) if row["uid"] not in contested)

    def _home(self, township: str | None, village: str | None, hamlet: str | None) -> places.Home:
        """A village without its township is looked for each time: there may be another of its name by now."""
        names = (township, village, hamlet)
        if township is None or names not in self._homes:
            self._homes[names] = places.settle(self._db, township, village, hamlet, self._stamp)
        return self._homes[names]

    def _person(self, uid: str) -> int:
        if uid not in self._ids and uid in self._gone:
            self._people([self._gone.pop(uid) | {"again": True}])
        if uid not in self._ids:
            raise ValueRefused("bundle.gap")
        return self._ids[uid]

    # facts

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
            self.new[table] += len(lines)
            self._take(table, its, lines, refs)

    def _parents(self, of: str, column: str, lines: list[Line]) -> tuple[list[Line], dict[str, int]]:
        """The lines whose row is here, and the ids of these rows. What is said of a row that was taken back is not
        needed; of a row never seen, something is missing."""
        asked = json.dumps([line[column] for line in lines if column in line])
        sql = f"SELECT uid, id FROM {of} WHERE uid IN (SELECT value FROM json_each(?))"
        ids: dict[str, int] = dict(self._db.execute(sql, (asked,)))
        orphans = {line[column] for line in lines if column in line} - ids.keys()
        if orphans - self._among("tombstone", sorted(orphans)):
            raise ValueRefused("bundle.gap")
        return [line for line in lines if line.get(column) not in orphans], ids

    def _reference(self, of: str, told: Any) -> int | None:
        if of == PERSON:
            return self._person(told)
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
                columns[column][number] = self._own_uid(line[column])
        ids = self._write(table, columns, its.ends)
        for part in PARTS.get(table, ()):
            self._write_parts(part, ids, lines)
        if PERSON in refs:
            self._mark(table, {who or 0 for who in refs[PERSON]})
        else:
            self._note(table, ids)
        if table == "task":
            self._tasks.update(ids)
        elif table == "task_event":
            self._tasks.update(filter(None, refs["task"]))

    def _write(self, table: str, columns: dict[str, list[Any]], ends: bool = False) -> range:
        """Rows, given by columns; their ids. Where one of them comes to a day that is taken it counts for nothing until that
        is settled."""
        (last,) = self._db.execute(_LAST, (table,)).fetchone()
        for name, value in defaults(self._db, table).items():
            if name in columns:
                columns[name] = [value if said is None else said for said in columns[name]]
        spots = {name: f"?{number}" for number, name in enumerate(columns, 1)}
        if ends:
            spots["ended_by"] = settling.pending(table, spots)
        sql = f"INSERT INTO {table} ({', '.join(spots)}) VALUES ({', '.join(spots.values())})"
        made = self._db.executemany(sql, zip(*columns.values(), strict=True)).rowcount
        return range(last + 1, last + 1 + made)

    def _write_rows(self, table: str, rows: list[dict[str, Any]]) -> range:
        names = dict.fromkeys(name for row in rows for name in row)
        return self._write(table, {name: [row.get(name) for row in rows] for name in names}) if rows else range(0)

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
            if who not in known and registers.all_stand(some):
                rows += [registers.standing(self._db, who, line) for line in some]
                continue
            for line in some:
                registers.put_aside(self._db, _MOVING, who, line)
        self._write_rows(_MOVING, rows)
        self._mark(_MOVING, of_one)

    def _take_one(self, table: str, line: Line, row: dict[str, Any]) -> None:
        if table in _SPARE and not self._room(table, line, row):
            return
        if table == "referral":
            row["slip"] = self._slip(row)
        elif table == "erasure":
            row["person_uid"] = self._own_uid(line["person"])
        self._note(table, self._write_rows(table, [row]))

    def _own_uid(self, uid: str) -> str:
        """By which uid this registry knows somebody."""
        row = self._db.execute(f"SELECT p.uid FROM ({_WHOSE}) AS w JOIN person AS p ON p.id = w.id", (json.dumps([uid]),))
        own = row.fetchone()
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
            self._households[key] = households_id(self._db, village, hamlet, str(home["no"]), self._stamp)
        return self._households[key]

    def _settle_all(self) -> None:
        db = self._db
        waiting = registers.waiting(db)
        changed = self._settle["person_change"] | self._settle["pause"] | self._settle[_MOVING] | self._said.keys() | waiting
        registers.apply(db, changed - {0}, self._today, self._stamp, self._said)
        self.touched |= waiting
        for table in settling.KINDS:
            settling.settle(db, table, self._settle[table])
        settling.orders(db, self._settle["exam_order"] | self._settle["exam_order_event"] | self._settle["test_result"])
        for (person,) in db.execute("SELECT person FROM erasure").fetchall():
            if person in self.touched:
                erasing.erase_too(db, person, self._typed)
        for person in self._lapsed:
            if person not in people.still_spoken_of(db, person, person):
                self.touched.discard(person)
                people.forget(db, person, person)
        tasks.derive(db, self._existing("task", self._tasks))
        self.touched = self._existing(PERSON, self.touched)

    def _existing(self, table: str, ids: set[int]) -> set[int]:
        sql = f"SELECT id FROM {table} WHERE id IN (SELECT value FROM json_each(?))"
        return {id_ for (id_,) in self._db.execute(sql, (json.dumps(list(ids)),))}


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

"""The people a bundle speaks of: found by any uid they go by, then by ID number, else new here.

Of two of whom the sender speaks as two neither is the other, whatever number one of them has here: it may be just that
which the sender has put right, or lists for somebody to decide. Whether it speaks of them shows when it has spoken of
everybody.
"""

import json
from collections.abc import Sequence
from typing import NamedTuple

from chronic.errors import ValueRefused
from chronic.model.pinyin import initials
from chronic.store import aliases, places, registers
from chronic.store.aliases import Alias
from chronic.store.arrived import Arrived, Before
from chronic.store.departing import Line
from chronic.store.numbers import UNIQUE
from chronic.store.registers import Said
from chronic.store.stamp import Stamp
from chronic.store.travelling import ALIASES, FIELDS, PERSON, STAMP

_AT_ONCE = 2000
_WHOSE = """
SELECT uid, id FROM person WHERE uid IN (SELECT value FROM json_each(?1))
UNION ALL SELECT uid, person FROM person_alias WHERE uid IN (SELECT value FROM json_each(?1))
UNION ALL SELECT merged_uid, person FROM person_merge WHERE merged_uid IN (SELECT value FROM json_each(?1))"""


class _Told(NamedTuple):
    """By which uids people go; which of these are sure; and of which two a person is to say whether they are one."""

    new: list[Alias]
    sure: list[str]
    asked: list[tuple[int, int]]


class Newcomers:
    """`said`: id -> what their line says beside the fields; `same`: two people here who have one ID number elsewhere."""

    def __init__(self, arrived: Arrived, stamp: Stamp, before: Before) -> None:
        self._arrived, self._stamp, self._before = arrived, stamp, before
        self.said: dict[int, Said] = {}
        self.same: list[tuple[int, int]] = []
        self._ids: dict[str, int] = {}
        self._gone: dict[str, Line] = {}
        self._fresh: set[int] = set()
        self._by_uid: set[int] = set()
        self._by_number: list[Line] = []
        self._now: dict[int, int] = {}
        self._differing: list[registers.Differing] = []
        self._homes: dict[tuple[str | None, ...], places.Home] = {}

    def take(self, lines: list[Line], more: bool = False) -> None:
        """`more`: others may follow, see `close`."""
        named = [uid for line in lines for uid in (line["uid"], *line.get("aliases", ()))]
        known = self._known(named)
        self._by_uid.update(known.values())
        apart = self._known([uid for line in lines for uid in line.get("apart", ())])
        numbers = self._by("id_number", lines)
        buried = self._arrived.among("tombstone", [line["uid"] for line in lines])
        added, told, spoken = [], _Told([], [], []), []
        last = self._arrived.last(PERSON)
        for line in lines:
            uids = (line["uid"], *line.get("aliases", ()))
            by = next((uid for uid in uids if uid in known), None)
            who = known[by] if by is not None else None
            holder = numbers.get(line.get("id_number", ""))
            if who is None and holder is not None and holder not in self._by_uid:
                if more:
                    self._by_number.append(line)
                    continue
                if all(apart.get(uid) != holder for uid in line.get("apart", ())):
                    who = holder
            if who is None:
                if line["uid"] in buried and not line.get("again"):
                    self._gone[line["uid"]] = line  # comes back only with something said of them; see id_of
                    continue
                added.append(line)
                who = known[line["uid"]] = last + len(added)
                self._by_uid.add(who)
                if "id_number" in line:
                    numbers.setdefault(line["id_number"], who)
            self._name(line, who, by, known, told)
            spoken.append((who, line))
        self._before(sorted({who for who, _line in spoken if who <= last}))
        self._add(added)
        self._write(told)
        known_before = [(who, line) for who, line in spoken if who not in self._fresh]
        self._differing += registers.differing(self._arrived.db, known_before)
        self.said.update((who, Said.of(line, self._stamp.origin)) for who, line in spoken)

    def _name(self, line: Line, who: int, by: str | None, known: dict[str, int], told: "_Told") -> None:
        """By which uids somebody goes from now on, who was found `by` one of them. Sure is what has one number with that."""
        numbered = {line["uid"], *line.get("numbered", ())}
        sure = numbered if by is None or by in numbered else {by}
        for uid in (line["uid"], *line.get("aliases", ())):
            other = known.get(uid)
            if other is None:
                known[uid] = who
                told.new.append(Alias(uid, who, uid in sure))
            elif other != who:
                (self.same if uid in sure else told.asked).append((who, other))
            elif uid in sure:
                told.sure.append(uid)
            self._ids[uid] = who

    def _known(self, uids: Sequence[str]) -> dict[str, int]:
        """Uid -> who goes by it here."""
        known: dict[str, int] = {}
        for uid, id_ in self._arrived.db.execute(_WHOSE, (json.dumps(uids),)) if uids else ():
            known.setdefault(uid, id_)
        return known

    def _write(self, told: "_Told") -> None:
        db = self._arrived.db
        made = aliases.note(db, told.new) + aliases.ask(db, told.asked) + aliases.make_sure(db, told.sure)
        if made:
            self._arrived.new[ALIASES] += made
        self._arrived.touched.update(one.person for one in told.new)
        self._arrived.touched.update(who for who, _other in told.asked)

    def close(self) -> None:
        """Everybody has been spoken of."""
        later, self._by_number = self._by_number, []
        for start in range(0, len(later), _AT_ONCE):
            self.take(later[start : start + _AT_ONCE])

    def joined(self, stays: int, goes: int, differing: Sequence[registers.Differing]) -> None:
        """Two of those who were here before turned out to be one, of whom this was said differently."""
        self._now[goes] = stays
        self._differing += differing
        said = self.said.pop(goes, None)
        if said is not None:
            self.said[stays] = said.and_of(self.said.get(stays))

    def who(self, person: int) -> int:
        """Who somebody is by now who may have become another."""
        while person in self._now:
            person = self._now[person]
        return person

    def note_bases(self) -> None:
        """When every change of the bundle is here: what is left of the differences is said by two registrations."""
        found = [each._replace(person=self.who(each.person)) for each in self._differing]
        self._arrived.touched |= registers.note_bases(self._arrived.db, found)
        self._differing.clear()

    def _by(self, column: str, lines: list[Line]) -> dict[str, int]:
        """Who has these numbers."""
        asked = json.dumps([line[column] for line in lines if column in line])
        sql = f"SELECT {column}, id FROM person WHERE {column} IN (SELECT value FROM json_each(?))"
        return dict(self._arrived.db.execute(sql, (asked,)))

    def _add(self, lines: list[Line]) -> None:
        """People nobody knew here, with the ids that come next."""
        taken, contested = {column: {*self._by(column, lines)} for column in UNIQUE}, set[str]()
        rows = []
        for line in lines:
            row = {name: line[name] for name in FIELDS[:-3] if name in line}
            for column in UNIQUE:
                if row.get(column) in taken[column]:
                    del row[column]  # that is to be decided, at once
                    contested.add(line["uid"])
                elif column in row:
                    taken[column].add(row[column])
            home = self._home(line.get("township"), line.get("village"), line.get("hamlet"))
            row |= {"uid": line["uid"], "village": home.village, "hamlet": home.hamlet}
            rows.append(row | {name: line[name] for name in STAMP})
        ids = self._arrived.write_rows(PERSON, rows)
        keys = ((key, id_) for id_, row in zip(ids, rows, strict=True) for key in initials(row["name"]))
        self._arrived.db.executemany("INSERT INTO name_key (key, person) VALUES (?, ?)", keys)
        self._arrived.new[PERSON] += len(rows)
        self._arrived.touched.update(ids)
        self._fresh.update(id_ for id_, row in zip(ids, rows, strict=True) if row["uid"] not in contested)

    def _home(self, township: str | None, village: str | None, hamlet: str | None) -> places.Home:
        """A village without its township is looked for each time: there may be another of its name by now."""
        names = (township, village, hamlet)
        if township is None or names not in self._homes:
            self._homes[names] = places.settle(self._arrived.db, township, village, hamlet, self._stamp)
        return self._homes[names]

    def id_of(self, uid: str) -> int:
        """Raises ValueRefused (`bundle.gap`) for somebody the bundle does not speak of."""
        if uid not in self._ids and uid in self._gone:
            self.take([self._gone.pop(uid) | {"again": True}])
        if uid not in self._ids:
            raise ValueRefused("bundle.gap")
        return self._ids[uid]

    def own_uid(self, uid: str) -> str:
        """By which uid this registry knows somebody."""
        row = self._arrived.db.execute(
            f"SELECT p.uid FROM ({_WHOSE}) AS w JOIN person AS p ON p.id = w.id", (json.dumps([uid]),)
        )
        own = row.fetchone()
        return str(own[0]) if own else uid

"""The people a bundle speaks of: found by any uid they go by, then by ID number, else new here.

Of somebody of whom the sender speaks as another person the number that they have here may be what the same bundle puts
right: who is found by that number waits beside them until everything is here (`apart`). Whether the sender speaks of them
shows when it has spoken of everybody.
"""

import json
from collections.abc import Sequence

from chronic.errors import ValueRefused
from chronic.model.pinyin import initials
from chronic.store import places, registers
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


class Newcomers:
    """`said`: id -> what their line says beside the fields; `apart`: (who is new, who has their ID number, that number)."""

    def __init__(self, arrived: Arrived, stamp: Stamp, before: Before) -> None:
        self._arrived, self._stamp, self._before = arrived, stamp, before
        self.said: dict[int, Said] = {}
        self.apart: list[tuple[int, int, str]] = []
        self._ids: dict[str, int] = {}
        self._gone: dict[str, Line] = {}
        self._fresh: set[int] = set()
        self._by_uid: set[int] = set()
        self._by_number: list[Line] = []
        self._differing: list[registers.Differing] = []
        self._homes: dict[tuple[str | None, ...], places.Home] = {}

    def take(self, lines: list[Line], more: bool = False) -> None:
        """`more`: others may follow, see `close`."""
        named = [uid for line in lines for uid in (line["uid"], *line.get("aliases", ()))]
        known: dict[str, int] = {}
        for uid, id_ in self._arrived.db.execute(_WHOSE, (json.dumps(named),)):
            known.setdefault(uid, id_)
        self._by_uid.update(known.values())
        numbers = self._by("id_number", lines)
        buried = self._arrived.among("tombstone", [line["uid"] for line in lines])
        added, aliases, spoken = [], [], []
        last = self._arrived.last(PERSON)
        for line in lines:
            uids = (line["uid"], *line.get("aliases", ()))
            who = next((known[uid] for uid in uids if uid in known), None)
            holder = numbers.get(line.get("id_number", ""))
            if who is None and holder is not None and holder not in self._by_uid:
                if more:
                    self._by_number.append(line)
                    continue
                who = holder
            if who is None:
                if line["uid"] in buried and not line.get("again"):
                    self._gone[line["uid"]] = line  # comes back only with something said of them; see id_of
                    continue
                added.append(line)
                who = known[line["uid"]] = last + len(added)
                self._by_uid.add(who)
                if holder is not None:
                    self.apart.append((who, holder, line["id_number"]))
                elif "id_number" in line:
                    numbers[line["id_number"]] = who
            for uid in uids:
                if known.get(uid) != who:  # not known yet, or another's: of two people here they made one, see conflicts
                    aliases.append((uid, who))
                known.setdefault(uid, who)
                self._ids[uid] = who
            spoken.append((who, line))
        self._before(sorted({who for who, _line in spoken if who <= last}))
        self._add(added)
        before = self._arrived.db.total_changes
        self._arrived.db.executemany("INSERT OR IGNORE INTO person_alias (uid, person) VALUES (?, ?)", aliases)
        if self._arrived.db.total_changes > before:
            self._arrived.new[ALIASES] += self._arrived.db.total_changes - before
        self._arrived.touched.update(who for _uid, who in aliases)
        known_before = [(who, line) for who, line in spoken if who not in self._fresh]
        self._differing += registers.differing(self._arrived.db, known_before)
        self.said.update((who, Said.of(line, self._stamp.origin)) for who, line in spoken)

    def close(self) -> None:
        """Everybody has been spoken of."""
        later, self._by_number = self._by_number, []
        for start in range(0, len(later), _AT_ONCE):
            self.take(later[start : start + _AT_ONCE])

    def joined(self, stays: int, goes: int, differing: Sequence[registers.Differing]) -> None:
        """Two of those who were here before turned out to be one, of whom this was said differently."""
        self._differing = [each._replace(person=stays) if each.person == goes else each for each in self._differing]
        self._differing += differing
        said = self.said.pop(goes, None)
        if said is not None:
            self.said[stays] = said.and_of(self.said.get(stays))

    def note_bases(self) -> None:
        """When every change of the bundle is here: what is left of the differences is said by two registrations."""
        self._arrived.touched |= registers.note_bases(self._arrived.db, self._differing)
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

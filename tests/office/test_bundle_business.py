"""A county, a township and three villages that exchange bundles: each is sent its own people and nobody else."""

import contextlib
import json
import shutil
import sqlite3
import tempfile
from pathlib import Path
from typing import cast

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import rule

from chronic.care import register, transfer
from chronic.care.register import Given
from chronic.errors import ChronicError
from chronic.model.person import Person
from chronic.store import bundles, business, departing, places, registry, transactions, transfers
from chronic.store.travelling import GONE, LEAVING, TRAVELLING
from tests.office.test_bundle_convergence import NUMBERS, PICK, WHO, Exchanging, long_run
from tests.runner import Chronic
from tests.travels import TODAY, Sent, Site, even_out, known

COUNTY, TOWN, *VILLAGES = range(5)
HOMES = {"A": "镇", "B": "镇", "C": "乡"}
PLACES = {"镇": ("A", "B"), "乡": ("C",)}
LINKS = [(COUNTY, TOWN, "镇"), (COUNTY, 4, "乡/C"), (TOWN, 2, "镇/A"), (TOWN, 3, "镇/B")]
"""Who is above whom, and for which place."""


@pytest.fixture(scope="module", autouse=True)
def registries(tmp_path_factory: pytest.TempPathFactory) -> None:
    made = Chronic(tmp_path_factory.mktemp("like"))
    made.ok("init", "--name", "下各村卫生室", "--doctor", "李医生", "--yes")
    Exchanging.like = made.path


class Watched(Site):
    """Looks at each bundle as it leaves: of people who are not the receiver's business it says only where they went."""

    def send(self, to: str, everything: bool = False) -> Sent:
        peer = bundles.peer(self.db, to)
        if peer is None or peer.place is None:
            return super().send(to, everything)
        here = {uid for person in people_of(self, to, peer.place) for uid in uids_of(self, person)}
        before = self.had.setdefault(to, set())
        before |= brought_by(self, to)
        sent = super().send(to, everything)
        owners = {line["uid"]: line["person"] for line in sent[1] if line.get("person")}
        for line in sent[1]:
            if line["at"] == GONE:
                continue
            parent = next((line[of] for of in TRAVELLING.get(line["at"], {}).values() if of in TRAVELLING), "")
            who = (
                line["uid"] if line["at"] == "person" else line.get("person") or owners.get(parent) or owner_of(self, parent)
            )
            assert who in here or (who in before and line["at"] in ("person", *LEAVING)), (self.name, to, line)
        before |= here
        return sent

    @property
    def had(self) -> dict[str, set[str]]:
        return cast("dict[str, set[str]]", self.__dict__.setdefault("_had", {}))


class Tiers(Exchanging):
    """Registry 0 is a county's, 1 a township's, 2 to 4 are villages'. Each bundle is looked at as it leaves."""

    many = 5

    def begin(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        folder = Path(self.folder.name)
        self.sites = [Watched(f"site{n}", folder / f"{n}.db", self.like, 60_000 * n) for n in range(self.many)]
        self.late = []
        self.pairs = []
        for above, below, place in LINKS:
            one, other = self.sites[above], self.sites[below]
            with transactions.immediate(one.db):
                for township, villages in PLACES.items():
                    for village in villages:
                        places.settle(one.db, township, village, None, one.desk.stamp)
                bundles.trust(one.db, bundles.Peer(other.name, other.name, "", "", place), one.desk.stamp)
            with transactions.immediate(other.db):
                bundles.trust(other.db, bundles.Peer(one.name, one.name, ""), other.desk.stamp)
            self.pairs += [(one, other), (other, one)]
        for site, home in zip(VILLAGES, "ABC", strict=True):
            for number in NUMBERS[:2]:
                self.somebody_is_registered(site, f"王{home}", number if site == 2 else None)
        for site in VILLAGES[:2]:
            self.somebody_is_registered(site, "王同", NUMBERS[2])

    @rule(who=WHO, name=st.sampled_from("甲乙丙丁"), number=st.sampled_from([None, *NUMBERS]))
    def somebody_is_registered(self, who: int, name: str, number: str | None) -> None:
        home = "ABCAB"[who - 2]
        with contextlib.suppress(ChronicError):
            register.add(self.at(who).desk, Given(Person(name, id_number=number, village=home, township=HOMES[home])))

    @rule(who=WHO, pick=PICK, field=st.sampled_from(["phone", "village", "hamlet"]), value=st.sampled_from("ABC"))
    def a_field_is_changed(self, who: int, pick: int, field: str, value: str) -> None:
        site = self.at(who)
        if people := site.everyone():
            new: dict[str, object] = {field: value}
            new |= {"township": HOMES[value]} if field == "village" else {}
            with contextlib.suppress(ChronicError):
                register.edit(site.desk, people[pick % len(people)], new, tags=[value])

    def an_archive_number_is_given_or_taken_away(self, who: int, pick: int, archive: str | None) -> None:
        """Not here: while two have one number, a registry that knows only one of them cannot know it."""

    def an_id_number_is_given_or_taken_away(self, who: int, pick: int, number: str | None) -> None:
        """Not here either."""

    @rule(who=WHO, pick=PICK, village=WHO)
    def somebody_is_transferred(self, who: int, pick: int, village: int) -> None:
        site = self.at(who)
        if people := site.everyone():
            home = "ABCAC"[village]
            with contextlib.suppress(ChronicError):
                transfer.out(site.desk, people[pick % len(people)], f"{HOMES[home]}/{home}", TODAY, None)

    @rule(one=WHO, other=WHO, everything=st.booleans())
    def a_bundle_is_sent(self, one: int, other: int, everything: bool) -> None:
        above, below, _place = LINKS[one % len(LINKS)]
        sender, to = (above, below) if other % 2 else (below, above)
        self.late.append((sender, to, self.sites[sender].send(f"site{to}", everything)))

    def all_know_the_same(self) -> None:
        even_out(self.sites, 12, self.pairs)
        for above, below, place in LINKS:
            mine, theirs = people_of(self.sites[above], self.sites[below].name, place), self.sites[below]
            ids = [theirs_id(theirs, self.sites[above], person) for person in mine]
            assert None not in ids, (above, below, "not there")
            one, other = known(self.sites[above].db, mine), known(theirs.db, [id_ for id_ in ids if id_])
            assert one == other, (above, below, set(one) ^ set(other))
        for site in self.sites:
            assert site.trouble() == []


def people_of(site: Site, peer: str, place: str) -> list[int]:
    """Who lives there or is to move there or away, and whom they registered themselves as long as the home is what it was:
    written again, plainly."""
    found = []
    town, _, village = place.rpartition("/")
    for id_, home, township, place_id in site.db.execute(
        "SELECT id, village_name, township_name, coalesce(village, 0) FROM person_card ORDER BY id"
    ):
        (own,) = site.db.execute(
            "SELECT count(*) FROM bundle_given WHERE peer = ? AND person = ? AND since = 0 AND home = ?",
            (peer, id_, place_id),
        ).fetchone()
        homes = [(home, township)]
        homes += [places.names(site.db, at, None)[:2] for at, whole in transfers.parties(site.db, id_).items() if whole]
        if own or any((name, of) == (village, town) or (not town and of == place) for name, of in homes):
            found.append(id_)
    return found


def uids_of(site: Site, person: int) -> list[str]:
    sql = "SELECT uid FROM person WHERE id = ?1 UNION SELECT uid FROM person_alias WHERE person = ?1"
    return [uid for (uid,) in site.db.execute(sql, (person,))]


def owner_of(site: Site, uid: str) -> str:
    sql = "SELECT p.uid FROM visit AS v JOIN person AS p ON p.id = v.person WHERE v.uid = ?"
    return str(site.db.execute(sql, (uid,)).fetchone()[0])


def brought_by(site: Site, peer: str) -> set[str]:
    sql = "SELECT p.uid FROM bundle_given AS g JOIN person AS p ON p.id = g.person WHERE g.peer = ? AND g.since = 0"
    return {uid for (uid,) in site.db.execute(sql, (peer,))}


def theirs_id(site: Site, of: Site, person: int) -> int | None:
    sql = """SELECT id FROM person WHERE uid IN (SELECT value FROM json_each(?1))
      UNION SELECT person FROM person_alias WHERE uid IN (SELECT value FROM json_each(?1))"""
    row = site.db.execute(sql, (json.dumps(uids_of(of, person)),)).fetchone()
    return row and int(row[0])


@pytest.mark.parametrize("seed", [2, 5])
def test_every_village_ends_with_the_facts_of_its_own_people(seed: int) -> None:
    long_run(seed, 70, 5, Tiers)


def test_a_delta_is_found_without_looking_at_everybody(tmp_path: Path) -> None:
    """A bundle for some people reads what is new by its ids, and of whom it is by the person: nothing is read from end to
    end but the tasks, and those only when a place is new to the receiver."""
    shutil.copy(Tiers.like, tmp_path / "x.db")
    with contextlib.closing(registry.connect(tmp_path / "x.db")) as db:
        asked: list[str] = []
        db.set_trace_callback(asked.append)
        whose = business.of(db, "下各村", "下各村", {}, 0, [])
        some = whose._replace(whole={1}, new={2}, leaving={3}, added=frozenset({4}))
        list(departing.lines(db, dict.fromkeys(TRAVELLING, 5), some))
        db.set_trace_callback(None)
        scans = [sql for sql in asked for _step in scanned(db, sql)]
    assert [sql for sql in scans if "FROM task AS t WHERE t.person IS NULL AND t.place IN" not in sql] == []


def scanned(db: sqlite3.Connection, sql: str) -> list[str]:
    """Tables that this statement reads from end to end."""
    if not sql.lstrip().upper().startswith(("SELECT", "WITH")) or "sqlite_sequence" in sql or "pragma" in sql:
        return []
    steps = [row[3] for row in db.execute(f"EXPLAIN QUERY PLAN {sql}")]
    mine = ("json_each", "subquery", "up", "below", "CONSTANT")
    return [step for step in steps if step.startswith("SCAN") and not any(word in step for word in mine)]

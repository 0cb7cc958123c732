"""Bundles of many villages merged into one county, against importing the same people and visits as sheets.

    python -m tests.bench.bench_bundles [--villages 20] [--people 300] [--sizes 300 3000] [--folder DIR]
    python -m tests.bench.bench_bundles --villages 300 --sizes 300 3000 30000

Bars: merging 300 villages of 300 people and ten visits each takes at most twice as long as importing their sheets; then a
day's new visits, of 1, 2 and 4 % of those that are there, take time in proportion. A day on which nothing is new says
what opening 300 bundles costs. All bundles of a day lie in one folder, which is merged by one command.

One village is recorded as a village is, with corrections, withdrawals and changed phone numbers; the others are it again
under other uids, ID numbers and names. The sheets are what the county exports when all have been merged.
"""

import argparse
import csv
import json
import random
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from tests.bench.yardstick import CHRONIC, Run, print_table, run

TODAY = "2026-11-21"
SHARES = (0, 1, 2, 4)
"""Percent of the visits there are that come in one day."""
NEW_FROM = date(2026, 9, 10)
"""After the ten visits of everybody."""
SPECIAL = 30
"""So many visits are corrected, as many withdrawn, and so many people have another phone number."""
COUNTY = "county"
Line = dict[str, Any]


def chronic(db: Path, *args: object) -> list[str]:
    return [*CHRONIC, "--db", str(db), "--today", TODAY, "--lang", "en", *map(str, args)]


def people_sheet(path: Path, people: int) -> None:
    from tests.bench.bench_import import FIRST_DAY, id_number

    chance = random.Random(1)
    with path.open("w", encoding="utf-8", newline="") as stream:
        add = csv.writer(stream).writerow
        add(("name", "id_number", "village", "township", "hamlet", "programmes", "htn_enrolled_on", "dm_enrolled_on"))
        for person in range(people):
            dm = chance.random() < 0.3
            name = chance.choice("王李张刘陈杨赵黄周吴") + chance.choice("建秀国玉志桂") + chance.choice("国英华兰强明")
            home = ("下各村", "某镇", f"{person % 8}组")
            add((name, id_number(person), *home, "htn;dm" if dm else "htn", FIRST_DAY, FIRST_DAY if dm else ""))


def visits_sheet(path: Path, visits: Iterable[tuple[int, date]]) -> None:
    """One visit of each of these people on the day beside them."""
    from chronic.model.fields import VISIT_FIELDS
    from tests.bench.bench_import import KEYS, one_visit

    chance = random.Random(2)
    with path.open("w", encoding="utf-8", newline="") as stream:
        rows = csv.DictWriter(stream, (*KEYS, *(field.column for field in VISIT_FIELDS)), restval="")
        rows.writeheader()
        rows.writerows(one_visit(person, on, chance) for person, on in visits)


def recorded(folder: Path, people: int, shares: Iterable[int]) -> Iterator[list[Line]]:
    """What a village knows, and then what each day brings, as it travels."""
    from contextlib import closing

    from chronic.store import departing, registry
    from tests.bench.bench_import import DAYS_BETWEEN, FIRST_DAY, VISITS_EACH
    from tests.runner import Chronic

    site = Chronic(folder)
    sheet = folder / "sheet.csv"
    site.ok("init", "--name", "village", "--yes")
    people_sheet(sheet, people)
    site.ok("import", sheet)
    numbers = range(VISITS_EACH * people)
    first = FIRST_DAY + timedelta(days=1)
    visits_sheet(
        sheet,
        ((n % people, first + timedelta(days=DAYS_BETWEEN * (n // people) + n % people % DAYS_BETWEEN)) for n in numbers),
    )
    site.ok("import", sheet)
    for person in range(1, people + 1, -(-people // SPECIAL)):
        site.ok("person", "edit", person, "--phone", f"138{person:08}")
    for visit in range(1, VISITS_EACH * people, -(-VISITS_EACH * people // SPECIAL)):
        site.ok("visit", "fix", visit, "--heart-rate", 71)
        site.ok("visit", "void", visit + 1, "--reason", "记错人", "--yes")
    marks: dict[str, int] = {}
    with closing(registry.connect(site.path)) as db:
        yield list(departing.lines(db, marks))
        marks = departing.marks(db)
    for day, share in enumerate(shares):
        visits = VISITS_EACH * people * share // 100
        visits_sheet(sheet, ((n % people, NEW_FROM + timedelta(days=10 * day + n // people)) for n in range(visits)))
        if visits:
            site.ok("import", sheet)
        with closing(registry.connect(site.path)) as db:
            yield list(departing.lines(db, marks))
            marks = departing.marks(db)


class Village:
    """The recorded village under other names: what it says, as bundles for the county."""

    def __init__(self, number: int, people: int) -> None:
        from tests.bench.bench_import import id_number

        self._number, self._people, self._id_number = number, people, id_number
        self._numbers: dict[str, str] = {}

    def lines(self, lines: Iterable[Line]) -> Iterator[Line]:
        for line in lines:
            own = {name: self._uid(value) if name in _UIDS else value for name, value in line.items()}
            if line["at"] == "person":
                known = self._number * self._people + len(self._numbers)
                number = self._numbers.setdefault(line["uid"], self._id_number(known))
                own |= {"id_number": number, "birth_date": f"{number[6:10]}-{number[10:12]}-{number[12:14]}"}
                own["sex"] = "FM"[int(number[16]) % 2]
                own |= {"village": f"第{self._number}村", "township": f"第{self._number % 12}镇"}
            if own.get("origin"):
                own["origin"] = f"village{self._number}"
            yield own

    def _uid(self, uid: str) -> str:
        return f"{uid[:-4]}{self._number:04x}"


_UIDS = ("uid", "person", "visit", "replaces", "about")


def prepare(folder: Path, villages: int, people: int, shares: Iterable[int]) -> None:
    """The county's registry, and for each village a bundle of everything and one of each day."""
    from contextlib import closing

    from chronic.exchange import bundles as files
    from chronic.exchange import keys
    from chronic.store import bundles, registry
    from chronic.store.stamp import Stamp
    from chronic.store.transactions import immediate
    from tests.runner import Chronic

    (folder / "village").mkdir()
    county = Chronic(folder / COUNTY)
    county.folder.mkdir()
    county.ok("init", "--name", COUNTY, "--level", "county", "--yes")
    county.ok("bundle", "key", "new")
    to = keys.read(keys.file_of(county.path)).public
    days = list(recorded(folder / "village", people, shares))
    with closing(registry.connect(county.path)) as db:
        for number in range(villages):
            village, key, after = Village(number, people), keys.new(), ""
            with immediate(db):
                peer = bundles.Peer(f"village{number}", key.public.sign, key.public.age)
                bundles.trust(db, peer, Stamp("2026-11-20T00:00:00.000Z", 0, "bench", "bench"))
            for day, lines in enumerate(days):
                uid = f"{number}-{day}"
                header = {
                    "uid": uid, "from": f"village{number}", "name": f"village{number}", "level": "village",
                    "to": COUNTY, "after": after, "acks": [], "made_at": "2026-11-20T00:00:00.000Z",
                    "pseudonymous": False, "schema": registry.SCHEMA_VERSION,
                }  # fmt: skip
                data = files.pack(header, village.lines(lines), key, to.age)
                (folder / f"day{day}").mkdir(exist_ok=True)
                (folder / f"day{day}" / f"{number:03}.bundle").write_bytes(data)
                after = uid


def merging(folder: Path, day: int, db: Path) -> Run:
    return run(chronic(db, "bundle", "merge", folder / f"day{day}", "--yes"))


def importing(folder: Path, db: Path) -> Run:
    """Bring the county's people and visits into an empty registry, as sheets."""
    sheets = [folder / "people.csv", folder / "visits.csv"]
    for sheet in sheets:
        run(chronic(db, "export", sheet.stem, "--full", "--out", sheet))
    other = folder / "imported.db"
    run(chronic(other, "init", "--name", "imported", "--yes"))
    one, two = (run(chronic(other, "import", sheet)) for sheet in sheets)
    return Run(one.seconds + two.seconds, max(one.peak_mib, two.peak_mib), one.cpu + two.cpu)


def in_another_process(folder: Path, villages: int, people: int, shares: Iterable[int] = ()) -> None:
    """So that this one stays small: what it holds counts as memory of those it starts."""
    folder.mkdir()
    told = json.dumps([villages, people, list(shares)])
    run([sys.executable, "-m", "tests.bench.bench_bundles", "--prepare", told, "--folder", str(folder)])


def compare(folder: Path, villages: int, people: int) -> None:
    in_another_process(folder, villages, people, SHARES)
    db = folder / COUNTY / "registry.db"
    merged = merging(folder, 0, db)
    imported = importing(folder, db)
    rows = [
        (name, taken.seconds, taken.seconds / imported.seconds, taken.cpu / imported.cpu, round(taken.peak_mib))
        for name, taken in (("import of the sheets", imported), (f"merging {villages} bundles", merged))
    ]
    title = f"{villages} villages of {people} people, ten visits each (bar of merging: 2)"
    print_table(title, ("", "s", "ratio", "the same, cpu", "peak MiB"), rows)
    days = {share: merging(folder, day, db) for day, share in enumerate(SHARES, 1)}
    print_table(
        "A day's new visits, one bundle of each village",
        ("% new", "visits", "s", "cpu", "cpu over nothing new", "ms each", "peak MiB"),
        _by_share(days, 10 * villages * people),
    )


def _by_share(days: Mapping[int, Run], visits: int) -> Iterator[tuple[object, ...]]:
    opening = days[0].cpu
    for share, taken in days.items():
        new, over = visits * share // 100, taken.cpu - opening
        yield str(share), new, taken.seconds, taken.cpu, over, 1000 * over / new if new else "", round(taken.peak_mib)


def sizes(folder: Path, people: Iterable[int]) -> None:
    """One village of each size: is memory bounded?"""
    rows = []
    for many in people:
        place = folder / str(many)
        in_another_process(place, 1, many)
        (file,) = place.glob("day0/*.bundle")
        taken = merging(place, 0, place / COUNTY / "registry.db")
        header = json.loads(file.read_bytes().split(b"\n", 2)[1])
        mib = (header["size"] / 2**20, header["body"] / 2**20)
        rows.append((f"{many:,} people", sum(header["counts"].values()), *mib, taken.seconds, round(taken.peak_mib)))
    print_table("One bundle", ("", "rows", "MiB of rows", "MiB packed", "s", "peak MiB"), rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--villages", type=int, default=20)
    parser.add_argument("--people", type=int, default=300)
    parser.add_argument("--sizes", type=int, nargs="*", default=[300, 3_000])
    parser.add_argument("--folder", type=Path, help="where to work; a temporary folder by default")
    parser.add_argument("--prepare", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.prepare:
        prepare(asked.folder, *json.loads(asked.prepare))
        return
    with tempfile.TemporaryDirectory(dir=asked.folder) as name:
        compare(Path(name) / "county", asked.villages, asked.people)
        sizes(Path(name), asked.sizes)


if __name__ == "__main__":
    main()

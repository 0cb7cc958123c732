"""Good files of every kind that the program reads, as it writes them itself: what is then spoilt."""

import contextlib
import csv
import json
import shutil
from datetime import date
from itertools import islice
from pathlib import Path

from chronic.exchange import keys
from chronic.office import demo
from chronic.store import registry, transactions
from tests.runner import TODAY, Chronic

_HOLIDAYS = """
year = 2027
cite = "notice"

[[holiday]]
name = { zh = "元旦", en = "New Year" }
first = 2026-12-31
last = 2027-01-02
work = [2027-01-03]

[cites.notice]
source = "county"
mark = "UNVERIFIED"
zh = "县里通知"
en = "the county's notice"
"""
_ROWS = 7
TOWN, VILLAGE = "镇卫生院", "下各村"


def made(folder: Path, people: int) -> Path:
    """The folder with all of them. registry.db: the town's; village.key: of a village it trusts."""
    good = folder / "good"
    good.mkdir()
    town, village = (_site(folder / name, people, seed) for seed, name in ((1, "town"), (2, "village")))
    for one, other, name in ((town, village, VILLAGE), (village, town, TOWN)):
        other.ok("bundle", "key", "show", "--out", folder / "key.txt")
        one.ok("bundle", "key", "trust", name, folder / "key.txt", "--yes")
        shutil.move(folder / "key.txt", good / f"{other.folder.name}.txt")
    _bundles(good, village)
    (good / "stranger.key").write_text(json.dumps(keys.new()._asdict()), "utf-8")
    shutil.copy(keys.file_of(village.path), good / "village.key")
    shutil.copy(good / "village.txt", good / "key.txt")
    shutil.copy(keys.file_of(town.path), good / "registry.db.key")
    shutil.copy(town.path, good / "registry.db")
    theirs = [uid for table in ("person", "visit", "enrolment") for (uid,) in town.sql(f"SELECT uid FROM {table} LIMIT 40")]
    (good / "theirs.json").write_text(json.dumps(theirs), "utf-8")
    _sheets(good, town)
    _sealed(good, town)
    return good


def _site(folder: Path, people: int, seed: int) -> Chronic:
    """A made-up place that says it is a real one."""
    folder.mkdir()
    site = Chronic(folder)
    demo.make(site.path, date.fromisoformat(TODAY), people, seed)
    with contextlib.closing(registry.connect(site.path)) as db, transactions.immediate(db):
        db.execute("DELETE FROM setting WHERE key = 'demo'")
    site.ok("bundle", "key", "new")
    return site


def _bundles(good: Path, village: Chronic) -> None:
    someone = village.person("王秀兰", "--id-number", "11010519491231002X", "--village", "下各村", "--household-no", "7",
                             "--phone", "13812345512", "--htn-enrolled-on", "2026-01-05", "--tags", "低保")  # fmt: skip
    village.visit(someone, "2026-09-01", "--bp", "152/94", "--bp", "148/92", "--fpg", "7.6")
    village.visit(someone, "2026-11-01", "--bp", "186/98")
    village.ok("checkup", "add", someone, "--on", "2026-06-01", "--bp-left", "138/84", "--ecg", "abnormal")
    village.ok("task", "add", "随访表未签字", "--person", someone)
    village.ok("household", "visit", someone, "--need", "轮椅")
    village.ok("contract", "sign", someone, "--team", "李医生团队")
    village.ok("person", "edit", someone, "--phone", "13800138000")
    village.ok("bundle", "make", "--to", TOWN, "--plain", "--since", "all", "--out", good / "plain.bundle")
    village.ok("bundle", "make", "--to", TOWN, "--since", "all", "--out", good / "whole.bundle")
    village.visit(someone, "2026-11-15", "--bp", "150/90")
    village.ok("bundle", "make", "--to", TOWN, "--plain", "--since", "all", "--out", good / "other.bundle")


def _sheets(good: Path, town: Chronic) -> None:
    for what in ("people", "visits", "screenings", "checkups", "tests", "facts"):
        town.ok("export", what, "--full", "--out", good / f"{what}.csv")
        town.ok("export", what, "--full", "--headers", "zh", "--out", good / f"whole-{what}.xlsx")
        town.ok("export", what, "--full", "--headers", "zh", "--out", good / "zh")
        _cut(good / f"{what}.csv", good / "zh", good / f"{what}.xlsx")
    town.ok("export", "fhir", "--format", "bundle", "--full", "--out", good / "all.json")
    (good / "lists").mkdir()
    town.ok("upload", "list", "--unsent", "--format", "csv", "--out", good / "lists" / "unsent.csv")
    town.ok("institution", "list", "--format", "csv", "--out", good / "lists" / "institutions.csv")
    town.ok("export", "columns", "--out", good / "columns.toml", lang="zh")
    town.ok("export", "template", "dhis2", "--out", good / "mapping.toml", lang="zh")
    (good / "2027.toml").write_text(_HOLIDAYS, "utf-8")
    shipped = Path(demo.__file__).parents[1] / "protocols" / "cn-nbphs-2017.toml"
    (good / "county.toml").write_text(shipped.read_text("utf-8").replace("cn-nbphs-2017", "county"), "utf-8")


def _cut(sheet: Path, chinese: Path, book: Path) -> None:
    """The first rows as a sheet and as a workbook: what is wrong shows in few rows, and soon."""
    import xlsxwriter

    sheet.write_text("".join(sheet.read_text("utf-8-sig").splitlines(keepends=True)[: _ROWS + 1]), "utf-8")
    with xlsxwriter.Workbook(book) as made:
        page = made.add_worksheet()
        with chinese.open(encoding="utf-8-sig", newline="") as stream:
            for line, row in enumerate(islice(csv.reader(stream), _ROWS + 1)):
                page.write_row(line, 0, row)
    chinese.unlink()


def _sealed(good: Path, town: Chronic) -> None:
    (good / "words").write_text("soak of the county\n", "utf-8")
    town.ok("encrypt", "--keep", "file", "--key-file", good / "keys", "--passphrase-file", good / "words")
    town.ok("--key-file", good / "keys", "today")  # the first that opens it sets how it is logged
    shutil.move(town.path, good / "sealed.db")

"""What leaves for somebody else is encrypted before it reaches the disk, and only whom it is for can read it."""

import json
import os
import shutil
import sys
from pathlib import Path

import pytest

from chronic.errors import ValueRefused
from chronic.exchange import envelopes
from chronic.exchange.envelopes import Secret, To
from tests.runner import Chronic

pytest.importorskip("pyrage")
pytest.importorskip("cryptography")

ID, PHONE, NAME = "11010519491231002X", "13812345512", "王秀兰"
PERSONAL = [text.encode() for text in (ID, PHONE, NAME)]
WORDS = "correct horse battery"


@pytest.fixture(scope="module")
def village_made(tmp_path_factory: pytest.TempPathFactory) -> Chronic:
    made = Chronic(tmp_path_factory.mktemp("made"))
    made.ok("init", "--yes")
    made.person(NAME, "--id-number", ID, "--phone", PHONE, "--village", "下各村", "--htn-enrolled-on", "2026-09-01")
    made.visit(1, "2026-10-01", "--bp", "150/95")
    made.ok("bundle", "key", "new")
    (made.folder / "words.txt").write_text(f"{WORDS}\n", encoding="utf-8")
    made.ok(
        "export", "people", "--full", "--passphrase-file", made.folder / "words.txt", "--out", made.folder / "people.csv"
    )
    return made


@pytest.fixture
def village(village_made: Chronic, tmp_path: Path) -> Chronic:
    shutil.copytree(village_made.folder, tmp_path / "village")
    return Chronic(tmp_path / "village")


@pytest.fixture
def town(village: Chronic, tmp_path: Path) -> Chronic:
    """The village trusts it, as 镇."""
    town = Chronic(tmp_path / "town")
    town.folder.mkdir()
    town.ok("init", "--yes")
    town.ok("bundle", "key", "new")
    village.ok("bundle", "key", "trust", "镇", town.ok("bundle", "key", "show").out.strip(), "--yes")
    return town


def test_an_export_under_a_passphrase_is_no_sheet_until_it_is_opened(village: Chronic) -> None:
    sealed, plain = village.folder / "people.csv.age", village.folder / "people.csv"
    assert not plain.exists()
    assert sealed.stat().st_mode & 0o077 == 0
    assert [text for text in PERSONAL if text in sealed.read_bytes()] == []
    village.ok("open", sealed, "--passphrase-file", village.folder / "words.txt")
    assert plain.stat().st_mode & 0o077 == 0
    assert plain.read_bytes().decode("utf-8-sig") == village.ok("export", "people", "--full").out
    run = village("open", sealed, "--passphrase-file", village.folder / "words.txt")
    assert (run.code, "already a file" in run.last) == (2, True)


def test_import_takes_it_as_it_is_and_writes_it_nowhere(village: Chronic, tmp_path: Path) -> None:
    other = Chronic(tmp_path)
    other.ok("init", "--yes")
    sealed, words = village.folder / "people.csv.age", village.folder / "words.txt"
    assert other("import", sealed).code == 2
    other.ok("import", sealed, "--passphrase-file", words)
    assert other.ok("export", "people", "--full").out == village.ok("export", "people", "--full").out
    assert sorted(path.name for path in tmp_path.iterdir()) == ["registry.db", "village"]


def test_a_wrong_passphrase_is_one_sentence_a_line_in_the_log_and_nothing_else(village: Chronic) -> None:
    bad, before = village.folder / "bad.txt", village.dump()
    bad.write_text("not these words", encoding="utf-8")
    for command, lang in (("import", "zh"), ("open", "en")):
        run = village(command, village.folder / "people.csv.age", "--passphrase-file", bad, lang=lang)
        assert (run.code, run.out, len(run.err.splitlines())) == (2, "", 1)
    assert village.dump() == before
    assert not (village.folder / "people.csv").exists()
    log = (village.folder / "registry.db.log").read_text(encoding="utf-8")
    assert log.count("seal.wrong") == 2
    assert WORDS not in log
    assert NAME not in log


@pytest.mark.parametrize(
    ("what", "out"), [("people", "a.csv"), ("visits", "a.xlsx"), ("fhir", "a.json"), ("ics", "a.ics"), ("people", "a.json")]
)
def test_every_export_goes_to_a_trusted_registry_alone(village: Chronic, town: Chronic, what: str, out: str) -> None:
    if what == "ics":
        pytest.importorskip("icalendar")
    if out.endswith("xlsx"):
        pytest.importorskip("xlsxwriter")
    path = village.folder / out
    full = ["--full"] if what != "people" or out.endswith("csv") else []
    style = ["--format", "json"] if (what, out) == ("people", "a.json") else []
    village.ok("export", what, *full, *style, "--for", "镇", "--out", path)
    sealed = path.with_name(f"{out}.age")
    assert [text for text in PERSONAL if text in sealed.read_bytes()] == []
    assert not path.exists()
    run = village("open", sealed)  # not even whoever made it
    assert (run.code, "somebody else" in run.last) == (2, True)
    town.ok("open", sealed)
    village.ok("export", what, *full, *style, "--out", village.folder / f"plain-{out}")
    opened, plain = path.read_bytes(), (village.folder / f"plain-{out}").read_bytes()
    assert opened == plain or out in ("a.xlsx", "a.ics")
    if out == "a.xlsx":
        town.ok("import", village.folder / "people.csv.age", "--passphrase-file", village.folder / "words.txt")
        assert "new 1" in town.ok("import", sealed).out  # Excel's, read in memory


@pytest.mark.parametrize(
    "args",
    [
        ("people", "--encrypt"), ("people", "--encrypt", "--for", "镇", "--out", "x.csv"),
        ("people", "--for", "nobody", "--out", "x.csv"), ("people", "--encrypt", "--out", "x.csv"),
        ("people", "--passphrase-file", "short.txt", "--out", "x.csv"),
        ("people", "--passphrase-file", "none.txt", "--out", "x.csv"),
        ("fhir", "--format", "folder", "--for", "镇", "--out", "x"), ("parquet", "--for", "镇", "--out", "x"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_one_sentence_and_no_file(
    village: Chronic, args: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(village.folder)
    Path("short.txt").write_text("short", encoding="utf-8")
    before = sorted(village.folder.iterdir())
    run = village("export", *args)
    assert (run.code, run.out, len(run.err.splitlines())) == (2, "", 1)
    assert sorted(village.folder.iterdir()) == before


def test_at_a_terminal_the_passphrase_is_typed_twice(village: Chronic) -> None:
    out = village.folder / "typed.csv"
    run = village("export", "people", "--encrypt", "--out", out, stdin="some words to say\nother words\n")
    assert (run.code, "not the same" in run.last) == (2, True)
    assert village("export", "people", "--encrypt", "--out", out, stdin="some words to say\nsome words to say\n").code == 0
    assert village("open", village.folder / "typed.csv.age", stdin="some words to say\n").code == 0
    assert out.exists()


def test_a_file_that_was_cut_short_is_said_to_be_and_leaves_nothing(village: Chronic, town: Chronic) -> None:
    village.ok("export", "visits", "--for", "镇", "--out", village.folder / "v.csv")
    sealed = village.folder / "v.csv.age"
    whole = sealed.read_bytes()
    for content in (whole[:-1], whole[: len(whole) // 2], whole[:40], bytes([*whole[:-1], whole[-1] ^ 1])):
        sealed.write_bytes(content)
        run = town("open", sealed)
        assert (run.code, len(run.err.splitlines())) == (2, 1)
        assert not (village.folder / "v.csv").exists()


def test_what_is_no_encrypted_file_is_told_what_it_is(village: Chronic, town: Chronic) -> None:
    plain, bundle = village.folder / "plain.csv", village.folder / "b.bundle"
    plain.write_text("name\n", encoding="utf-8")
    village.ok("bundle", "make", "--to", "镇", "--out", bundle)
    assert "not encrypted" in village("open", plain).last
    assert "bundle merge" in village("open", bundle).last
    assert village("open", village.folder / "nothing.age").code == 2
    assert village("open", village.folder).code == 2


def test_what_is_too_large_for_memory_is_refused_and_to_a_key_it_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, town: Chronic
) -> None:
    monkeypatch.setattr(envelopes, "MOST", 1 << 20)
    big, key = os.urandom((1 << 20) + 1), town.ok("bundle", "key", "show").out.strip().split(":")[2]
    with (
        pytest.raises(ValueRefused, match=r"seal\.large"),
        (tmp_path / "x").open("wb") as out,
        envelopes.sealing(out, To("a passphrase")) as clear,
    ):
        clear.write(big)
    with (tmp_path / "x").open("wb") as out, envelopes.sealing(out, To(keys=(key,))) as clear:
        clear.write(big)
    with pytest.raises(ValueRefused, match=r"seal\.large"):
        envelopes.opened(tmp_path / "x", Secret(key=_age_of(town)))


def _age_of(town: Chronic) -> str:
    return str(json.loads(town.path.with_name("registry.db.key").read_text("utf-8"))["age"])


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_a_full_disk_ends_it_with_what_the_disk_says(town: Chronic, tmp_path: Path) -> None:
    key = town.ok("bundle", "key", "show").out.strip().split(":")[2]
    for size in (10, 1 << 22):  # the library is silent of the end, and of what comes before it is not
        with (
            pytest.raises(OSError, match="No space"),
            open("/dev/full", "wb", buffering=0) as out,
            envelopes.sealing(out, To(keys=(key,))) as clear,
        ):
            clear.write(bytes(size))
        sealed = tmp_path / "x"
        with sealed.open("wb") as file, envelopes.sealing(file, To(keys=(key,))) as clear:
            clear.write(bytes(size))
        with pytest.raises(OSError, match="No space"), open("/dev/full", "wb", buffering=0) as out:
            envelopes.open_into(sealed, Secret(key=_age_of(town)), out)


def test_without_the_library_it_is_one_sentence(village: Chronic, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyrage", None)
    run = village("export", "people", "--passphrase-file", village.folder / "words.txt", "--out", village.folder / "x.csv")
    assert (run.code, "chronic[bundles]" in run.last) == (2, True)
    assert not (village.folder / "x.csv.age").exists()


def test_a_workbook_too_large_for_memory_is_refused_before_it_fills_it(
    village: Chronic, town: Chronic, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("xlsxwriter")
    from chronic.render import xlsx

    monkeypatch.setattr(xlsx, "IN_MEMORY", 60)
    village.person("李四", "--village", "下各村")
    run = village("export", "people", "--for", "镇", "--out", village.folder / "p.xlsx")
    assert (run.code, "at most 1 such rows" in run.last) == (2, True)
    assert not list(village.folder.glob("*p.xlsx*"))

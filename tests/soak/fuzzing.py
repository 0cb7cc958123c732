"""Files that went wrong on their way, and cells that hold anything: each ends in rows or in one sentence.

    python -m tests.soak.fuzzing [--minutes 5] [--seed 1] [--keep FOLDER] [--files FOLDER]

Good sheets in every form that is read are changed at random: bytes of the file, parts of a workbook's XML, cells. Each is
imported into a registry with two people. No traceback, nothing that takes long, no file left behind, and where the
import was refused as a whole the registry is as it was.
"""

import argparse
import contextlib
import csv
import faulthandler
import io
import random
import shutil
import sqlite3
import tempfile
import time
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from chronic.exchange import codes
from chronic.exchange.headers import aliases
from tests.runner import Chronic

PATIENCE = 10.0
"""Seconds within which every one of these small files must be done with."""
_HANGS = 60
Table = list[list[str]]
PEOPLE: Table = [
    ["姓名", "身份证号", "性别", "出生日期", "联系电话", "村", "管理项目", "标签"],
    ["王秀兰", "11010519491231002X", "女", "1949年12月31日", "13812345512", "下各村", "高血压;糖尿病", "低保"],
    ["李建国", "110105199003078510", "1", "1990/3/7", "", "上各村", "htn", ""],
]
VISITS: Table = [
    ["源编号", "随访日期", "血压", "体重(斤)", "空腹血糖", "症状", "服药依从性", "用药情况", "摄盐情况", "备注"],
    [
        "1",
        "2026-10-01",
        "150/95",
        "131",
        "6.6",
        "头痛头晕",
        "规律",
        "氨氯地平片, 1, 5, mg; 二甲双胍 每日2次 每次0.5g",
        "轻",
        "换行\n在此",
    ],
    ["2", "2026年9月3日", "138／84", "", "HI", "1,2", "间断", "", "3", "=1+1"],
]
CHECKUPS: Table = [
    ["源编号", "体检日期", "左侧收缩压", "心电图"],
    ["1", "20260501", "140", "异常"],
    ["2", "2026.5.2", "", "1"],
]
_ODD = (
    "", " ", "　", "0", "-1", "1e9", "1.10E+17", "NaN", "inf", "１２", "Ⅹ", "２０２６年１３月４０日", "2026-02-30",
    "99999999", "140/90/80", "/", "HI", "LO", ">33.3", "4.15+", "'=1", "=cmd|' /C calc'!A0", "\x00", "\ud7ff", "\uffff",
    "\u202e王", "𬱖", "弃查", "未查", "无", "是", "a" * 5000, "9" * 400, ";;;", "，，", "\t", '"', "1" + "0" * 30, "-0.0",
    "true", "18.6kPa", "斤",
)  # fmt: skip
_BYTES = (
    b"\x00",
    b"\xff\xfe",
    b"\xef\xbb\xbf",
    b"\x81",
    b"\xfe",
    b'"',
    b"\r",
    b"\n",
    b",",
    b";",
    b"\t",
    b"|",
    b"\x1a",
    b"PK\x03\x04",
)


class Case(NamedTuple):
    """`ending`: of the file's name; `more`: of the command line."""

    ending: str
    content: bytes
    more: tuple[str, ...]


def cases(chance: random.Random, files: Sequence[Path] = ()) -> Iterator[Case]:
    """One after the other, without end; of these `files` too."""
    while True:
        if files and chance.random() < 0.3:
            path = chance.choice(files)
            yield Case(path.suffix, _broken(chance, path.read_bytes(), at_least=1), ())
            continue
        table = _cells(chance, chance.choice((PEOPLE, VISITS, VISITS, CHECKUPS)))
        make = chance.choice((_text, _text, _workbook, _unpacked))
        ending, content = make(chance, table)
        more = ["--codes", chance.choice(list(codes.sets()))] if chance.random() < 0.3 else []
        more += ["--strict"] if chance.random() < 0.2 else []
        more += ["--dry-run"] if chance.random() < 0.2 else []
        more += ["--rejects", "refused" + chance.choice((".csv", ".xlsx"))] if chance.random() < 0.4 else []
        yield Case(ending, content, tuple(more))


def _cells(chance: random.Random, table: Table) -> Table:
    """Some cells replaced, headers among them; rows and columns doubled, dropped or ragged."""
    table = [row[:] for row in table]
    for _ in range(chance.choice((0, 1, 1, 2, 5))):
        row = chance.choice(table)
        if row:
            row[chance.randrange(len(row))] = chance.choice((*_ODD, *chance.choice(table), _header(chance)))
    if chance.random() < 0.2:
        table.insert(chance.randrange(len(table) + 1), chance.choice(table)[: chance.randrange(9)])
    if chance.random() < 0.1:
        table = [[*row, chance.choice(_ODD)] for row in table]
    if chance.random() < 0.1:
        del table[chance.randrange(len(table))]
    return table


def _header(chance: random.Random) -> str:
    return chance.choice([*aliases().read, *aliases().ambiguous, *aliases().unread])


def _text(chance: random.Random, table: Table) -> tuple[str, bytes]:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=chance.choice(",,;\t|"), lineterminator=chance.choice(("\r\n", "\n", "\r")))
    writer.writerows([[chr(0xFFFD) if cell == "\ud7ff" else cell for cell in row] for row in table])
    encoding = chance.choice(("utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le"))
    return ".csv", _broken(chance, out.getvalue().encode(encoding, "replace"))


def _book(table: Table, chance: random.Random) -> bytes:
    import xlsxwriter

    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"strings_to_formulas": False, "strings_to_numbers": chance.random() < 0.5})
    sheet = book.add_worksheet()
    for line, row in enumerate(table, chance.choice((0, 0, 2))):
        for place, cell in enumerate(row):
            sheet.write_string(line, place, cell[:32_767].replace("\uffff", "?"))
    book.close()
    return out.getvalue()


def _workbook(chance: random.Random, table: Table) -> tuple[str, bytes]:
    return chance.choice((".xlsx", ".xls", ".et")), _broken(chance, _book(table, chance))


def _unpacked(chance: random.Random, table: Table) -> tuple[str, bytes]:
    """A workbook one of whose parts was changed before it was packed."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(_book(table, chance))) as book,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed,
    ):
        changed = chance.choice(book.namelist())
        for name in book.namelist():
            content = book.read(name)
            if name == changed:
                content = _swapped(chance, content) if chance.random() < 0.5 else _broken(chance, content, at_least=1)
            if name != changed or chance.random() < 0.9:
                packed.writestr(name, content)
    return ".xlsx", out.getvalue()


def _swapped(chance: random.Random, content: bytes) -> bytes:
    """Numbers and attributes of XML exchanged for others."""
    old = chance.choice((b'r="', b't="s"', b"<v>", b'"1"', b"<row", b"sheetData", b"s=", b"0"))
    new = chance.choice(
        (b'r="ZZZ99999999', b't="d"', b"<v>1e400", b'"-1"', b"<row r='9999999'", b"x", b"", b"99999999999", b"&#0;")
    )
    return content.replace(old, new, chance.choice((1, -1)))


def _broken(chance: random.Random, content: bytes, at_least: int = 0) -> bytes:
    """Bytes changed, added, taken away; the file cut short or doubled."""
    found = bytearray(content)
    for _ in range(max(at_least, chance.choice((0, 0, 1, 2, 8)))):
        place = chance.randrange(len(found) + 1)
        how = chance.randrange(5)
        if how == 0 and place < len(found):
            found[place] = chance.randrange(256)
        elif how == 1:
            found[place:place] = chance.choice(_BYTES)
        elif how == 2:
            del found[place : place + chance.choice((1, 2, 50))]
        elif how == 3 and chance.random() < 0.2:
            del found[place:]
        elif how == 4:
            found[place:place] = found[place : place + chance.choice((1, 30, 200))]
    return bytes(found)


class Trial:
    """A registry with two people that every file is imported into."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        made = Chronic(_empty(folder / "made"))
        made.ok("init", "--name", "下各村卫生室", "--yes")
        (people := folder / "people.csv").write_text("源编号,姓名\n1,王秀兰\n2,李建国\n", "utf-8")
        made.ok("import", people)
        self._made = made
        self._before = _dump(made.path)

    def take(self, case: Case) -> str:
        """How it ended. Raises AssertionError with what is wrong."""
        chronic = Chronic(_empty(self._folder / "trial"))
        shutil.copy(self._made.path, chronic.path)
        sheet = chronic.folder / f"sheet{case.ending}"
        sheet.write_bytes(case.content)
        more = [str(chronic.folder / word) if word.startswith("refused.") else word for word in case.more]
        begun = time.monotonic()
        run = chronic("import", sheet, *more)
        seconds = time.monotonic() - begun
        assert run.code in (0, 2, 3), f"exit {run.code}: {run.err}"
        assert seconds < PATIENCE, f"{seconds:.1f} s"
        assert "Traceback" not in run.err
        if run.code != 0:
            assert run.err.strip(), "nothing was said"
        if run.code == 2 or "--dry-run" in case.more or (run.code == 3 and "--strict" in case.more):
            assert _dump(chronic.path) == self._before, "refused, and still something was written"
        left = {path.name for path in chronic.folder.iterdir()} - {
            "registry.db",
            sheet.name,
            "refused.csv",
            "refused.xlsx",
            "data",
        }
        assert not left, f"left behind: {left}"
        return {0: "taken", 2: "one sentence", 3: "some rows refused"}[run.code]


def _dump(path: Path) -> str:
    with contextlib.closing(sqlite3.connect(path)) as db:
        assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        return "\n".join(db.iterdump())


def _empty(folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def soak(
    folder: Path, seed: int, on: Callable[[int], bool], keep: Path | None = None, files: Sequence[Path] = ()
) -> tuple[Counter[str], list[str]]:
    """(how the files ended, what went wrong), for as long as `on` says; what went wrong is kept as files."""
    trial, ended, wrong = Trial(folder), Counter[str](), list[str]()
    for number, case in enumerate(cases(random.Random(seed), files)):
        if not on(number):
            break
        faulthandler.dump_traceback_later(_HANGS, exit=True)
        try:
            ended[trial.take(case)] += 1
        except (KeyboardInterrupt, SystemExit):
            raise
        except BaseException as error:  # what a library throws past Exception, too
            wrong.append(f"{number} {case.ending} {' '.join(case.more)}: {error}")
            if keep is not None:
                (keep / f"{seed}-{number}{case.ending}").write_bytes(case.content)
        finally:
            faulthandler.cancel_dump_traceback_later()
    return ended, wrong


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=5)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, help="a folder for the files that went wrong")
    parser.add_argument("--files", type=Path, help="a folder with more sheets to break, .xls for one")
    asked = parser.parse_args()
    files = sorted(path for path in asked.files.rglob("*") if path.is_file()) if asked.files else []
    if asked.keep:
        asked.keep.mkdir(parents=True, exist_ok=True)
    until = time.monotonic() + 60 * asked.minutes
    with tempfile.TemporaryDirectory() as name:
        ended, wrong = soak(Path(name), asked.seed, lambda _: time.monotonic() < until, asked.keep, files)
    print(f"{ended.total() + len(wrong)} files: {dict(ended)}, {len(wrong)} wrong")
    print(*wrong, sep="\n")
    raise SystemExit(bool(wrong))


if __name__ == "__main__":
    main()

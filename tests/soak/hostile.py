"""Hostile input of every kind: sheets, workbooks and command lines that somebody spoilt, a little or altogether.

python -m tests.soak.hostile [--n 100000] [--seed 1] [--people 30]

Each is given to the program in a child that lives for a few hundred of them. After each: no traceback, no answer later
than 10 s, no memory beyond 500 MB, and where the program said no the registry is what it was, to the byte of every row.
What breaks that is named by its number; `--only NUMBER` shows it again.
"""

import argparse
import json
import os
import random
import resource
import shlex
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import zipfile
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import date
from pathlib import Path
from time import monotonic
from typing import NamedTuple

from chronic.office import demo
from tests.reference import commands, examples
from tests.runner import TODAY, Chronic, Run
from tests.soak import bombs

SLOWEST_S, MOST_MB = 10, 500
_IN_A_CHILD = 250
_NEVER = {"install", "demo", "completion"}
"""These touch more than the registry, or take their time by design."""
TEXTS = [
    "", " ", "=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)", "＝1", "'", "''", '"', "'; DROP TABLE person; --", "%s%n%x",
    "{0}", "{name}", "\x1b[31m", "\x1b]0;t\x07", "\x00", "\x07", "\x9b2J", "\u202e", "\u2066", "\u200b", "\u200f", "\ufeff",
    "\U000e0041", "\U0001f600", "王" * 3000, "9" * 400, "1e400", "-1e400", "nan", "inf", "0x10", "1_000", "１２３", "٣", "½",
    "-0", "99999999999999999999", "2026-02-30", "0000-00-00", "9999-12-31", "-2026-01-01", "2026-11-21T25:61", "148/92/1",
    "148/", "/92", "../../x", "/etc/passwd", "/dev/zero", "/dev/null", "CON", "nul.csv", "a/b\\c", "~", "$HOME", "`id`",
    "$(id)", "wаng", "⾦", "ﬀ", "İ", "ß", "ǅ", "11010519491231002X", "110105194912310021", "*1234", "00000000",
    "13812345512", "htn;dm;x", ";;;", ",,,", "\t", "\n", "\r\n", "\v", "\u2028",
]  # fmt: skip
HEADERS = [
    "name", "姓名", "person_ref", "源编号", "id_number", "身份证号", "visit_date", "随访日期", "sbp", "dbp", "收缩压", "fpg",
    "village", "phone",
]  # fmt: skip


class Told(NamedTuple):
    """What became of one input: its number, its kind, the exit code, seconds, and what is wrong ("" if nothing)."""

    number: int
    kind: str
    code: int
    seconds: float
    wrong: str


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--n", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--people", type=int, default=30)
    parser.add_argument("--only", type=int)
    parser.add_argument("--work", nargs=3, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.work:
        _work(Path(asked.work[0]), range(int(asked.work[1]), int(asked.work[2])), asked.seed)
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        demo.make(folder / "pristine.db", date.fromisoformat(TODAY), asked.people, 1)
        _sheets(folder)
        if asked.only is not None:
            found, _grown = _child(folder, range(asked.only, asked.only + 1), asked.seed)
            print(*found, sep="\n")
            return
        raise SystemExit(_all(folder, asked.n, asked.seed))


def _all(folder: Path, n: int, seed: int) -> bool:
    kinds, codes, wrong, slowest, most = Counter[str](), Counter[int](), list[Told](), 0.0, 0
    began = monotonic()
    for first in range(0, n, _IN_A_CHILD):
        found, grown = _child(folder, range(first, min(first + _IN_A_CHILD, n)), seed)
        most = max(most, grown)
        for told in found:
            kinds[told.kind] += 1
            codes[told.code] += 1
            slowest = max(slowest, told.seconds)
            if told.wrong:
                wrong.append(told)
                print(told, flush=True)
    print(f"{sum(kinds.values())} inputs in {monotonic() - began:.0f} s: {dict(kinds.most_common())}")
    print(f"exit codes {dict(sorted(codes.items()))}; slowest {slowest:.1f} s; most grown {most} MB; wrong {len(wrong)}")
    return bool(wrong) or most > MOST_MB


def _child(folder: Path, numbers: range, seed: int) -> tuple[list[Told], int]:
    """What a child says of these inputs; one that died is begun again behind the input it died of."""
    found: list[Told] = []
    grown = 0
    while numbers:
        words = ["--seed", str(seed), "--work", str(folder), str(numbers.start), str(numbers.stop)]
        run = subprocess.Popen([sys.executable, "-m", "tests.soak.hostile", *words], stdout=subprocess.PIPE, text=True)
        assert run.stdout is not None
        begun: int | None = None
        for line in run.stdout:
            if line.startswith("begun "):
                begun = int(line.split()[1])
                signal.alarm(0)
            elif line.startswith("told "):
                found.append(Told(*json.loads(line[5:])))
                begun = None
            elif line.startswith("grown "):
                grown = max(grown, int(line.split()[1]))
        if run.wait() == 0 or begun is None:
            return found, grown
        found.append(Told(begun, "died", run.returncode, 0.0, f"the child ended with {run.returncode}"))
        numbers = range(begun + 1, numbers.stop)
    return found, grown


def _work(folder: Path, numbers: range, seed: int) -> None:
    """In the child."""
    here = folder / "here"
    shutil.rmtree(here, ignore_errors=True)
    here.mkdir()
    os.chdir(here)
    chronic = Chronic(here)
    pristine = (folder / "pristine.db").read_bytes()
    chronic.path.write_bytes(pristine)
    rows, before = chronic.dump(), 0
    for number in numbers:
        print("begun", number, flush=True)
        rng = random.Random(f"{seed} {number}")
        kind, args = _input(rng, folder, here)
        told = _given(chronic, number, kind, args, rows)
        if chronic.path.read_bytes() != pristine:
            chronic.path.write_bytes(pristine)
        print("told", json.dumps(told), flush=True)
        if not before:
            before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print("grown", (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024, flush=True)


class _Late(BaseException):
    """Ten seconds are over; no handler of the program's own may take it for an error."""


def _late(*_: object) -> None:
    raise _Late


def _given(chronic: Chronic, number: int, kind: str, args: Sequence[str], rows: str) -> Told:
    signal.signal(signal.SIGALRM, _late)
    signal.alarm(SLOWEST_S)
    began, wrong, run = monotonic(), "", Run(-1, "", "")
    try:
        run = chronic(*args)
    except _Late:
        wrong = "late"
    except BaseException as error:
        wrong = f"{type(error).__name__}: {error}"
    finally:
        signal.alarm(0)
    took = monotonic() - began
    return Told(number, kind, run.code, took, (wrong and f"{wrong} {_line(args)}") or _wrong(chronic, run, args, rows))


def _wrong(chronic: Chronic, run: Run, args: Sequence[str], rows: str) -> str:
    log = chronic.folder / "data" / "chronic" / "chronic-error.log"
    if log.exists():
        trace = log.read_text("utf-8")
        log.unlink()
        return f"{trace[-900:]} {_line(args)}"
    if run.code not in (0, 1, 2, 3, 10, 20, 21, 30) or "Traceback" in run.err + run.out:
        return f"exit {run.code} {run.err[-300:]} {_line(args)}"
    if len(run.err) > 20_000:
        return f"{len(run.err)} characters of complaints {_line(args)}"
    with closing(sqlite3.connect(chronic.path)) as db:
        if db.execute("PRAGMA quick_check").fetchall() != [("ok",)] or db.execute("PRAGMA foreign_key_check").fetchall():
            return f"the registry is not whole {_line(args)}"
    if run.code not in (0, 3, 30) and chronic.dump() != rows:
        return f"refused with {run.code} and changed all the same {_line(args)}"
    return ""


def _line(args: Sequence[str]) -> str:
    return shlex.join(args)[:400]


# inputs ---------------------------------------------------------------------------------------------


def _sheets(folder: Path) -> None:
    """Sheets as the program itself writes them, to be spoilt."""
    chronic = Chronic(folder / "sheets")
    chronic.folder.mkdir()
    chronic.path.write_bytes((folder / "pristine.db").read_bytes())
    for what in ("people", "visits", "screenings"):
        chronic.ok("export", what, "--full", "--out", chronic.folder / f"{what}.csv")
        chronic.ok("export", what, "--full", "--headers", "zh", "--out", chronic.folder / f"{what}.xlsx")


def _input(rng: random.Random, folder: Path, here: Path) -> tuple[str, list[str]]:
    """One hostile input: its kind and the command line."""
    makes: tuple[tuple[Callable[..., list[str]], int], ...] = ((_csv, 40), (_book, 22), (_options, 37), (_bomb, 1))
    (make,) = rng.choices([make for make, _weight in makes], [weight for _make, weight in makes])
    return make.__name__[1:], make(rng, folder, here)


def _imported(rng: random.Random, path: Path) -> list[str]:
    more: list[list[str]] = [
        ["--dry-run"],
        [],
        ["--strict"],
        ["--rejects", "rejects.csv"],
        ["--source", rng.choice(TEXTS)],
        ["--yes"],
    ]
    return ["import", str(path), *rng.choice(more)]


def _csv(rng: random.Random, folder: Path, here: Path) -> list[str]:
    path = here / rng.choice(["a.csv", "a.txt", "名册.csv"])
    if rng.random() < 0.3:
        lines = [",".join(rng.sample(HEADERS, rng.randint(1, len(HEADERS))))]
        lines += [",".join(rng.choice(TEXTS) for _ in range(rng.randint(0, 16))) for _ in range(rng.randint(0, 30))]
        text = "\n".join(lines)
    else:
        text = rng.choice(sorted((folder / "sheets").glob("*.csv"))).read_text("utf-8-sig")
        text = _spoilt_cells(rng, text)
    encoding = rng.choice(["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be", "utf-8", "utf-8"])
    path.write_bytes(_flipped(rng, text.encode(encoding, "replace")))
    return _imported(rng, path)


def _spoilt_cells(rng: random.Random, text: str) -> str:
    lines = text.splitlines()
    for _ in range(rng.randint(1, 12)):
        at = rng.randrange(len(lines))
        cells = lines[at].split(",")
        place = rng.randrange(len(cells))
        cells[place] = rng.choice(
            [rng.choice(TEXTS), cells[place] * 2, cells[place][::-1], cells[place] + rng.choice(TEXTS)]
        )
        lines[at] = rng.choice([",", ",", ",", ";", "\t"]).join(cells)
    if rng.random() < 0.1:
        rng.shuffle(lines)
    return rng.choice(["\n", "\r\n", "\r"]).join(lines)


def _flipped(rng: random.Random, content: bytes) -> bytes:
    """With a few bytes changed, put in or left out; or as it is."""
    spoilt = bytearray(content)
    for _ in range(rng.choice([0, 0, 1, 3, 30])):
        if not spoilt:
            break
        at = rng.randrange(len(spoilt))
        match rng.randrange(4):
            case 0:
                spoilt[at] = rng.randrange(256)
            case 1:
                spoilt[at:at] = bytes(rng.randrange(256) for _ in range(rng.randint(1, 40)))
            case 2:
                del spoilt[at : at + rng.randint(1, 200)]
            case _:
                spoilt[at:at] = rng.choice([b'"', b"\x00", b"\r", b"\n\n", b",,,,,,", b"\xff\xfe", b"\x1b[2J"])
    return bytes(spoilt)


def _book(rng: random.Random, folder: Path, here: Path) -> list[str]:
    path = here / rng.choice(["a.xlsx", "a.xlsx", "a.xls", "a.csv", "a.ods"])
    whole = rng.choice(sorted((folder / "sheets").glob("*.xlsx")))
    if rng.random() < 0.4:
        path.write_bytes(_flipped(rng, whole.read_bytes()))
        return _imported(rng, path)
    if rng.random() < 0.2:
        cells = "".join(bombs.cell(_place(rng), _escaped(rng.choice(TEXTS))) for _ in range(rng.randint(1, 30)))
        return _imported(rng, bombs.book(path, bombs.HEADERS + f'<row r="{rng.choice([2, 0, -1, 1048577])}">{cells}</row>'))
    spoil = rng.choice(["sheet1.xml", "workbook.xml", "styles.xml", "rels", "Types", ".xml"])
    with zipfile.ZipFile(whole) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = old.read(name)
            new.writestr(name, _flipped(rng, _respelt(rng, content)) if spoil in name else content)
    return _imported(rng, path)


def _respelt(rng: random.Random, content: bytes) -> bytes:
    """Places, types and numbers that are none."""
    changes: list[tuple[bytes, bytes]] = [
        (b'r="A2"', b'r="XFD1048576"'), (b'r="B', b'r="ZZZ'), (b't="s"', b't="n"'), (b't="s"', b't="e"'), (b"<v>", b"<v>-1"),
        (b"<v>", b"<v>1e999"), (b'r="', b'r=""'), (b"<row ", b"<row><row "), (b"</row>", b""),
        (b"sheetData", b"sheetdata"), (b'r="A', b'r="' + b"A" * 50), (b"</t>", b"&bad;</t>"),
        (b"count=", b'count="99999999999" c='), (b"<v>", b"<v>99999999999"),
    ]  # fmt: skip
    old, new = rng.choice(changes)
    return content.replace(old, new, rng.choice([1, 5, -1]))


def _place(rng: random.Random) -> str:
    return rng.choice(["A2", "B2", "C3", "XFE1", "A0", "A1048577", "ZZZZ1", "1A", "", "A-1", f"A{rng.randrange(10**9)}"])


def _escaped(text: str) -> str:
    return "".join(c if c.isprintable() and c not in "<&" else "&#32;" for c in text)


_LINES: list[list[str]] = []


def _options(rng: random.Random, _folder: Path, here: Path) -> list[str]:
    """An example of the help, with one to three words that are not what they should be."""
    if not _LINES:
        lines = [shlex.split(line)[1:] for ctx in commands() for line in examples(ctx.command)]
        _LINES.extend([word for word in line if word not in (">", "|")] for line in lines if not _NEVER & set(line))
    words = list(rng.choice(_LINES))
    for _ in range(rng.randint(1, 3)):
        at = rng.randrange(len(words)) if words else 0
        match rng.randrange(6):
            case 0 | 1 | 2:
                words[at : at + 1] = [rng.choice(TEXTS)]
            case 3:
                words[at:at] = [rng.choice(TEXTS)]
            case 4:
                del words[at : at + 1]
            case _:
                words[at : at + 1] = [str(rng.choice([0, -1, 1, 2, 7, 31, 32, 10**6, 10**18, 10**30, -(10**18)]))]
    for at, word in enumerate(words):  # nothing is written outside the folder
        if word.startswith(("/srv", "/media")):
            words[at] = str(here / word.lstrip("/"))
    if _NEVER & set(words):
        return ["today"]
    return [word.replace("\x00", "") for word in words]


def _bomb(rng: random.Random, _folder: Path, here: Path) -> list[str]:
    return _imported(rng, rng.choice(bombs.QUICK)(here))


if __name__ == "__main__":
    main()

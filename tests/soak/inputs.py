"""Hostile inputs of every kind that the program reads, each a command line and, mostly, a file that was good once."""

import gzip
import json
import random
import shlex
import zipfile
from collections.abc import Callable
from pathlib import Path

from tests.reference import commands, examples
from tests.soak import bombs, forging, spoiling
from tests.soak.spoiling import TEXTS, flipped
from tests.soak.trial import Input

_NEVER = {"install", "demo", "completion"}
"""These touch more than the registry, or take their time by design."""
_CODES = ["form2017", "form2017-htn", "checkup2017", "ws", "zkhw", "", "../ws"]
_LOOKS = [
    ["check"], ["check", "--quick"], ["today"], ["overdue"], ["person", "list"], ["person", "show", "1"], ["visit", "list", "1"],
    ["check", "--rescue", "saved.db"], ["upgrade"], ["audit", "verify"], ["replan", "--dry-run"], ["bundle", "list"],
    ["visit", "add", "1", "--bp", "138/84", "--on", "2026-11-20"],
]  # fmt: skip


class Inputs:
    """Makes the input of a number, always the same. `good`: the folder of good files; `here`: where spoilt ones go."""

    def __init__(self, good: Path, here: Path, seed: int) -> None:
        self._good, self._here, self._seed = good, here, seed
        lines = [shlex.split(line)[1:] for ctx in commands() for line in examples(ctx.command)]
        self._lines = [[w for w in line if w not in (">", "|")] for line in lines if not _NEVER & set(line)]
        self._forger = forging.Forger(good)
        self._sheets = sorted(good.glob("*.csv"))
        self._books = sorted(good.glob("*.xlsx"), key=lambda path: path.name.startswith("whole"))
        self._many = [1 if path.name.startswith("whole") else 6 for path in self._books]
        entries = json.loads((good / "all.json").read_text("utf-8"))["entry"]
        self._resources = [json.dumps(entry["resource"], ensure_ascii=False) for entry in entries]
        self._tomls = [(path, path.read_text("utf-8")) for path in sorted(good.glob("*.toml"))]

    def of(self, number: int) -> Input:
        rng = random.Random(f"{self._seed} {number}")
        makes: dict[Callable[[random.Random], Input], float] = {
            self.csv: 22, self.workbook: 14, self.options: 18, self.fhir: 12, self.bundle: 10, self.toml: 8, self.words: 4,
            self.lists: 4, self.key: 2, self.sealed: 2, self.damaged: 3, self.bomb: 0.5,
        }  # fmt: skip
        (make,) = rng.choices([*makes], [*makes.values()])
        made = make(rng)
        return made._replace(args=[word.replace("\x00", "").encode("utf-8", "replace").decode() for word in made.args])

    def csv(self, rng: random.Random) -> Input:
        path = self._here / rng.choice(["a.csv", "a.txt", "名册.csv"])
        if rng.random() < 0.3:
            text = [",".join(rng.sample(spoiling.HEADERS, rng.randint(1, len(spoiling.HEADERS))))]
            text += [",".join(rng.choice(TEXTS) for _ in range(rng.randint(0, 16))) for _ in range(rng.randint(0, 30))]
            whole = "\n".join(text)
        else:
            whole = spoiling.cells(rng, rng.choice(self._sheets).read_text("utf-8-sig"))
        encoding = rng.choice(["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be", "utf-8", "utf-8"])
        path.write_bytes(flipped(rng, whole.encode(encoding, "replace")))
        return self._imported(rng, "csv", path)

    def workbook(self, rng: random.Random) -> Input:
        path = self._here / rng.choice(["a.xlsx", "a.xlsx", "a.xls", "a.csv", "a.ods"])
        (whole,) = rng.choices(self._books, self._many)
        if rng.random() < 0.4:
            path.write_bytes(flipped(rng, whole.read_bytes()))
        elif rng.random() < 0.2:
            made = "".join(
                bombs.cell(spoiling.place(rng), spoiling.escaped(rng.choice(TEXTS))) for _ in range(rng.randint(1, 30))
            )
            bombs.book(path, bombs.HEADERS + f'<row r="{rng.choice([2, 0, -1, 1048577])}">{made}</row>')
        else:
            spoil = rng.choice(["sheet1.xml", "workbook.xml", "styles.xml", "rels", "Types", ".xml"])
            with zipfile.ZipFile(whole) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
                for name in old.namelist():
                    content = old.read(name)
                    new.writestr(name, flipped(rng, spoiling.respelt(rng, content)) if spoil in name else content)
        return self._imported(rng, "workbook", path)

    def options(self, rng: random.Random) -> Input:
        """An example of the help, with one to three words that are not what they should be."""
        words = list(rng.choice(self._lines))
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
                words[at] = str(self._here / word.lstrip("/"))
        return Input("options", ["today"] if _NEVER & set(words) else words)

    def fhir(self, rng: random.Random) -> Input:
        chosen = rng.sample(self._resources, rng.randint(1, 25))
        some = [spoiling.tree(rng, json.loads(resource), rng.choice([0, 1, 2])) for resource in chosen]
        if rng.random() < 0.5:
            ending, text = ".ndjson", "\n".join(json.dumps(one, ensure_ascii=False) for one in some)
        else:
            whole = {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": one} for one in some]}
            ending, text = ".json", json.dumps(spoiling.tree(rng, whole, rng.choice([0, 1])), ensure_ascii=False)
        content = text.encode("utf-8", "surrogatepass")
        content = flipped(rng, content) if rng.random() < 0.4 else content
        if rng.random() < 0.3:
            ending, content = ending + ".gz", gzip.compress(content, 1)
            content = flipped(rng, content) if rng.random() < 0.5 else content
        path = self._here / f"a{ending}"
        path.write_bytes(content)
        return Input(
            "fhir", ["import", str(path), *rng.choice([[], ["--dry-run"], ["--enrol", "--yes"], ["--source", "院"]])]
        )

    def bundle(self, rng: random.Random) -> Input:
        path = self._here / "in.bundle"
        path.write_bytes(self._forger.forged(rng).data)
        return Input("bundle", ["bundle", *rng.choice([["show"], ["merge", "--dry-run"], ["merge", "--yes"]]), str(path)])

    def toml(self, rng: random.Random) -> Input:
        """Protocols, holidays, columns of ledgers, the mapping to DHIS2."""
        name, text = rng.choice(self._tomls)
        path = self._here / name.name
        path.write_bytes(flipped(rng, spoiling.lines(rng, text).encode()))
        if name.stem == "columns":
            args = ["report", "ledger", rng.choice(["patients", "follow-up", "check-up"]), "--columns", str(path)]
        elif name.stem == "mapping":
            args = ["export", "dhis2", "--period", "2026Q3", "--mapping", str(path)]
        elif name.stem == "2027":
            args = ["plan", "--days", "60", "--holidays", str(path)]
        else:
            args = ["protocol", *rng.choice([["check"], ["show"], ["use", "--from", "2027-01-01", "--yes"]]), str(path)]
        return Input("toml", args)

    def words(self, rng: random.Random) -> Input:
        """What a header means, which codes cells hold."""
        path = self._here / "a.csv"
        path.write_text(rng.choice(self._sheets).read_text("utf-8-sig"), "utf-8")
        header = rng.choice([*spoiling.HEADERS, *TEXTS])
        meant = rng.choice([*spoiling.HEADERS, *TEXTS]) + rng.choice(["", "", ":斤", ":mg/dl", ":", ":x"])
        args = [f"--map={header}={meant}"] if rng.random() < 0.7 else ["--codes", rng.choice([*_CODES, *TEXTS])]
        return Input(
            "words", ["import", str(path), *args, *rng.choice([[], ["--dry-run"], ["--source", rng.choice(TEXTS)]])]
        )

    def lists(self, rng: random.Random) -> Input:
        """Sheets that are none of people: institutions, records the platform took."""
        kind = rng.choice(["institutions", "unsent"])
        path = self._here / f"{kind}.csv"
        text = spoiling.cells(rng, (self._good / "lists" / f"{kind}.csv").read_text("utf-8-sig"))
        path.write_bytes(flipped(rng, text.encode()))
        return Input(
            "lists", ["institution", "import", str(path)] if kind == "institutions" else ["upload", "sent", str(path)]
        )

    def key(self, rng: random.Random) -> Input:
        """A public key that somebody sent, or a private one that somebody spoilt."""
        path = self._here / "key.txt"
        path.write_bytes(flipped(rng, (self._good / "key.txt").read_bytes()) + rng.choice([b"", b"\n", b"x" * 70_000]))
        return Input("key", ["bundle", "key", "trust", rng.choice(["县医院", *TEXTS]), str(path), "--yes"])

    def sealed(self, rng: random.Random) -> Input:
        """An encrypted registry or its key file, spoilt."""
        path, keys = self._here / "sealed.db", self._here / "keys"
        whole, known = (self._good / "sealed.db").read_bytes(), (self._good / "keys").read_bytes()
        spoil = rng.randrange(3)
        path.write_bytes(flipped(rng, whole) if spoil else whole)
        keys.write_bytes(known if spoil == 1 else flipped(rng, known))
        look = rng.choice(_LOOKS)
        return Input("sealed", ["--db", str(path), "--key-file", str(keys), *look], path)

    def damaged(self, rng: random.Random) -> Input:
        """A registry, or a file in its place, of which bytes were changed; and a backup of that kind."""
        path = self._here / "damaged.db"
        path.write_bytes(flipped(rng, (self._good / "registry.db").read_bytes()))
        if rng.random() < 0.2:
            return Input("damaged", rng.choice([["restore", str(path), "--yes"], ["backup", "--verify", str(path)]]))
        return Input("damaged", ["--db", str(path), *rng.choice(_LOOKS)], path)

    def bomb(self, rng: random.Random) -> Input:
        return self._imported(rng, "bomb", rng.choice(bombs.QUICK)(self._here))

    def _imported(self, rng: random.Random, kind: str, path: Path) -> Input:
        more: list[list[str]] = [
            ["--dry-run"], [], ["--strict"], ["--rejects", "rejects.csv"], ["--source", rng.choice(TEXTS)], ["--yes"],
            ["--keep", rng.choice(["ours", "newer", "ask"])],
        ]  # fmt: skip
        return Input(kind, ["import", str(path), *rng.choice(more)])

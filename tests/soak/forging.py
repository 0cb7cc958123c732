"""Bundles that are not what they should be: damaged ones, forged ones, and honest ones of somebody trusted who writes nonsense."""

import base64
import json
import random
import zlib
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

from chronic.exchange import bundles as files
from chronic.exchange import keys
from chronic.store.travelling import TRAVELLING
from tests.soak.spoiling import TEXTS, WORDS, flipped

Line = dict[str, Any]
_MAGIC = b"CHRONIC BUNDLE 1\n"
_DAYS = [
    "0000-00-00",
    "0001-01-01",
    "1582-10-10",
    "2026-02-30",
    "9999-12-31",
    "10000-01-01",
    "2026-11-21T00:00",
    "-4712-01-01",
    "now",
]
_ODD: list[Any] = [
    *WORDS, *_DAYS, "王\u202e兰", "王\x1b[31m兰", "王\n兰", "王\x00兰", "王\u200b兰", "\ud800", 2**62, 2**63 - 1, -(2**63), 1e-320, float("inf"),
    float("nan"), ["a", "b"], {"place": [], "no": None}, [["village", ""]], [["galaxy", "x"], ["village", "y"]], "'; DROP TABLE visit; --",
    "htn;dm", "x" * 300_000, "0" * 18, "110105194912310021", "13812345512",
]  # fmt: skip
_PATHS = [
    "../../etc/cron.d/x",
    "/etc/passwd",
    "C:\\x",
    "\\\\host\\x",
    "a/../../b",
    "registry.db",
    ".registry.db.new",
    "\x00",
    "x" * 5000,
]
_FIELDS = [
    "id", "uid", "name", "sex", "birth_date", "id_number", "archive_no", "closed_on", "closed_reason", "tags", "person_ref", "village",
    "hamlet", "htn_enrolled_on", "htn_ended_on", "dm_end_reason", "htn_assumed", "htn_programme", "pause_ended_on", "phone", "household_no",
    "registered_on", "ascvd", "smoking_status", "birth_approximate", "responsible_doctor", "nonsense", "origin", "recorded_at", "height_cm",
]  # fmt: skip
_MOST = 1 << 30
FIELDS_LIKELY = [
    ("name", "李四"), ("sex", "M"), ("birth_date", "1950-01-02"), ("birth_date", None), ("closed_on", "2026-01-01"), ("closed_on", None),
    ("closed_reason", "died"), ("closed_reason", None), ("id_number", "11010519491231002X"), ("id_number", None), ("tags", "残疾;低保"), ("tags", None),
    ("village", "上各村"), ("village", None), ("hamlet", "3组"), ("phone", "13800138000"), ("ckd", "yes"), ("ascvd", None), ("archive_no", None),
    ("birth_approximate", "yes"), ("household_no", "9"), ("registered_on", "2027-01-01"), ("smoking_status", "former"), ("township", "下各镇"),
]  # fmt: skip


class Forged(NamedTuple):
    """`honest`: signed by somebody trusted, so that it may be merged."""

    kind: str
    data: bytes
    honest: bool


class Forger:
    """`good`: a folder with two bundles of one village, plain and encrypted, its key, another one's, and the receiver's."""

    def __init__(self, good: Path) -> None:
        self._key, self._stranger = (keys.read(good / f"{name}.key") for name in ("village", "stranger"))
        self._to = keys.public((good / "town.txt").read_text("utf-8")).age
        self._files = [(good / name).read_bytes() for name in ("whole.bundle", "plain.bundle", "other.bundle")]
        plain = files.read(good / "plain.bundle")
        self._header: Line = plain.header
        self._text = list(files.rows(plain, None, good))
        self._theirs = json.loads((good / "theirs.json").read_text("utf-8"))
        self._uids = [str(line["uid"]) for line in self._text] + self._theirs
        self._order = ["tombstone", "person", *TRAVELLING]
        self._bomb: dict[bytes, bytes] = {}

    def forged(self, rng: random.Random) -> Forged:
        makes: dict[Callable[[random.Random], bytes], float] = {
            self.spoilt: 12, self.cut: 8, self.swapped: 8, self.unsigned: 10, self.wrong_key: 4, self.stranger: 5, self.said: 12,
            self.sizes: 4, self.bomb: 1, self.no_rows: 6, self.rows: 24, self.likely: 20,
        }  # fmt: skip
        (make,) = rng.choices([*makes], [*makes.values()])
        return Forged(make.__name__, make(rng), make.__name__ in ("said", "sizes", "no_rows", "rows", "likely"))

    def spoilt(self, rng: random.Random) -> bytes:
        data = bytearray(rng.choice(self._files))
        for _ in range(rng.choice([1, 1, 1, 2, 8])):
            data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
        return bytes(data) if rng.random() < 0.7 else flipped(rng, bytes(data))

    def cut(self, rng: random.Random) -> bytes:
        data = rng.choice(self._files)
        at = rng.randrange(len(data))
        return rng.choice([data[:at], data[at:], data + data[:at], data[:at] + b"\n" + data[at:], data + b"\x00"])

    def swapped(self, rng: random.Random) -> bytes:
        """Parts of two good ones."""
        one, other = (data.split(b"\n", 3) for data in rng.sample(self._files, 2))
        parts = [rng.choice(pair) for pair in zip(one, other, strict=True)]
        if parts in (one, other):
            parts[3] = (other if parts == one else one)[3]
        return b"\n".join(parts)

    def unsigned(self, rng: random.Random) -> bytes:
        """The header says something else than what was signed."""
        magic, told, signature, body = rng.choice(self._files).split(b"\n", 3)
        return b"\n".join((magic, self._told(rng, json.loads(told)), signature, body))

    def wrong_key(self, rng: random.Random) -> bytes:
        """Encrypted to somebody else."""
        header = {**self._header, "plain": False}
        return files.pack(header, self._text, self._key, rng.choice([self._stranger.public.age, self._key.public.age]))

    def stranger(self, _rng: random.Random) -> bytes:
        return files.pack(self._header, self._text, self._stranger, self._to)

    def said(self, rng: random.Random) -> bytes:
        """A header of any content, signed as it should be."""
        data = rng.choice(self._files[:2])
        _magic, told, _signature, body = data.split(b"\n", 3)
        return self._signed(self._told(rng, json.loads(told)), body)

    def sizes(self, rng: random.Random) -> bytes:
        """More, or less, than the header says."""
        body = self._files[1].split(b"\n", 3)[3]
        size = rng.choice([0, 1, _MOST, _MOST + 1, 2**63, -1, len(body), self._header["size"] - 1, self._header["size"] + 1])
        name = rng.choice(["size", "body"])
        return self._signed(json.dumps({**self._header, name: size}).encode(), body)

    def bomb(self, rng: random.Random) -> bytes:
        """A GB of something in a MB."""
        unit = rng.choice([b"\0", b" ", b"\n", b"{}\n", b'{"at":"visit","uid":"x"}\n', b'{"at":"visit","uid":["', b"["])
        body = self._bombs(unit)
        size = rng.choice([_MOST, _MOST - _MOST % len(unit), 1000])
        header = {**self._header, "plain": True, "size": size, "body": len(body), "body_sha256": sha256(body).hexdigest()}
        return self._signed(json.dumps(header).encode(), body)

    def no_rows(self, rng: random.Random) -> bytes:
        """A body that is no list of rows: another packing, another text, no text."""
        text = b"".join(json.dumps(line).encode() + b"\n" for line in rng.sample(self._text, 5))
        text = rng.choice([
            b"", b"\n", b"{}\n", b"[]\n", b"null\n", b'{"at": 1, "uid": "x"}\n', b'{"at": "visit"}\n', b'{"at": "visit", "uid": 7}\n',
            text[:-9], text.replace(b"\n", b"\r\n"), text.replace(b"\n", b"\n\n"), text.decode().encode("utf-16"), flipped(rng, text),
            b'{"at":"visit","uid":"a","uid":"b"}\n', b"[" * 100_000 + b"\n", b'{"a":' * 100_000, b'{"at":"sqlite_schema","uid":"x"}\n',
            b'{"at":"setting","uid":"x"}\n', b'{"at":"audit","uid":"x"}\n', b'{"at":"person; DROP TABLE person","uid":"x"}\n',
        ])  # fmt: skip
        packed = rng.choice(
            [zlib.compress, bytes, lambda text: zlib.compress(text) + b"more", lambda text: zlib.compress(text)[:-4]]
        )
        return self._packed(text, packed(text))

    def rows(self, rng: random.Random) -> bytes:
        """Rows of any content in a bundle that is as it should be."""
        some = json.loads(json.dumps(self._text))
        kept = some if rng.random() < 0.5 else [line for line in some if rng.random() < 0.9 or line["at"] == "person"]
        for _ in range(rng.choice([1, 1, 2, 3, 10])):
            self._wrong(rng, kept)
        if rng.random() < 0.05:
            rng.shuffle(kept)
        text = b"".join(json.dumps(line).encode() + b"\n" for line in kept)
        return self._packed(text, zlib.compress(text, 1))

    def likely(self, rng: random.Random) -> bytes:
        """Rows that might be: other days, other people, the same again a little different, taken back, tied together."""
        some: list[Line] = json.loads(json.dumps(self._text))
        for _ in range(rng.choice([1, 3, 10, 40])):
            at = _one_of_each(rng, some)
            line = some[at]
            match rng.randrange(9):
                case 0:
                    for name in [name for name in line if name.endswith(("_on", "_date"))]:
                        line[name] = f"{rng.randint(1930, 2040)}-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}"
                case 1 if "person" in line:
                    line["person"] = rng.choice([*self._people(), *self._theirs[:30]])
                case 2:
                    uid = f"{rng.randrange(16**8):08x}-more"
                    some.insert(at + 1, {**line, "uid": uid, **({"key": uid} if "key" in line else {})})
                case 3:
                    some.insert(0, {"at": "tombstone", "uid": rng.choice(self._uids)})
                case 4:
                    twin = rng.choice([line for line in some if line["at"] == "person"])
                    twin["aliases"] = [rng.choice([*self._people(), *self._theirs[:30]])]
                case 5:
                    field, value = rng.choice([*FIELDS_LIKELY])
                    some.append({**self._change(rng), "field": field, "new": value, "counter": rng.randint(0, 4)})
                case 6:
                    some.append({"at": "erasure", "uid": f"{rng.randrange(16**8):08x}-gone", "person": rng.choice(self._people()), "basis": "x",
                                 "origin": "x", "recorded_at": "2026-11-20T00:00:00.000Z", "recorded_by": "x"})  # fmt: skip
                case 7:
                    line[rng.choice(["replaces", "uid", "contact", "result", "opinion"])] = rng.choice(self._uids)
                case _:
                    for name in [name for name, value in line.items() if isinstance(value, int | float)]:
                        line[name] = rng.choice([0, 1, line[name] * 2, line[name] / 2, 120, 7.5])
        some.sort(key=lambda line: self._order.index(line["at"]))
        text = b"".join(json.dumps(line).encode() + b"\n" for line in some)
        return self._packed(text, zlib.compress(text, 1))

    def _wrong(self, rng: random.Random, some: list[Line]) -> None:
        at = rng.randrange(len(some)) if rng.random() < 0.5 else _one_of_each(rng, some)
        line = some[at]
        if not line:
            return
        name = rng.choice([*line])
        match rng.randrange(14):
            case 0 | 1 | 2 | 3 | 4:
                line[name] = rng.choice(_ODD)
            case 5:
                del line[name]
            case 6:
                line[rng.choice([*_FIELDS, "id", "person", "ended_by", "aliases", "refs", "again", "batch", *TEXTS])] = (
                    rng.choice(_ODD)
                )
            case 7:
                line[rng.choice(["uid", "person", "replaces", name])] = rng.choice(self._uids)
            case 8:
                some.insert(rng.randrange(len(some)), {**line, name: rng.choice(_ODD)})
            case 9:
                some.insert(0, {"at": "tombstone", "uid": rng.choice([*self._uids, *TEXTS])})
            case 10:
                some.append(self._change(rng))
            case 11:
                line[rng.choice(["aliases", "refs", "tags", "visit_reading", "visit_entered", "checkup_value"])] = (
                    self._listed(rng)
                )
            case 12:
                line["at"] = rng.choice(["visit", "person", "pause", "erasure", "aside", "seal", "deed", "nothing"])
            case _:
                for day in [day for day in line if day.endswith(("_on", "_date"))]:
                    line[day] = rng.choice(_DAYS)

    def _change(self, rng: random.Random) -> Line:
        """A value of somebody of either registry that changed."""
        return {
            "at": "person_change", "uid": f"change-{rng.randrange(10**9)}", "person": rng.choice(self._people()),
            "field": rng.choice(_FIELDS), "new": rng.choice(_ODD), "counter": rng.choice([0, 1, 2**62, 2**63 - 1, -1, 1.5]),
            "recorded_at": "2026-11-20T00:00:00.000Z", "recorded_by": "x", **({"about": rng.choice(self._uids)} if rng.random() < 0.6 else {}),
        }  # fmt: skip

    def _people(self) -> list[str]:
        return [str(line["uid"]) for line in self._text if line["at"] == "person"]  # as it was

    def _listed(self, rng: random.Random) -> Any:
        return rng.choice([
            [rng.choice(self._uids)], [rng.choice(_ODD)], [[rng.choice(_ODD), rng.choice(_ODD)]], [[1, 2, 3]] * 2000, [["sbp", "x"]],
            [[rng.choice(_ODD), rng.choice(_ODD), rng.choice(_ODD)]], "x", {}, None, 7, [[]], [["a", "b"], ["a", "b"]],
        ])  # fmt: skip

    def _told(self, rng: random.Random, header: Line) -> bytes:
        for _ in range(rng.choice([1, 1, 2, 4])):
            name = rng.choice([*header])
            match rng.randrange(5):
                case 0:
                    del header[name]
                case 1:
                    header[rng.choice(["name", "to", "uid", "from", "level", "made_at", "after"])] = rng.choice(
                        [*_PATHS, *TEXTS, *_DAYS]
                    )
                case 2:
                    header["acks"] = rng.choice([[rng.choice(_ODD)], ["x"] * 9000, [[["x"]]], [{}]])
                case 3:
                    header["counts"] = rng.choice(
                        [{}, {"visit": "x"}, {"erasure": 1}, {rng.choice(TEXTS): rng.choice(_ODD)}, {"visit": -1}]
                    )
                case _:
                    header[name] = rng.choice(_ODD)
        return json.dumps(header).encode()

    def _packed(self, text: bytes, body: bytes) -> bytes:
        counts: dict[str, int] = {}
        for row in text.splitlines():
            try:
                at = str(json.loads(row).get("at"))
            except (ValueError, AttributeError, RecursionError):
                continue
            counts[at] = counts.get(at, 0) + 1
        header = {**self._header, "plain": True, "counts": counts, "size": len(text), "body": len(body)}
        header |= {"body_sha256": sha256(body).hexdigest(), "rows_sha256": sha256(text).hexdigest()}
        return self._signed(json.dumps(header).encode(), body)

    def _signed(self, told: bytes, body: bytes) -> bytes:
        crypto, _age = keys.libraries()
        whole = _MAGIC + told + b"\n"
        signature = crypto.Ed25519PrivateKey.from_private_bytes(base64.b64decode(self._key.sign)).sign(whole)
        return whole + base64.b64encode(signature) + b"\n" + body

    def _bombs(self, unit: bytes) -> bytes:
        if unit not in self._bomb:
            squeeze, piece = zlib.compressobj(6), unit * ((1 << 20) // len(unit))
            self._bomb[unit] = b"".join(squeeze.compress(piece) for _ in range(_MOST // len(piece) + 1)) + squeeze.flush()
        return self._bomb[unit]


def _one_of_each(rng: random.Random, some: list[Line]) -> int:
    """A row of any table, the rare ones as often as the others."""
    tables = [str(line.get("at")) for line in some]
    table = rng.choice(sorted({*tables}))
    return rng.choice([place for place, name in enumerate(tables) if name == table])

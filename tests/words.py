"""The zh_CN catalogue kept in step with the sources: `python tests/words.py`, and `--check` for CI.

Messages are those of chronic and of the installed click, whose own sentences the user meets too (it asks the same
text domain). Translations are kept, dead messages dropped, new ones added with an empty translation. Both files come
out byte for byte the same for the same messages: no line numbers, no dates, no guessed translations.
"""

import argparse
import ast
import io
import re
import struct
import sys
from collections.abc import Iterator
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from babel.messages.pofile import escape, read_po

TOP = Path(__file__).resolve().parent.parent
PO = TOP / "chronic" / "locale" / "zh_CN" / "LC_MESSAGES" / "chronic.po"
MO = PO.with_suffix(".mo")
FORMS = {"_": 1, "N_": 1, "ngettext": 2}
"""The functions that mark a message, and how many forms of it they take."""
CLICK = "click"
"""Stands for the file of click's messages: which of its files they are in changes from release to release."""


class Message(NamedTuple):
    """What the source says. `plural` is empty where there is only one form."""

    text: str
    plural: str = ""


class Entry(NamedTuple):
    """A line of the catalogue. `files`: where it is used; `said`: its translation, one form for any number."""

    message: Message
    files: tuple[str, ...]
    said: str


class Catalogue(NamedTuple):
    """`click`: the release whose sentences these are."""

    click: str
    entries: tuple[Entry, ...]


def sources() -> dict[Message, set[str]]:
    """Every message with the files that use it."""
    found: dict[Message, set[str]] = {}
    for file in sorted((TOP / "chronic").rglob("*.py")):
        for message in messages(file):
            found.setdefault(message, set()).add(file.relative_to(TOP).as_posix())
    for file in sorted(_click_folder().glob("*.py")):
        for message in messages(file):
            found.setdefault(message, set()).add(CLICK)
    return found


def messages(file: Path) -> Iterator[Message]:
    """The messages of one Python file.

    Read from the syntax tree: an extractor of tokens overlooks, before Python 3.12, what stands inside an f-string.
    """
    for node in ast.walk(ast.parse(file.read_bytes())):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in FORMS:
            forms = [_texts(argument) for argument in node.args[: FORMS[node.func.id]]]
            yield from (Message(*texts) for texts in zip(*forms, strict=True))


def _texts(argument: ast.expr) -> list[str]:
    """Every text in it: both of `"a" if x else "b"`, and click's `extra["required"]` too."""
    return [node.value for node in ast.walk(argument) if isinstance(node, ast.Constant) and isinstance(node.value, str)]


def read(po: Path = PO) -> Catalogue:
    """The catalogue as it is; an empty one if there is none."""
    if not po.exists():
        return Catalogue("0", ())
    with po.open("rb") as stream:
        catalogue = read_po(stream, locale="zh_CN", abort_invalid=True)
    entries = []
    for line in catalogue:
        if not line.id:
            continue
        message = Message(line.id) if isinstance(line.id, str) else Message(*line.id)
        said = line.string if isinstance(line.string, str) else (line.string or [""])[0]
        entries.append(Entry(message, tuple(file for file, _ in line.locations), "" if line.fuzzy else said))
    made_with = re.search(r"X-Click-Version: ([\d.]+)", po.read_text("utf-8"))
    return Catalogue(made_with[1] if made_with else "0", tuple(entries))


def merged(old: Catalogue, click: str) -> Catalogue:
    """The catalogue as it should be, for this release of click.

    Beside another release than the installed one click's sentences are only added, never dropped: the
    catalogue serves every release that the package allows.
    """
    said = {entry.message: entry.said for entry in old.entries}
    found = sources()
    if click != version("click"):
        for entry in old.entries:
            if CLICK in entry.files:
                found.setdefault(entry.message, set()).add(CLICK)
    entries = [Entry(message, tuple(sorted(files)), said.get(message, "")) for message, files in found.items()]
    return Catalogue(click, tuple(sorted(entries, key=lambda entry: (entry.files[0], entry.message))))


def po_text(catalogue: Catalogue) -> str:
    """The catalogue as a .po file."""
    out = [f'msgid ""\nmsgstr ""\n{"".join(f"{escape(line)}{chr(10)}" for line in _header(catalogue))}']
    for entry in catalogue.entries:
        lines = [f"#: {' '.join(entry.files)}", f"msgid {escape(entry.message.text)}"]
        if entry.message.plural:
            lines += [f"msgid_plural {escape(entry.message.plural)}", f"msgstr[0] {escape(entry.said)}"]
        else:
            lines.append(f"msgstr {escape(entry.said)}")
        out.append("\n".join(lines) + "\n")
    return "\n".join(out)


def mo_bytes(catalogue: Catalogue) -> bytes:
    """The catalogue compiled: the GNU .mo format, without its optional hash table."""
    said = {b"": "".join(_header(catalogue)).encode()}
    for (text, plural), _files, translation in catalogue.entries:
        if translation:
            said["\0".join((text, plural) if plural else (text,)).encode()] = translation.encode()
    keys = sorted(said)
    texts = io.BytesIO()
    start = 28 + 16 * len(keys)
    tables = []
    for strings in (keys, [said[key] for key in keys]):
        for string in strings:
            tables += [len(string), start + texts.tell()]
            texts.write(string + b"\0")
    head = struct.pack("<7I", 0x950412DE, 0, len(keys), 28, 28 + 8 * len(keys), 0, start)
    return head + struct.pack(f"<{len(tables)}I", *tables) + texts.getvalue()


def _header(catalogue: Catalogue) -> list[str]:
    fields = {
        "Project-Id-Version": "chronic",
        "Language": "zh_CN",
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=utf-8",
        "Content-Transfer-Encoding": "8bit",
        "Plural-Forms": "nplurals=1; plural=0;",
        "X-Click-Version": catalogue.click,
    }
    return [f"{name}: {value}\n" for name, value in fields.items()]


def _click_folder() -> Path:
    spec = find_spec("click")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent


def _newer(one: str, other: str) -> str:
    return max(one, other, key=lambda text: [int(part) for part in re.findall(r"\d+", text)])


def main() -> int:
    """Update both files, or say what an update would change. The exit code is 1 when something is left to do."""
    parser = argparse.ArgumentParser(description="Update the zh_CN catalogue from the sources, and compile it.")
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if something would change")
    check = parser.parse_args().check
    old = read()
    new = merged(old, old.click if check else _newer(old.click, version("click")))
    text, compiled = po_text(new).encode(), mo_bytes(new)
    stale = [path.name for path, wanted in ((PO, text), (MO, compiled)) if not path.exists() or path.read_bytes() != wanted]
    before, after = ({entry.message for entry in catalogue.entries} for catalogue in (old, new))
    for mark, listed in (("+", after - before), ("-", before - after)):
        for message in sorted(listed):
            print(mark, message.text)
    untranslated = [entry for entry in new.entries if not entry.said]
    for entry in untranslated:
        print("?", entry.files[0], entry.message.text)
    if not check:
        PO.parent.mkdir(parents=True, exist_ok=True)
        PO.write_bytes(text)
        MO.write_bytes(compiled)
    print(f"{len(new.entries)} messages, {len(untranslated)} untranslated; {', '.join(stale) or 'nothing'} to update")
    return 1 if untranslated or (check and stale) else 0


if __name__ == "__main__":
    sys.exit(main())

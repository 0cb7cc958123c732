"""Which records a sheet holds, by their uids."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from chronic.errors import ValueRefused
from chronic.exchange.sheets import open_sheet
from chronic.store.uploads import HOLDS


def uids(path: Path, today: date, sheet: str | None = None) -> Iterator[str]:
    """The uid of each row, "" where it has none. Raises ValueRefused (`file.…`, `upload.sheet`)."""
    opened = open_sheet(path, today, sheet)
    if opened.holds not in HOLDS or "uid" not in opened.columns:
        raise ValueRefused("upload.sheet", path=path)
    for row in opened.rows():
        yield str(row.values.get("uid", ""))

"""Official lists of places: 统计用区划代码和城乡划分代码, as CSV or a workbook, whole or in part."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

from chronic.errors import ValueRefused
from chronic.exchange import layout, sheets
from chronic.exchange.reading import plain, trim
from chronic.model.place import URBAN_CLASSES, level_of, padded

HEADERS: Final = {
    "code": ("代码", "编码", "区划代码", "统计用区划代码", "统计用区划代码和城乡划分代码", "统计用区划与城乡划分代码",
             "行政区划代码", "地区代码", "code"),
    "name": ("名称", "单位名称", "区划名称", "行政区划名称", "地区名称", "地名", "名称全称", "name", "place"),
    "urban_class": ("城乡分类代码", "城乡分类", "城乡划分代码", "urban_class"),
}  # fmt: skip
"""Column -> the headers it goes by."""
_COLUMNS = {header: column for column, headers in HEADERS.items() for header in headers}


class Row(NamedTuple):
    """One line of a list. `refused`: the code of what is wrong with it; then `code` and `level` may be blank."""

    line: int
    raw: tuple[str, ...]
    code: str
    level: str
    name: str
    urban_class: str | None
    refused: str = ""


class Listed(NamedTuple):
    path: Path
    header: tuple[str, ...]
    found: layout.Layout

    def rows(self) -> Iterator[Row]:
        """Every line of the list that is not blank, in its order."""
        columns = [_column(header) for header in self.header]
        for record in layout.below(self.found):
            if any(map(str.strip, record.cells)):
                cells = dict(zip(columns, map(trim, record.cells), strict=False))
                yield _row(record.line, tuple(record.cells), cells, record.broken)


def open_list(path: Path, sheet: str | None = None) -> Listed:
    """Find the columns of a list. Raises ValueRefused (`place.headers`, `file.…`)."""
    found = sheets.find_header(path, sheet, _known)
    if not found.complete:
        raise ValueRefused("place.headers", path=path)
    return Listed(path, found.header, found)


def _known(header: tuple[str, ...]) -> tuple[int, bool]:
    columns = {_column(name) for name in header} - {None}
    return len(columns), {"code", "name"} <= columns


def _column(header: str) -> str | None:
    return _COLUMNS.get("".join(plain(header).split()).casefold().strip("*:"))


def _row(line: int, raw: tuple[str, ...], cells: dict[str | None, str], broken: str) -> Row:
    code, name = "".join(plain(cells.get("code", "")).split()), " ".join(cells.get("name", "").split())
    full, kind = padded(code), plain(cells.get("urban_class", "")) or None
    level = level_of(full)
    if broken:
        refused = broken
    elif level is None:
        refused = "place.code_shape"
    elif not name or "/" in name:
        refused = "place.no_name"
    elif kind is not None and kind not in URBAN_CLASSES:
        refused = "place.urban_class"
    else:
        refused = ""
    return Row(line, raw, full, level or "", name, kind, refused)

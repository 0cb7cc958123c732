"""Institutions from a CSV sheet: the columns of `institution list`, by their English keys or Chinese names."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from chronic.care import institutions as care
from chronic.care.desk import Desk
from chronic.errors import ValueRefused
from chronic.exchange import files
from chronic.model.institution import LEVELS, Institution
from chronic.store import institutions, places
from chronic.store.journal import deed

_HEADERS = {
    "name": "name", "机构名称": "name", "名称": "name", "机构": "name",
    "level": "level", "级别": "level", "层级": "level",
    "phone": "phone", "电话": "phone", "联系电话": "phone",
    "address": "address", "地址": "address",
    "capabilities": "capabilities", "能力": "capabilities",
    "departments": "departments", "科室": "departments",
    "place": "place", "所在地": "place", "所在乡镇": "place",
    "superior": "superior", "牵头单位": "superior", "牵头医院": "superior", "上级机构": "superior",
}  # fmt: skip
_LEVELS = {"村": "village", "村级": "village", "乡": "township", "乡镇": "township", "乡级": "township", "镇": "township",
           "县": "county", "县级": "county", "市": "city", "市级": "city"}  # fmt: skip
_LISTS = ("capabilities", "departments")


def take(desk: Desk, path: Path) -> tuple[int, int]:
    """(added, changed), all of the sheet or nothing. Raises ValueRefused (`institution.row`, `institution.header`)."""
    added = changed = 0
    with deed(desk.db, desk.stamp, "institution.add"):
        known = {place.name: place for place in institutions.read(desk.db, closed=True)}
        for line, row in _rows(path):
            if "place" in row:
                row["place"] = places.find(desk.db, row["place"])
            if "superior" in row:
                row["superior"] = care.get(desk, row["superior"]).number
            there = known.get(str(row.get("name")))
            try:
                if there is None:
                    known[str(row["name"])] = care.add(desk, Institution(**row))
                    added += 1
                elif there._replace(**row) != there:
                    care.edit(desk, there.number, row)
                    changed += 1
            except (KeyError, TypeError):
                raise ValueRefused("institution.row", line=line) from None
    return added, changed


def _rows(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """What each line gives, blank cells left out."""
    source = files.inspect(path)
    with files.reading(path), files.open_text(source) as stream:
        records = files.records(stream)
        header = [_HEADERS.get(cell.strip()) for cell in next(records, files.Record(1, [])).cells]
        if "name" not in header or "level" not in header:
            raise ValueRefused("institution.header", path=path)
        for record in records:
            cells = dict(zip(header, (cell.strip() for cell in record.cells), strict=False))
            row: dict[str, Any] = {name: text for name, text in cells.items() if name and text}
            if not row:
                continue
            row |= {name: tuple(row[name].replace("；", ";").split(";")) for name in _LISTS if name in row}
            row["level"] = _LEVELS.get(row.get("level", ""), row.get("level"))
            if record.broken or row["level"] not in LEVELS:
                raise ValueRefused("institution.row", line=record.line)
            yield record.line, row

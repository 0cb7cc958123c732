"""A Report as an Excel workbook, written as it is read: nothing is held back, however many rows there are.

Identity numbers, phones and all other texts are text cells, so Excel cannot round them; days are days, numbers are
numbers. A text that begins like a formula is guarded as in a CSV (`model.guards`), because a workbook is often saved
as one. The same rows make the same file, to the byte.
"""

import re
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final

from chronic.errors import ValueRefused
from chronic.model.elements import ELEMENTS
from chronic.model.extras import extra
from chronic.model.guards import GUARDED, guard
from chronic.model.report import Report
from chronic.model.wide import width
from chronic.model.workbook import CHARACTERS, IN_MEMORY, NO_XML, ROWS, WRITING
from chronic.render.files import header, in_columns, names

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

    from chronic.render.words import Numbers

_NARROWEST, _WIDEST, _ROOM = 6, 40, 2
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_FIRST_DAY = "1900-03-01"
"""Excel counts a 29 February 1900 that never was: an earlier day stays a text."""
_SHEETS: Final = {
    "people": "居民", "visits": "随访", "screenings": "筛查", "checkups": "健康体检", "tests": "检查结果",
    "facts": "风险因素", "overdue": "逾期随访", "due": "应随访", "referrals": "转诊", "calls": "回访记录",
    "contracts": "签约", "ledger_patients": "花名册", "ledger_follow_up": "随访台账",
    "ledger_screening": "筛查台账", "ledger_referral": "转诊台账",
    "ledger_call_back": "追访台账", "ledger_check_up": "健康体检台账", "ledger_education": "健康教育台账",
    "ledger_overdue": "逾期台账", "uploads": "上传状态",
}  # fmt: skip
"""What a sheet with Chinese headers is called; the others have the name of the report."""


def write(
    report: Report, out: "Path | IO[bytes]", headers: str = "canonical", elements: bool = False, numbers: "Numbers" = dict
) -> None:
    """The workbook; under Chinese headers its codes are words, too. `elements`: under the names a line of the standards'
    identifiers. `numbers`: those that sentences name. `out`: a file, or a stream where nothing of it may lie on a disk:
    then all of it is in memory until the end, and has no more than IN_MEMORY cells.

    Raises ValueRefused: extra.missing, xlsx.rows, xlsx.in_memory, xlsx.characters, xlsx.cell; OSError where it cannot be
    written.
    """
    with extra("excel"):
        import xlsxwriter  # noqa: F401
    if not isinstance(out, Path):
        columns = max(1, len(names(report)))
        few = report._replace(rows=_no_more(report.rows, IN_MEMORY // columns))
        _write(few, out, (headers, elements, numbers), {**WRITING, "constant_memory": False, "in_memory": True})
        return
    with tempfile.TemporaryDirectory(prefix=".", dir=out.parent) as beside, out.open("wb") as stream:
        # the stream before the library's temporary file, which it leaves behind where it cannot write
        _write(report, stream, (headers, elements, numbers), {**WRITING, "tmpdir": beside})


def _no_more(rows: Iterable[dict[str, object]], most: int) -> Iterator[dict[str, object]]:
    for number, row in enumerate(rows):
        if number >= most:
            raise ValueRefused("xlsx.in_memory", most=most)
        yield row


def _write(report: Report, stream: IO[bytes], shape: "tuple[str, bool, Numbers]", how: dict[str, object]) -> None:
    """`how`: with where the library puts its temporary files, which hold the rows: where the workbook goes, or nowhere."""
    import xlsxwriter

    headers, elements, numbers = shape
    book = xlsxwriter.Workbook(stream, how)
    book.use_zip64()
    book.set_properties({"created": datetime.fromisoformat(report.as_of), "title": report.name})
    try:
        sheet = book.add_worksheet(_SHEETS.get(report.name, report.name) if headers == "zh" else report.name)
        _fill(sheet, report, headers, elements, book, _saying(report, numbers) if headers == "zh" else None)
    finally:
        book.close()  # after an error too: it takes the temporary file away


def write_blank(title: str, heads: Sequence[tuple[str, float]], rows: int, path: Path) -> None:
    """A sheet to be filled in: headers with how wide they are (Excel's measure), numbered rows, all cells texts, so that
    nothing typed into them is rounded. Raises ValueRefused (extra.missing)."""
    with extra("excel"):
        import xlsxwriter
    with path.open("wb") as stream, xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
        sheet, head = book.add_worksheet(title), book.add_format({"bold": True, "bottom": 1, "text_wrap": True})
        plain = book.add_format({"num_format": "@"})
        for place, (text, size) in enumerate(heads):
            sheet.set_column(place, place, size, plain)
            sheet.write_string(0, place, text, head)
        for row in range(1, rows + 1):
            sheet.write_number(row, 0, row)
        sheet.freeze_panes(1, 0)


def _saying(report: Report, numbers: "Numbers") -> list[Callable[[str], str] | None]:
    from chronic.render.words import of_columns  # with the dictionary of check-ups behind it

    return of_columns(report, numbers)


def _fill(
    sheet: "Worksheet",
    report: Report,
    headers: str,
    elements: bool,
    book: Any,
    says: list[Callable[[str], str] | None] | None,
) -> None:
    keys = names(report)
    in_words, says = says is not None, says or [None] * len(keys)
    head, plain = book.add_format({"bold": True, "bottom": 1}), book.add_format({"num_format": "@"})
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    widths = [_NARROWEST] * len(keys)
    top = [list(header(report, headers))] + ([[ELEMENTS.get(key, "") for key in keys]] if elements else [])
    for line, titles in enumerate(top):
        for place, title in enumerate(titles):
            sheet.write_string(line, place, title, head)
            widths[place] = max(widths[place], width(title) + _ROOM)
    last = len(top) - 1
    for last, row in enumerate(_rows(report), len(top)):
        if last >= ROWS:
            raise ValueRefused("xlsx.rows", most=ROWS - len(top))
        for place, value in enumerate(row):
            if value is None or value == "":
                continue
            if isinstance(value, bool) and in_words:
                value = "是" if value else "否"
            if isinstance(value, bool) or not isinstance(value, (int, float)):
                says_it = says[place]
                text = str(value) if says_it is None else says_it(str(value))
                size = _write_text(sheet, (last, place), text, plain, day, keys[place])
            else:
                sheet.write_number(last, place, value)
                size = len(str(value))
            widths[place] = max(widths[place], min(size + _ROOM, _WIDEST))
    for place, size in enumerate(widths):
        sheet.set_column(place, place, size)
    if keys:
        sheet.freeze_panes(len(top), 0)
        sheet.autofilter(len(top) - 1, 0, max(last, len(top) - 1), len(keys) - 1)
        sheet.ignore_errors({"number_stored_as_text": f"A1:XFD{ROWS}"})


def _write_text(sheet: "Worksheet", at: tuple[int, int], text: str, plain: Any, day: Any, key: str) -> int:
    """A text, or the day it is; how wide it is."""
    if not text:  # a code that is shown as nothing
        return 0
    if _DAY.fullmatch(text) and text >= _FIRST_DAY:
        try:
            sheet.write_datetime(*at, datetime.fromisoformat(text), day)
        except ValueError:  # looks like a day and is none
            sheet.write_string(*at, text, plain)
        return len(text)
    if text[0] in GUARDED:
        text = guard(text)
    if len(text) > CHARACTERS:
        raise ValueRefused("xlsx.cell", column=key, row=at[0] + 1, most=CHARACTERS)
    if NO_XML.search(text):
        raise ValueRefused("xlsx.characters", column=key, row=at[0] + 1)
    sheet.write_string(*at, text, plain)
    return width(text)


def _rows(report: Report) -> Iterator[list[object]]:
    """Each row's values in the order of the columns; a listing for JSON alone has none."""
    for row in in_columns(report):
        yield [value.isoformat() if isinstance(value, date) else value for value in row]

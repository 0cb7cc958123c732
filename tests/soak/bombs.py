"""Files that are small and become large, or break whoever reads them."""

import zipfile
from collections.abc import Callable
from pathlib import Path

Bomb = Callable[[Path], Path]

MEASURED = """
import resource, sys
try:
    resource.setrlimit(resource.RLIMIT_AS, (4 << 30, 4 << 30))
except (ValueError, OSError):
    pass
import python_calamine
from chronic.cli import main
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
try:
    main()
finally:
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024
    print("grown", grown, file=sys.stderr)
"""
"""`chronic`, and at the end on stderr how many MB it has grown by."""

_TYPES = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_PARTS = {
    "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.'
    'openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPES}.sheet.main+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_TYPES}.worksheet+xml"/>'
    f'<Override PartName="/xl/sharedStrings.xml" ContentType="{_TYPES}.sharedStrings+xml"/>'
    "</Types>",
    "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" '
    f'Type="{_RELATION}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_RELATION}"><sheets><sheet name="s" sheetId="1" r:id="rId1"/>'
    "</sheets></workbook>",
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_RELATION}/worksheet" Target="worksheets/sheet1.xml"/>'
    f'<Relationship Id="rId2" Type="{_RELATION}/sharedStrings" Target="sharedStrings.xml"/></Relationships>',
}


def cell(place: str, text: str) -> str:
    return f'<c r="{place}" t="inlineStr"><is><t>{text}</t></is></c>'


HEADERS = f'<row r="1">{cell("A1", "姓名")}{cell("B1", "源编号")}</row>'


def book(path: Path, rows: str, strings: str = "", doctype: str = "", other: dict[str, str] | None = None) -> Path:
    """A workbook of these rows, as somebody would write it by hand. `other`: parts more."""
    sheet = f'<worksheet xmlns="{_MAIN}"><sheetData>{rows}</sheetData></worksheet>'
    parts = {"xl/worksheets/sheet1.xml": doctype + sheet, "xl/sharedStrings.xml": f'<sst xmlns="{_MAIN}">{strings}</sst>'}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as packed:
        for name, text in {**_PARTS, **parts, **(other or {})}.items():
            packed.writestr(name, '<?xml version="1.0"?>' + text)
    return path


def far_away(folder: Path) -> Path:
    """Two cells, and 17,000,000,000 between them."""
    return book(folder / "far.xlsx", HEADERS + f'<row r="1048576">{cell("XFD1048576", "x")}</row>')


def far_down(folder: Path) -> Path:
    return book(folder / "down.xlsx", HEADERS + f'<row r="1048576">{cell("Z1048576", "x")}</row>')


def far_in_other_quotes(folder: Path) -> Path:
    return book(folder / "odd.xlsx", HEADERS + "<row\nr='1048576'><c\nr = 'XFD1048576'><v>1</v></c></row>")


def beyond_the_last_column(folder: Path) -> Path:
    """Two cells, half a million columns apart."""
    return book(folder / "beyond.xlsx", HEADERS + f'<row r="2">{cell("ZZZZ2", "x")}</row>')


def laughs(folder: Path) -> Path:
    """A billion of them."""
    more = "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9))
    rows = HEADERS + f'<row r="2">{cell("A2", "&j;")}{cell("B2", "1")}</row>'
    return book(folder / "laughs.xlsx", rows, doctype=f'<!DOCTYPE l [<!ENTITY a "ha">{more}]>')


def an_entity_of_a_file(folder: Path) -> Path:
    rows = HEADERS + f'<row r="2">{cell("A2", "&a;")}{cell("B2", "1")}</row>'
    return book(folder / "entity.xlsx", rows, doctype='<!DOCTYPE l [<!ENTITY a SYSTEM "file:///etc/passwd">]>')


def one_long_text(folder: Path) -> Path:
    return book(folder / "long.xlsx", HEADERS + f'<row r="2">{cell("A2", "A" * 20_000_000)}</row>')


def many_texts(folder: Path) -> Path:
    return book(folder / "texts.xlsx", HEADERS, strings="<si><t>a</t></si>" * 6_000_000)


def a_small_zip(folder: Path) -> Path:
    """520 MB of nothing in a part that is none of a workbook's."""
    return book(folder / "zip.xlsx", HEADERS, other={"xl/media/image1.xml": ("<a/>" + " " * 100_000) * 5_200})


def a_part_that_lies_about_its_size(folder: Path) -> Path:
    """The file says 100 bytes; there are 20 MB."""
    path = book(folder / "lies.xlsx", HEADERS + f'<row r="2">{cell("A2", "A" * 20_000_000)}</row>')
    with zipfile.ZipFile(path) as packed:
        part = packed.getinfo("xl/worksheets/sheet1.xml")
        size = part.file_size.to_bytes(4, "little")
    path.write_bytes(path.read_bytes().replace(size, (100).to_bytes(4, "little")))
    return path


def one_long_line(folder: Path) -> Path:
    path = folder / "line.csv"
    path.write_bytes("姓名,源编号\n".encode() + b"a" * 100_000_000)
    return path


def an_open_quotation(folder: Path) -> Path:
    path = folder / "quote.csv"
    path.write_bytes('姓名,源编号\n"'.encode() + b"a,b\n" * 3_000)
    return path


def columns_without_end(folder: Path) -> Path:
    path = folder / "wide.csv"
    path.write_text("姓名,源编号" + ",x" * 200_000 + "\n" + "王,1" + ",1" * 200_000 + "\n", encoding="utf-8")
    return path


def a_binary_book(folder: Path) -> Path:
    """What the reader takes for an .xlsb, whose cells nobody counts before."""
    return book(folder / "binary.xlsb", HEADERS, other={"xl/workbook.bin": "x"})


QUICK: tuple[Bomb, ...] = (
    far_away, far_down, far_in_other_quotes, beyond_the_last_column, laughs,
    an_entity_of_a_file, one_long_text, a_part_that_lies_about_its_size,
    an_open_quotation, columns_without_end, a_binary_book,
)  # fmt: skip
ALL: tuple[Bomb, ...] = (*QUICK, many_texts, a_small_zip, one_long_line)

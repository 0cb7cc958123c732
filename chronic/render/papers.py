"""The official forms, slips, cards and blank sheets as they are laid out on paper."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any, Final

from chronic.render.paper import (
    BOX,
    LINE,
    SMALL,
    STRONG,
    Block,
    Card,
    Cards,
    Cell,
    Pairs,
    Paper,
    Run,
    Sheet,
    Table,
    Words,
    text,
)

CAMPAIGN: Final = (
    ("序号", 4), ("姓名", 8), ("性别", 4), ("出生日期", 8.5), ("身份证号", 14), ("联系电话", 8.5), ("组", 5), ("血压", 7),
    ("空腹血糖", 5), ("随机血糖", 5), ("身高", 5), ("体重", 5), ("腰围", 5), ("服用降压药", 5), ("危急情况", 5), ("备注", 6),
)  # fmt: skip
"""Headers, as `import` knows them, and how wide they are."""
CAMPAIGN_TITLE: Final = "筛查登记表"
_NO_NUMBER = "□□□-□□□□□"
_ROOM = "　" * 6


def record_sheets(sheets: Sequence[Any]) -> Paper:
    """Follow-up sheets of four visits (`reports.record_sheet.Sheet`), each on a page."""
    return Paper(f"{sheets[0].title} {sheets[0].name}".strip(), tuple(map(_record_sheet, sheets)))


def _record_sheet(sheet: Any) -> Sheet:
    across = len(sheet.rows[0].cells)
    rows = []
    for part, lines in _in_order(sheet.rows):
        for place, line in enumerate(lines):
            label = Cell(((Run(line.label),), *(((Run(line.hint, SMALL),),) if line.hint else ())), head=True)
            row = [label._replace(across=1 if part else 2), *map(_visit, line.cells)]
            rows.append((*([_part(part, len(lines))] if part and place == 0 else []), *row))
    table = Table((6, 14, *[80 / across] * across), tuple(rows), height=6.6)
    return Sheet(sheet.title, (f"姓名: {sheet.name}", f"编号: {sheet.number or _NO_NUMBER}"), (table,), sheet.name)


def _visit(cell: Any) -> Cell:
    """What one visit says: words, boxes behind them, a line below."""
    runs = [Run(cell.text + (" " if cell.text and cell.boxes else "")), *(Run(box, BOX) for box in cell.boxes)]
    return Cell(((*runs, *([Run("\n" + cell.below)] if cell.below else [])),))


def visit_forms(forms: Sequence[Any]) -> Paper:
    """One follow-up as its record forms have it (`reports.visit_form.Form`), each on a page."""
    return Paper(f"{forms[0].title} {forms[0].name}", tuple(map(_visit_form, forms)), letters=10.5)


def _visit_form(form: Any) -> Sheet:
    rows = []
    for part, lines in _in_order(form.lines):
        for place, line in enumerate(lines):
            label = text(line.label, head=True)._replace(across=1 if part else 2)
            rows.append((*([_part(part, len(lines))] if part and place == 0 else []), label, text(line.text)))
    head = (f"姓名: {form.name}", f"编号: {form.number}")
    return Sheet(form.title, head, (Table((14, 20, 66), tuple(rows)),), form.name)


def _part(title: str, down: int) -> Cell:
    return Cell(((Run(title),),), down=down, head=True, middle=True)


def _in_order(lines: Iterable[Any]) -> Iterator[tuple[str, list[Any]]]:
    """Lines that follow each other under one heading together."""
    for part, some in groupby(lines, key=lambda line: str(line.part)):
        yield part, list(some)


def checkup_forms(forms: Sequence[Any]) -> Paper:
    """Check-up forms (`reports.checkup_form.Form`), each from a page of its own."""
    return Paper(f"{forms[0].title} {forms[0].name}".strip(), tuple(map(_checkup_form, forms)))


def _checkup_form(form: Any) -> Sheet:
    rows = tuple(
        (
            text(part.title, head=True, middle=True),
            Cell((*(((Run(part.hint, SMALL),),) if part.hint else ()), *map(_field, part.items))),
        )
        for part in form.parts
    )
    head = (f"姓名: {form.name}", form.about, f"编号: {form.number or _NO_NUMBER}")
    return Sheet(form.title, head, (Table((9, 91), rows),), form.name)


def _field(item: Any) -> tuple[Run, ...]:
    """The field's name, its codes, its boxes, or its line."""
    runs = [Run(item.label, STRONG), Run(f" {item.codes} " if item.codes else " ")]
    return (*runs, *(Run(box, BOX) for box in item.boxes), *([Run(item.line, LINE)] if item.line else []))


def cards(made: Sequence[tuple[str, Any]]) -> Paper:
    """Patients' cards to be cut out: (whose, `reports.patient_card.Card`)."""
    every = tuple(Card(f"{card.title} 随访卡".strip(), card.lines, card.foot, whose, card.trends) for whose, card in made)
    return Paper("随访卡", (Sheet("", (), (Cards(every),)),), letters=10)


def campaign(clinic: str, village: str, day: str, rows: int) -> Paper:
    """A blank sheet for a day of screening; its headers are those that `import` knows."""
    heads = tuple(text(title, head=True, middle=True, shaded=True) for title, _ in CAMPAIGN)
    lines = tuple((text(str(n), middle=True), *[Cell()] * (len(CAMPAIGN) - 1)) for n in range(1, rows + 1))
    table = Table(tuple(width for _, width in CAMPAIGN), (heads, *lines), heads=1, height=9)
    head = (clinic, f"地点: {village or _ROOM}", f"日期: {day}", f"登记人:{_ROOM}")
    return Paper(CAMPAIGN_TITLE, (Sheet(CAMPAIGN_TITLE, head, (table,)),), landscape=True)


def slips(made: Sequence[tuple[str, Any, str]], lang: str) -> Paper:
    """Referral slips: (whose, `reports.slip.Document`, what stands out above it or nothing)."""
    sheets = tuple(Sheet(slip.title, (), tuple(_slip(slip, urgent)), whose) for whose, slip, urgent in made)
    return Paper(f"{made[0][1].title} {made[0][1].slip}", sheets, size="A5", letters=10.5, lang=lang)


def _slip(slip: Any, urgent: str) -> Iterator[Block]:
    yield Words(slip.slip, "right")
    if urgent:
        yield Words(urgent, "urgent")
    yield Pairs(slip.stub, abreast=2)
    yield Words("", "cut")
    yield Words(f"{slip.address}:")
    yield Pairs(slip.letter)
    for title, lines in slip.returns:
        yield Words(title, "heading")
        yield Pairs(lines)
    yield Words(slip.foot, "foot")

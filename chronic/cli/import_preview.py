"""What `import` says of a sheet before it is written, and what it asks at a terminal."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

import click

from chronic.cli import people
from chronic.exchange import codes
from chronic.exchange.headers import normal
from chronic.exchange.reading import MASKED
from chronic.exchange.rows import SheetRow
from chronic.i18n import _, ngettext
from chronic.model.idcard import masked_id, masked_phone
from chronic.model.wording import chinese, code_label, either, field_label
from chronic.office import imports as office
from chronic.office.account import Recognised, Summary

_MASKS = {"id_number": masked_id, "phone": masked_phone}
_SHOWN = 6
"""Values of a row, and codes of a column, that are shown."""


def lines(summary: Summary) -> Iterator[str]:
    """What was recognised, and a few rows of each kind."""
    if not summary.rows:
        return
    own = [known for known in summary.recognised if not known.unit and not known.told and _is_own_name(known)]
    if own:
        yield _("Read by their own names: {names}").format(names=", ".join(known.header for known in own))
    if len(own) < len(summary.recognised):
        yield _("Read as:")
    for header, column, unit, told in (known for known in summary.recognised if known not in own):
        parts = (field_label(column), unit, _("as you said") if told else "")
        yield f"  {header or '-'}: {'  '.join(filter(None, parts))}"
    if summary.codes:
        yield "  " + _("Codes: {codes}").format(codes=title(summary.codes))
    names = states()
    for state, rows in summary.samples.items():
        if state != "refused":
            for row in rows:
                yield f"{names.get(state, state)}  " + _("line {n}: {sentence}").format(n=row.line, sentence=_sample(row))
            if state == "changed":
                yield from _replaced(summary)


def _replaced(summary: Summary) -> Iterator[str]:
    """Whose value the sheet's comes in the place of, field by field."""
    for line, found in summary.replaced_like:
        change = people.change_line(found.column, found.ours, found.theirs)
        yield "  " + _("line {n}: {sentence}").format(n=line, sentence=f"{found.name}  {change}")


def _is_own_name(known: Recognised) -> bool:
    """Is the header what the registry itself calls the column?"""
    return normal(known.header) in (normal(known.column), normal(chinese(known.column)))


def states() -> dict[str, str]:
    return {
        "added": _("new"), "changed": _("changed"), "filled": _("filled"),
        "unchanged": _("unchanged"), "refused": _("rows refused"),
    }  # fmt: skip


def hints(summary: Summary) -> Iterator[str]:
    """What would settle for the whole sheet what was not read."""
    for header, columns in summary.unsure:
        meant = ", ".join(f"{column} {field_label(column)}" for column in columns)
        yield _('{header} is not read, it may mean: {columns}. Say which: --map "{header}={column}"').format(
            header=header, columns=meant, column=columns[0]
        )
    headers = {column: header for header, column, *_rest in summary.recognised}
    slips: dict[tuple[str, str], int] = {}
    for (column, unit), n in summary.slips.items():  # the two pressures of one cell are one value
        where = (column if column in headers else "bp", unit)
        slips[where] = max(n, slips.get(where, 0))
    for (column, unit), n in slips.items():
        said = ngettext(
            '{n} value looks like {unit}. If the whole column is in {unit}: --map "{header}={column}:{unit}"',
            '{n} values look like {unit}. If the whole column is in {unit}: --map "{header}={column}:{unit}"',
            n,
        )
        yield said.format(n=n, unit=unit, header=headers.get(column, column), column=column)
    for names, meanings in _offers(summary):
        yield _("--codes {name} would read: {meanings}").format(name=" | ".join(names), meanings=meanings)
    if summary.bare and not _offers(summary):
        yield _("No known set of codes reads them all: {codes}").format(codes="; ".join(_bare(summary)))


def _offers(summary: Summary) -> list[tuple[tuple[str, ...], str]]:
    """(sets, what they would make of each bare code) of the sets that read them all, those that agree together."""
    found: dict[str, tuple[str, ...]] = {}
    for told in codes.reading(summary.bare) if summary.bare else ():
        meanings = "; ".join(_meanings(told, column, counts) for column, counts in summary.bare.items())
        found[meanings] = (*found.get(meanings, ()), told.name)
    return [(names, meanings) for meanings, names in found.items()]


def _meanings(found: codes.CodeSet, column: str, counts: "dict[str, int]") -> str:
    said = (
        f"{code} = {code_label(column, found.fields[column][codes.folded(code)])} ({n})"
        for code, n in islice(sorted(counts.items()), _SHOWN)
    )
    return f"{field_label(column)} " + ", ".join(said)


def _bare(summary: Summary) -> Iterator[str]:
    for column, counts in summary.bare.items():
        yield f"{field_label(column)} " + ", ".join(f"{code} ({n})" for code, n in islice(sorted(counts.items()), _SHOWN))


def asked(summary: Summary, wishes: office.Wishes) -> office.Wishes:
    """Ask what only a person can know: ambiguous headers, and which set of codes it is."""
    maps = list(wishes.meanings)
    for header, columns in summary.unsure:
        for number, column in enumerate(columns, 1):
            click.echo(f"  {number}  {field_label(column)}", err=True)
        choice = click.prompt(
            _("What is {header}? (0: leave it out)").format(header=header),
            type=click.IntRange(0, len(columns)), default=0, err=True,
        )  # fmt: skip
        maps.append(f"{header}={columns[choice - 1] if choice else ''}")
    offers = _offers(summary)
    if offers:
        click.echo(
            _("Bare codes, which mean something else in each system: {codes}").format(codes="; ".join(_bare(summary))),
            err=True,
        )
        for number, (names, meanings) in enumerate(offers, 1):
            click.echo(f"  {number}  {', '.join(map(title, names))}: {meanings}", err=True)
        choice = click.prompt(
            _("Which codes are these? (0: refuse these rows)"), type=click.IntRange(0, len(offers)), default=0, err=True
        )
        if choice:
            wishes = replace(wishes, codes=offers[choice - 1][0][0])
    return replace(wishes, meanings=tuple(maps))


def title(name: str) -> str:
    return f"{name} {either(codes.sets()[name].title)}" if name in codes.sets() else name


def _sample(row: SheetRow) -> str:
    """The first few values of a row; identity numbers and phones masked."""
    shown = []
    for column, value in row.values.items():
        if column in ("uid", "person_uid", "entered"):
            continue
        text = "*" if value is MASKED else _MASKS[column](str(value)) if column in _MASKS else code_label(column, str(value))
        shown.append(f"{field_label(column)} {text}")
    shown = [" ".join(text.split()) for text in shown]
    first = [
        text for text in shown if text.startswith((field_label("name"), field_label("visit_date"), field_label("id_number")))
    ]
    return ", ".join(dict.fromkeys((*first, *shown[:_SHOWN])))

"""The tables of the dashboard that are pictures too: villages by rank, who is late, from screening to control."""

import sqlite3
from collections.abc import Iterator, Sequence
from datetime import date

from chronic.i18n import _, ngettext
from chronic.i18n.terms import PROGRAMMES, term
from chronic.model.codes import BAND_TITLES
from chronic.model.shares import percentages, rate
from chronic.model.wording import either
from chronic.office.pictures import NOTHING, percent
from chronic.protocol import Editions
from chronic.render.board import Bars, Row
from chronic.reports import figures, indicators, overdue, suspects, tagged
from chronic.reports.indicators import Asked, book
from chronic.reports.measures import Counts, Measure

_VILLAGES = 30
"""So many of a ranking; the report has them all."""
_LISTED = 12
_HATCHES = ("lines", "dots", "slant")
SCREEN = ("screen_residents", "screened")
NEW = "newly_registered"


def others(codes: Sequence[str], known: Sequence[Measure], rows: Sequence[figures.Row]) -> Iterator[Bars]:
    """The indicators of people managed that are none of these, programme by programme."""
    for programme in indicators.PROGRAMMES:
        drawn = [
            _other(measure, row)
            for measure, row in zip(known, rows, strict=True)
            if measure.programme == programme and measure.code not in codes
        ]
        heads = [_("Indicator"), "", "%", _("How many")]
        yield Bars(term(PROGRAMMES, programme), "", heads, drawn, _("Nobody."))


def _other(measure: Measure, row: figures.Row) -> Row:
    share = _rate(row)
    part = f"{row['numerator']}" if row["denominator"] is None else f"{row['numerator']}/{row['denominator']}"
    return Row(
        (either(measure.name),), None if share is None else share / 100, (percent(share), part), target=measure.target,
        urgent=row["target_met"] == "no",
    )  # fmt: skip


def ranking(ranked: Sequence[Measure], rows: Sequence[figures.Row]) -> Iterator[Bars]:
    """The villages of each programme, best first; of very many the first and the last."""
    for measure in ranked:
        all_rows = [row for row in rows if row["programme"] == measure.programme]
        mine = [row for row in all_rows if row["village"] != figures.WHOLE and row.get("reported") != "no"]
        silent = [str(row["village"]) for row in all_rows if row.get("reported") == "no"]
        (whole,) = [row for row in all_rows if row["village"] == figures.WHOLE]
        shown = mine if len(mine) <= _VILLAGES else [*mine[: _VILLAGES // 2], *mine[-_VILLAGES // 2 :]]
        notes = [_("all together {rate}").format(rate=percent(_rate(whole)))]
        if measure.target is not None:
            notes.append(_("the tick is the target, {target}%").format(target=f"{measure.target:g}"))
        elif len(mine) > 1:
            notes.append(_("the tick is all of them together"))
        tick = measure.target if measure.target is not None else _rate(whole)
        if len(shown) < len(mine):
            notes.append(_("the first and the last {n} of {all}").format(n=_VILLAGES // 2, all=len(mine)))
        if silent:
            named = ", ".join(silent[:_LISTED]) + (" …" if len(silent) > _LISTED else "")
            notes.append(_("{n} not reported: {names}").format(n=len(silent), names=named))
        title = f"{term(PROGRAMMES, measure.programme)}, {either(measure.name)}"
        heads = [_("Rank"), _("Village"), either(measure.name), "%", _("How many")]
        yield Bars(title, "; ".join(notes), heads, [_village(row, tick) for row in shown], _("Nobody."), 1)


def _village(row: figures.Row, tick: float | None) -> Row:
    share = _rate(row)
    few = _(" (few people)") if row.get("small") == "yes" else ""
    return Row(
        (str(row["rank"] or NOTHING), str(row["village"] or _("no village")) + few),
        None if share is None else share / 100,
        (percent(share), f"{row['numerator']}/{row['denominator']}"),
        target=tick,
    )


def _rate(row: figures.Row) -> float | None:
    return row["rate"] if isinstance(row["rate"], float | int) else None


def late(db: sqlite3.Connection, day: date, whom: Asked) -> list[Bars]:
    asked = overdue.Asked(where=whom.where, doctor=whom.doctor, tags=whom.tags)
    bands = overdue.counts(db, day, asked)
    hatches = dict(zip(BAND_TITLES, _HATCHES, strict=True))
    shares = percentages([bands[band] for band in BAND_TITLES])
    rows = [
        Row((_(title),), _share(bands[band], bands.total()), (str(bands[band]), percent(share)), hatches[band])
        for (band, title), share in zip(BAND_TITLES.items(), shares, strict=True)
    ]
    note = ngettext("{n} person", "{n} people", bands.total()).format(n=bands.total())
    late = Bars(
        _("By how long"), note, [_("Band"), "", _("How many"), "%"],
        rows if bands.total() else [], _("Nobody is overdue."),
    )  # fmt: skip
    villages = list(overdue.by_group(db, day, asked, "village").rows)
    most = max((int(str(row["overdue"])) for row in villages), default=0)
    by_place = [
        Row(
            (str(row["village"] or _("no village")),), _share(int(str(row["overdue"])), most),
            (str(row["overdue"]), str(row[overdue.OVER])), urgent=False,
        )
        for row in villages[:_LISTED]
    ]  # fmt: skip
    note = _("the first {n} of {all}").format(n=_LISTED, all=len(villages)) if len(villages) > _LISTED else ""
    heads = [_("Village"), "", _("How many"), _(BAND_TITLES[overdue.OVER])]
    return [late, Bars(_("By village"), note, heads, by_place, _("Nobody is overdue."))]


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0


def funnel(db: sqlite3.Connection, day: date, editions: Editions, whom: Asked, months: Sequence[Counts]) -> Bars:
    """From the residents to screen to those who were enrolled; each step beside the first."""
    now, names = months[-1], book().figures
    residents, measured = (now[(indicators.EVERYBODY, name)].total() for name in SCREEN)
    its = tagged.Whom(whom.where, whom.doctor, whom.tags)
    waiting = len({row["person_id"] for row in suspects.suspects(db, day, editions, whom=its).rows})
    new = sum(each[(programme, NEW)].total() for each in months[1:] for programme in indicators.PROGRAMMES)
    steps = [
        (either(names[SCREEN[0]].name), residents),
        (either(names[SCREEN[1]].name), measured),
        (_("suspected now, waiting for another measurement or a hospital"), waiting),
        (_("enrolled in the last 12 months"), new),
    ]
    rows = [_step(name, count, residents) for name, count in steps]
    return Bars(
        _("Screening"), _("Each step beside the first; the last two are not parts of the one above."),
        [_("Step"), "", _("How many"), "%"], rows, _("Nobody."),
    )  # fmt: skip


def cascades(found: Counts) -> Iterator[Bars]:
    """Estimated, registered, under care, controlled: each but the first a part of the one above."""
    for programme in indicators.PROGRAMMES:
        steps = [(_("estimated to have it"), found[(programme, indicators.ESTIMATED)].total())]
        steps += [(either(book().figures[name].name), found[(programme, name)].total()) for name in indicators.CASCADE]
        known = [step for step in steps if step[1] or step is not steps[0]]
        whole = max(count for _name, count in known)
        rows = [_step(name, count, whole) for name, count in known]
        title = f"{term(PROGRAMMES, programme)}: {_('the cascade')}"
        note = _("Each step is a part of the one above; the estimate is adults by prevalence: chronic report cascade.")
        yield Bars(title, note, [_("Step"), "", _("How many"), "%"], rows, _("Nobody."))


def _step(name: str, count: int, whole: int) -> Row:
    return Row((name,), _share(count, whole), (str(count), percent(rate(count, whole))))

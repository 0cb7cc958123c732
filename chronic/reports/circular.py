"""通报: the figures of a period as sentences to paste into a circular. Facts only: nobody is praised or blamed."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from chronic.i18n import _, ngettext
from chronic.i18n.terms import PROGRAMMES, term
from chronic.reports.figures import WHOLE, Row
from chronic.reports.measures import RANKED


def paragraphs(rows: Sequence[Row], by: str | None) -> Iterator[str]:
    """One for each indicator: the whole, then first and last, who is behind the target and the whole, who changed most."""
    for _key, some in groupby(rows, key=lambda row: (row["indicator"], row["programme"])):
        lines = list(some)
        whole = next((line for line in lines if by is None or line[by] == WHOLE), None)
        groups = [line for line in lines if by in RANKED and line[by] != WHOLE and line.get("reported") != "no"]
        said = [*([_whole(whole)] if whole else []), *(_groups(groups, by, whole) if by in RANKED and whole else ())]
        yield " ".join(said)
    yield from _silent(rows, by)


def _silent(rows: Sequence[Row], by: str | None) -> Iterator[str]:
    """Who has not reported, once for all indicators: their old data are in no share above."""
    silent = [row for row in rows if by in RANKED and row.get("reported") == "no"]
    names = list(dict.fromkeys(_group(row, by) for row in silent))
    if names:
        said = ngettext("{n} not reported: {names}.", "{n} not reported: {names}.", len(names))
        yield said.format(n=len(names), names=", ".join(names))
    part = [row for row in rows if by in RANKED and row[by] != WHOLE and row.get("reported") == "part"]
    told = list(dict.fromkeys(f"{_group(row, by)} ({row['unreported']})" for row in part))
    if told:
        yield _("Villages not reported, by where they are: {names}.").format(names=", ".join(told))
    if names or told:
        yield _("All shares are of those that have reported.")


def definitions(rows: Sequence[Row]) -> Iterator[str]:
    """What each indicator counts, what it leaves out, where that is from, and how far it is to be trusted."""
    for code in dict.fromkeys(row["indicator"] for row in rows):
        mine = [row for row in rows if row["indicator"] == code]
        row = mine[0]
        parts = [str(row["definition"])]
        if row["excluded"]:
            parts.append(_("left out: {people}").format(people=row["excluded"]))
        parts.append(_("source: {source}").format(source=_trusted(row["source"], row["mark"])))
        for source in dict.fromkeys(line["target_source"] for line in mine):
            parts += [_("target: {source}").format(source=source)] if source else []
        yield f"{row['indicator_name']} ({code}): {'; '.join(parts)}"


def legend(lines: Sequence[str]) -> Iterator[str]:
    """What the marks in these lines mean."""
    known = {
        "[DERIVED": _("DERIVED: our reading of the source"),
        "[UNVERIFIED": _("UNVERIFIED: not yet checked against the source"),
        "[PROPOSED": _("PROPOSED: chosen by this program"),
    }
    found = [said for mark, said in known.items() if any(mark in line for line in lines)]
    if found:
        yield "; ".join(found)


def _trusted(source: object, mark: object) -> str:
    """UNVERIFIED, PROPOSED and DERIVED are told to whoever reads the number."""
    return f"{source} [{mark}]" if len(str(mark)) > 1 else str(source)


def _title(programme: object, title: object) -> str:
    return f"{term(PROGRAMMES, str(programme))} {title}" if programme else str(title)


def _whole(row: Row) -> str:
    title = _title(row["programme"], row["indicator_name"])
    if row["denominator"] is None:
        said = [f"{title} {row['numerator']}"]
    else:
        said = [f"{title} {_percent(row)}"]
    if row["target"] is not None:
        words = {"yes": _("target {n} %, met"), "no": _("target {n} %, missed")}
        said.append(words.get(str(row["target_met"]), _("target {n} %")).format(n=f"{row['target']:g}"))
    if row["change"] is not None:
        said.append(_change(row))
    return _("{facts}.").format(facts=", ".join(said))


def _change(row: Row) -> str:
    change, unit = float(str(row["change"])), row["denominator"] is not None
    if not change:
        return _("as in {period}").format(period=row["before_period"])
    size = f"{abs(change):.1f}" if unit else f"{abs(change):g}"
    if unit:
        said = _("{n} points up on {period}") if change > 0 else _("{n} points down on {period}")
    else:
        said = _("{n} more than in {period}") if change > 0 else _("{n} fewer than in {period}")
    return said.format(n=size, period=row["before_period"])


def _groups(groups: Sequence[Row], by: str | None, whole: Row) -> Iterator[str]:
    ranked = [row for row in groups if row["rank"] is not None]
    if len(ranked) > 1:
        first = [row for row in ranked if row["rank"] == 1]
        last = [row for row in ranked if row["rank"] == max(int(str(one["rank"])) for one in ranked)]
        yield _("First: {names}.").format(names=_names(first, by))
        if last != first:
            yield _("Last: {names}.").format(names=_names(last, by))
    below = [row for row in ranked if row["target_met"] == "no"]
    if below and len(groups) > 1:
        said = ngettext("{n} misses the target: {names}.", "{n} miss the target: {names}.", len(below))
        yield said.format(n=len(below), names=_names(below, by))
    behind = [row for row in ranked if _behind(row, whole)]
    if behind:
        said = _("Above everybody's share: {names}.") if whole["less_is_better"] else _("Below everybody's share: {names}.")
        yield said.format(names=_names(behind, by))
    yield from _movers([row for row in ranked if row["change"]], by)
    empty = [row for row in groups if row["rank"] is None]
    if empty:
        yield _("Nobody to count in: {names}.").format(names=", ".join(_group(row, by) for row in empty))


def _behind(row: Row, whole: Row) -> bool:
    """Is its share worse than that of everybody? Reckoned on the counts."""
    if row["denominator"] is None:
        return False
    part, of, all_part, all_of = (int(str(line[key])) for line in (row, whole) for key in ("numerator", "denominator"))
    ahead = part * all_of - all_part * of
    return ahead > 0 if whole["less_is_better"] else ahead < 0


def _movers(moved: Sequence[Row], by: str | None) -> Iterator[str]:
    """Who rose and who fell most against the period before."""

    def change(row: Row) -> float:
        return float(str(row["change"]))

    rose, fell = max(moved, key=change, default=None), min(moved, key=change, default=None)
    if rose is not None and change(rose) > 0:
        yield _("Rose most: {name} {n}.").format(name=_group(rose, by), n=f"+{change(rose):g}")
    if fell is not None and change(fell) < 0:
        yield _("Fell most: {name} {n}.").format(name=_group(fell, by), n=f"{change(fell):g}")


def _names(rows: Sequence[Row], by: str | None) -> str:
    return ", ".join(f"{_group(row, by)} {_percent(row)}{_few(row)}" for row in rows)


def _few(row: Row) -> str:
    return _(" (few people)") if row.get("small") == "yes" else ""


def _group(row: Row, by: str | None) -> str:
    return str(row[str(by)] or _("not known"))


def _percent(row: dict[str, Any]) -> str:
    """68.4 % (412/602), or the number that stands alone."""
    if row["denominator"] is None:
        return str(row["numerator"])
    share = "-" if row["rate"] is None else _("{n} %").format(n=f"{row['rate']:.1f}")
    return f"{share} ({row['numerator']}/{row['denominator']})"

"""Findings about one person's visits, from a stream that brings a person's visits together, in the order of their dates."""

from collections.abc import Callable, Iterator

from chronic.model.days import china_day_of, from_iso
from chronic.protocol.quality import Quality
from chronic.reports.quality.finding import Finding
from chronic.reports.quality.seen import Asked, Seen


def findings(visits: list[Seen], asked: Asked, book: Quality, wanted: frozenset[str]) -> Iterator[Finding]:
    """What is asked about one person's visits."""
    for kind, find in _KINDS.items():
        if kind in wanted:
            yield from find(visits, asked, book)


def _after_death(visits: list[Seen], asked: Asked, _book: Quality) -> Iterator[Finding]:
    for visit in visits:
        if visit.died_on is not None and visit.on > visit.died_on and asked.window(visit.on):
            yield _about("after_death", visit, visit.died_on, [visit])


def _copied(visits: list[Seen], asked: Asked, book: Quality) -> Iterator[Finding]:
    """The visit before is the one before face to face with a pressure, within the time looked back."""
    rules, before = book.copied, list[Seen]()
    for visit in (visit for visit in visits if visit.face_to_face and visit.sbp is not None and visit.dbp is not None):
        if before and rules.back.after(from_iso(before[-1].on)) < from_iso(visit.on):
            before = []
        last = before[-1] if before else None
        same = last is not None and (last.sbp, last.dbp) == (visit.sbp, visit.dbp)
        if last is not None and len(visit.values) >= rules.values and visit.values == last.values:
            if asked.window(visit.on):
                yield _about("copied", visit, "values", [last, visit])
        elif same and len(before) + 1 >= rules.running and asked.window(visit.on):
            yield _about("copied", visit, "bp", [*before, visit])
        before = [*before, visit] if same else [visit]


def _cadence(visits: list[Seen], asked: Asked, book: Quality) -> Iterator[Finding]:
    months: dict[str, list[Seen]] = {}
    for visit in visits:
        if visit.face_to_face and asked.window(visit.on):
            months.setdefault(visit.on[:7], []).append(visit)
    for month, together in months.items():
        if len(together) >= book.cadence.visits:
            yield _about("cadence", together[-1], month, together, f"{month}-01")


def _backfilled(visits: list[Seen], asked: Asked, book: Quality) -> Iterator[Finding]:
    days: dict[tuple[str, str], list[Seen]] = {}
    for visit in visits:
        window = asked.window(visit.on)
        if visit.typed_at is not None and window is not None:
            days.setdefault((china_day_of(visit.typed_at).isoformat(), window[0]), []).append(visit)
    for (day, first), together in days.items():
        late = book.backfilled.after.after(from_iso(together[0].on)) < from_iso(day)
        if late and len(together) >= book.backfilled.visits:
            yield _about("backfilled", together[-1], day, together, first)


def _about(kind: str, visit: Seen, about: str, visits: list[Seen], on: str | None = None) -> Finding:
    ids = tuple(visit.id for visit in visits)
    first, last = visits[0].on, visits[-1].on
    return Finding(kind, visit.doctor, visit.person, visit.who, about, on or visit.on, first, last, len(visits), ids)


_KINDS: dict[str, Callable[[list[Seen], Asked, Quality], Iterator[Finding]]] = {
    "after_death": _after_death,
    "copied": _copied,
    "cadence": _cadence,
    "backfilled": _backfilled,
}

"""Findings about a doctor's visits: how the readings were written down, how many in a day, what is late or left out."""

from collections.abc import Iterator

from chronic.model.days import age_on, china_day_of, from_iso
from chronic.protocol.quality import Quality
from chronic.protocol.sections import HtnTarget
from chronic.reports.quality.finding import Figures, Finding
from chronic.reports.quality.seen import Asked, Seen
from chronic.rules import truth

_DIGITS = 10
_BANDS = 4
_PRESSURES = ("sbp", "dbp")

Whose = tuple[str | None, str, str]
"""(doctor, first and last day of the window)."""
Ids = list[int]


class Doctors:
    """Takes visits in any order; what it holds grows with the visits of the windows, a few numbers each."""

    def __init__(self, asked: Asked, book: Quality, target: HtnTarget, wanted: frozenset[str]) -> None:
        self._asked, self._book, self._target, self._wanted = asked, book, target, wanted
        self._all: dict[Whose, int] = {}
        self._typed: dict[Whose, int] = {}
        self._managed: dict[tuple[Whose, str], int] = {}
        self._digits: dict[tuple[Whose, str, str], list[Ids]] = {}
        self._bands: dict[tuple[Whose, int], list[Ids]] = {}
        self._days: dict[tuple[Whose, str], tuple[Ids, Ids]] = {}
        self._phone: dict[Whose, Ids] = {}
        self._late: dict[Whose, Ids] = {}
        self._lacks: dict[tuple[Whose, str], Ids] = {}

    def see(self, visit: Seen) -> None:
        window = self._asked.window(visit.on)
        if window is None:
            return
        whose = (visit.doctor, *window)
        self._all[whose] = self._all.get(whose, 0) + 1
        if visit.typed_at is not None:
            self._typed[whose] = self._typed.get(whose, 0) + 1
            if self._book.late.after.after(from_iso(visit.on)) < china_day_of(visit.typed_at):
                self._late.setdefault(whose, []).append(visit.id)
        if not visit.face_to_face:
            if visit.sbp is not None or visit.dbp is not None:
                self._phone.setdefault(whose, []).append(visit.id)
            return
        day = self._days.setdefault((whose, visit.on), ([], []))
        day[0].append(visit.id)
        if visit.way == "home":
            day[1].append(visit.id)
        for programme in visit.programmes:
            self._managed[whose, programme] = self._managed.get((whose, programme), 0) + 1
            if programme in visit.lacks:
                self._lacks.setdefault((whose, programme), []).append(visit.id)
        if not visit.converted:
            self._read(whose, visit)

    def _read(self, whose: Whose, visit: Seen) -> None:
        device = next(
            (name for name in ("manual", "electronic") if _named(visit.device, getattr(self._book.digits, name))), ""
        )
        for pair in visit.readings:
            for pressure, value in zip(_PRESSURES, pair, strict=True):
                ends = self._digits.setdefault((whose, pressure, device), [[] for _ in range(_DIGITS)])
                ends[value % _DIGITS].append(visit.id)
        if visit.sbp is not None:
            for limit in self._limits(visit):
                band = (visit.sbp - limit) // self._book.near_limit.band + _BANDS // 2
                if 0 <= band < _BANDS:
                    self._bands.setdefault((whose, limit), [[] for _ in range(_BANDS)])[band].append(visit.id)

    def _limits(self, visit: Seen) -> Iterator[int]:
        """The limit for adults whatever the age, and that for older people of those who are."""
        yield self._target.adult.sbp
        if visit.born is not None and age_on(from_iso(visit.born), from_iso(visit.on)) >= self._target.older_from:
            yield self._target.older.sbp

    def findings(self) -> Iterator[Finding]:
        for kind, found in (
            ("crowded", self._crowded), ("digits", self._preferred), ("near_limit", self._near), ("phone_bp", self._phoned),
            ("late", self._written_late), ("missing", self._left_out),
        ):  # fmt: skip
            if kind in self._wanted:
                yield from found()

    def too_few(self) -> int:
        """Doctors with some readings, but in no window as many as last digits are judged by."""
        most: dict[str | None, int] = {}
        for ((doctor, _first, _last), _pressure, _device), ends in self._digits.items():
            most[doctor] = max(most.get(doctor, 0), sum(map(len, ends)))
        return sum(readings < self._book.digits.readings for readings in most.values())

    def _crowded(self) -> Iterator[Finding]:
        rules = self._book.crowded
        for (whose, on), (everyone, at_home) in self._days.items():
            if whose[0] is None:  # nobody knows how many doctors those were
                continue
            day = (whose[0], on, on)
            if len(everyone) > rules.visits:
                yield _one("crowded", day, "", len(everyone), everyone, Figures())
            elif len(at_home) > rules.home:
                yield _one("crowded", day, "home", len(everyone), at_home, Figures())

    def _preferred(self) -> Iterator[Finding]:
        rules = self._book.digits
        for (whose, pressure, device), ends in self._digits.items():
            odd, total = sum(len(ends[digit]) for digit in range(1, _DIGITS, 2)), sum(map(len, ends))
            steps_of_two = device != "electronic" and 100 * odd < rules.odd_below * total
            possible = range(0, _DIGITS, 2) if steps_of_two else range(_DIGITS)
            counts = [len(ends[digit]) for digit in possible]
            if sum(counts) < rules.readings:
                continue
            found = truth.digits(counts)
            if found.p < rules.p_below and found.score >= rules.score_from:
                often = max(possible, key=lambda digit: (len(ends[digit]), -digit))
                figures = Figures(
                    chi_square=found.chi_square, df=found.df, p=found.p, preference=found.score,
                    digit=often, percent=100 * len(ends[often]) / sum(counts),
                )  # fmt: skip
                about = ",".join(filter(None, (pressure, device)))
                yield _one("digits", whose, about, sum(counts), ends[often], figures)

    def _near(self) -> Iterator[Finding]:
        rules = self._book.near_limit
        for (whose, limit), bands in self._bands.items():
            far_below, below, from_limit, far_above = map(len, bands)
            if below + from_limit < rules.readings or min(far_below, far_above) < rules.each:
                continue
            found = truth.step(far_below, below, from_limit, far_above)
            if found.p < rules.p_below and (found.ratio is None or found.ratio >= rules.ratio_from):
                figures = Figures(z=found.z, p=found.p, ratio=found.ratio)
                yield _one("near_limit", whose, str(limit), below + from_limit, bands[1], figures)

    def _phoned(self) -> Iterator[Finding]:
        for whose, ids in self._phone.items():
            if len(ids) >= self._book.phone_bp.visits:
                yield _one("phone_bp", whose, "", self._all[whose], ids, Figures())

    def _written_late(self) -> Iterator[Finding]:
        rules = self._book.late
        for whose, ids in self._late.items():
            percent = 100 * len(ids) / self._typed[whose]
            if len(ids) >= rules.visits and percent >= rules.percent:
                yield _one("late", whose, "", self._typed[whose], ids, Figures(percent=percent))

    def _left_out(self) -> Iterator[Finding]:
        rules = self._book.missing
        for (whose, programme), ids in self._lacks.items():
            visits = self._managed[whose, programme]
            percent = 100 * len(ids) / visits
            if len(ids) >= rules.visits and percent >= rules.percent:
                yield _one("missing", whose, programme, visits, ids, Figures(percent=percent))


def _named(device: str, words: list[str]) -> bool:
    return any(word.lower() in device for word in words)


def _one(kind: str, whose: Whose, about: str, looked_at: int, ids: Ids, figures: Figures) -> Finding:
    doctor, first, last = whose
    visits = tuple(sorted(set(ids)))
    return Finding(kind, doctor, None, doctor or "-", about, first, first, last, looked_at, visits, figures)

"""A finding: what is asked about, whom it concerns, the figures behind it and the visits it opens into."""

from typing import NamedTuple

from chronic.i18n import N_, _

_PLACES = {"chi_square": 2, "z": 2, "preference": 1, "ratio": 2, "percent": 1}
_NAMES = {"chi_square": "chi2", "preference": N_("score"), "ratio": N_("ratio"), "digit": N_("digit")}
_SMALL = 0.001


class Figures(NamedTuple):
    """The statistic of a finding, where it has one. `digit`: the one written most; `percent`: of what was looked at."""

    chi_square: float | None = None
    df: int | None = None
    z: float | None = None
    p: float | None = None
    preference: float | None = None
    ratio: float | None = None
    digit: int | None = None
    percent: float | None = None

    def rounded(self) -> dict[str, object]:
        return {name: _rounded(name, value) for name, value in self._asdict().items()}

    def said(self) -> str:
        """chi2 45.2, df 9, p<0.001, score 31.0, digit 0, 26.2%"""
        told = []
        for name, value in self.rounded().items():
            if name == "p" and self.p is not None:
                told.append(f"p<{_SMALL}" if self.p < _SMALL else f"p={self.p:.3f}")
            elif value is not None:
                told.append(f"{value}%" if name == "percent" else f"{_(_NAMES.get(name, name))} {value}")
        return ", ".join(told)


def _rounded(name: str, value: float | None) -> float | None:
    if value is None or name in ("df", "digit"):
        return value
    return float(f"{value:.3g}") if name == "p" else round(value, _PLACES[name])


class Finding(NamedTuple):
    """`person` is set where it is about one person's visits, and `who` is their uid, else the doctor. `about`: a column,
    a programme, a month; `on`: the day by which it belongs to a window; `looked_at`: readings or visits it was judged by;
    `visits`: what it opens into, by id."""

    kind: str
    doctor: str | None
    person: int | None
    who: str
    about: str
    on: str
    first: str
    last: str
    looked_at: int
    visits: tuple[int, ...]
    figures: Figures = Figures()

    @property
    def key(self) -> str:
        """What makes it the same finding the next time, in this registry: copied:42:bp:2026-10-08."""
        return self._key(self.who if self.person is None else str(self.person))

    @property
    def lasting(self) -> str:
        """The same in every registry."""
        return self._key(self.who)

    def _key(self, who: str) -> str:
        return ":".join(filter(None, (self.kind, who, self.about, self.on)))


def order(finding: Finding) -> tuple[str, ...]:
    """The same whatever order the visits came in."""
    return finding.doctor or "", finding.on, finding.who, finding.about

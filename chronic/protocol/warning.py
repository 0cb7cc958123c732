"""From where on a rise, a swing or a fall is a warning."""

from chronic.protocol.book import Book
from chronic.protocol.sections import Cite, Interval, Section


class Watch(Section):
    """Whose readings are looked at: the last not older than `fresh`, none older than `back`."""

    cite: str
    back: Interval
    fresh: Interval


class Usual(Section):
    """How much a reading varies from visit to visit: `sd` as if it rested on `sd_weight` readings beside everybody's here,
    and never less than `least`."""

    cite: str
    sd: float
    sd_weight: float
    least: float


class Rise(Section):
    """The mean of the last `recent` readings above that of those before, at least `before_least` and at most `before_most`;
    a person's own spread counts beside everybody's as if that rested on `own_weight` readings."""

    cite: str
    recent: int
    before_least: int
    before_most: int
    own_weight: float
    z_from: float


class Swing(Section):
    """The spread of the last `readings`, so many times the usual one."""

    cite: str
    readings: int
    times_from: float


class Fall(Section):
    """Of a village or a doctor: at least so many `people` in both years, and so many percentage `points` less."""

    cite: str
    people: int
    points: float
    p_below: float


class Warning(Book):
    table = "warning"

    watch: Watch
    sbp: Usual
    fpg: Usual
    rise: Rise
    swing: Swing
    fall: Fall
    cites: dict[str, Cite]

    def wrong(self) -> list[tuple[str, str]]:
        """Too few readings to have a spread."""
        rules = self.rise
        small = {"rise.recent": rules.recent - 1, "rise.before_least": rules.before_least - 2}
        small |= {"rise.before_most": rules.before_most - rules.before_least, "swing.readings": self.swing.readings - 2}
        return [(at, "-") for at, value in small.items() if value < 0]

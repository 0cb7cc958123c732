"""Several blood pressure readings of one sitting: what counts of them, and whether one more is needed."""

from collections.abc import Sequence

from chronic.protocol import Protocol

Reading = tuple[int, int]


def counted(readings: Sequence[Reading], protocol: Protocol) -> Reading:
    """(SBP, DBP) of the sitting, mmHg: the mean of the last readings that count."""
    return mean(readings[-protocol.measuring.sitting.average_last :])


def mean(readings: Sequence[Reading]) -> Reading:
    """The mean of these readings, rounded half up."""
    many = len(readings)
    sbp, dbp = ((2 * sum(values) + many) // (2 * many) for values in zip(*readings, strict=True))
    return sbp, dbp


def third_needed(readings: Sequence[Reading], protocol: Protocol) -> bool:
    """Two readings, and they lie too far apart for their mean to stand."""
    if len(readings) != 2:
        return False
    (sbp, dbp), (next_sbp, next_dbp) = readings
    apart = max(abs(sbp - next_sbp), abs(dbp - next_dbp))
    return apart > protocol.measuring.sitting.third_if_apart_more_than

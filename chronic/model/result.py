"""A test and what it showed: an ECG, a fundus, a laboratory value, done here or elsewhere."""

from datetime import date
from typing import NamedTuple

RESULTS = ("normal", "abnormal")


class Result(NamedTuple):
    """One result. `test` is a code of the matrix or a column of the visit; `value` in the test's unit, `word` a code
    of the form. `institution` is None for one of our own, `number` is 0 for one that stands on a visit."""

    test: str
    done_on: date
    value: float | None = None
    word: str | None = None
    result: str | None = None
    institution: str | None = None
    detail: str | None = None
    number: int = 0
    uid: str = ""

"""What every verb needs: the registry, the day, the guidelines, and who is writing."""

import sqlite3
from datetime import date
from typing import NamedTuple

from chronic.protocol import Editions
from chronic.store.stamp import Stamp


class Desk(NamedTuple):
    """`today` is the business day; `stamp` carries the real instant and the user's name."""

    db: sqlite3.Connection
    today: date
    editions: Editions
    stamp: Stamp

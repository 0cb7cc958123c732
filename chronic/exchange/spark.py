"""The same on Spark, where a cluster is there already: everybody at once, shared out by Spark itself.

Every relation is kept where it was made (`localCheckpoint`), and what follows begins from there: a plan that held all the
steps before would take Spark longer to think about than to carry out.
"""

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from chronic.errors import ValueRefused
from chronic.exchange.dialects import said
from chronic.model.extras import extra

_TYPES = {"INTEGER": "BIGINT", "REAL": "DOUBLE", "TEXT": "STRING", "VARCHAR": "STRING"}
_SETTINGS = {
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.log.level": "OFF",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.parquet.enableVectorizedReader": "true",
}


class Spark:
    """An engine. `master` as Spark writes it: local[2], spark://host:7077, yarn.

    Raises ValueRefused: `extra.missing`, `scale.java`, `scale.master`, `scale.damaged`.
    """

    name = "spark"
    people_at_once = sys.maxsize

    def __init__(self, master: str, memory: int, threads: int | None) -> None:
        with extra("spark"):
            from pyspark.sql import SparkSession
        wanted = {**_SETTINGS, "spark.driver.memory": f"{memory >> 20}m"}
        if threads is not None:
            wanted["spark.sql.shuffle.partitions"] = str(threads)
        builder: Any = SparkSession.builder
        for name, value in wanted.items():
            builder = builder.config(name, value)
        with _starting(master):
            self._spark: Any = builder.master(master).appName("chronic").getOrCreate()

    def files(self, name: str, paths: Sequence[Path], columns: Sequence[tuple[str, str]]) -> None:
        with _told():
            if paths:
                found = self._spark.read.parquet(*(f"file://{path.absolute()}" for path in paths))
                found = found.select(*(column for column, _kind in columns))
            else:
                found = self._spark.createDataFrame([], _shape(columns))
            found.createOrReplaceTempView(name)

    def view(self, name: str, sql: str) -> None:
        self._run(sql, {}).createOrReplaceTempView(name)

    def give(self, name: str, columns: Sequence[tuple[str, str]], rows: Sequence[Sequence[Any]]) -> None:
        with _told():
            found = self._spark.createDataFrame([tuple(row) for row in rows], _shape(columns)).coalesce(1)
            found.localCheckpoint().hint("broadcast").createOrReplaceTempView(name)

    def make(self, name: str, sql: str, values: dict[str, object]) -> None:
        with _told():
            self._run(sql, values).localCheckpoint().createOrReplaceTempView(name)

    def ask(self, sql: str, values: dict[str, object]) -> list[tuple[Any, ...]]:
        with _told():
            return [tuple(row) for row in self._run(sql, values).collect()]

    def _run(self, sql: str, values: dict[str, object]) -> Any:
        with _told():
            text, taken = said(sql, self.name, values)
            return self._spark.sql(text, args=taken)

    def close(self) -> None:
        self._spark.stop()


def _shape(columns: Sequence[tuple[str, str]]) -> str:
    return ", ".join(f"{column} {_TYPES.get(kind, kind)}" for column, kind in columns)


@contextmanager
def _starting(master: str) -> Iterator[None]:
    """Spark starts Java, and Java writes where it likes: nowhere, meanwhile."""
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException

    kept = None
    with suppress(OSError, ValueError):
        kept = os.dup(2)
        quiet = os.open(os.devnull, os.O_WRONLY)
        os.dup2(quiet, 2)
        os.close(quiet)
    try:
        yield
    except (PySparkException, Py4JError, OSError) as error:
        if "JAVA_GATEWAY" in str(error) or isinstance(error, OSError):
            raise ValueRefused("scale.java") from None
        raise ValueRefused("scale.master", master=master, problem=_first_line(error)) from None
    finally:
        if kept is not None:
            os.dup2(kept, 2)
            os.close(kept)


@contextmanager
def _told() -> Iterator[None]:
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException

    try:
        yield
    except (PySparkException, Py4JError) as error:
        raise ValueRefused("scale.damaged", problem=_first_line(error)) from None


def _first_line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0]

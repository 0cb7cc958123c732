"""Sheets for the import tests: rows as dicts, written as a spreadsheet would write them."""

import csv
import io
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path

from chronic.exchange.rows import SheetRow
from chronic.exchange.sheets import Sheet, open_sheet
from chronic.i18n.sentences import ERRORS, WARNINGS
from tests.runner import TODAY, Chronic, Run

HEADS = ("People", "Visits", "Check-ups", "Test results", "Facts")
Rows = Iterable[Mapping[str, object]]
Write = Callable[..., Path]
"""Text, or bytes, and perhaps an encoding -> a file of it (tests/exchange/conftest.py)."""


class Imported:
    """What `import` said of a file, read back from its summary."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.code = run.code
        head = next((line for line in run.out.splitlines() if line.startswith(HEADS)), "")
        counts = (part.rpartition(" ") for part in head.split("   ")[1:])
        self.counts = {name.removeprefix("rows "): int(number) for name, _, number in counts}

    @property
    def refused(self) -> list[str]:
        """The codes of the refusals that are shown, in the order of the lines."""
        return self._codes("Refused", ERRORS)

    @property
    def asked(self) -> list[str]:
        """The codes of the warnings that are shown, in the order of the lines."""
        return self._codes("Please check", WARNINGS)

    def _codes(self, title: str, known: dict[str, str]) -> list[str]:
        part = re.search(rf"^{title}  .*\n((?:  .*\n)*)", self.run.out, re.MULTILINE)
        return [_code(sentence, known) for sentence in re.findall(r"line \d+: (.*)", part[1] if part else "")]


def _code(sentence: str, known: dict[str, str]) -> str:
    """Which code a sentence belongs to: of those that fit the one with the most words of its own."""
    fitting = []
    for code, template in known.items():
        own = re.split(r"\{\w+\}", template)
        if re.fullmatch(".*".join(map(re.escape, own)), sentence):
            fitting.append((sum(map(len, own)), code))
    return max(fitting)[1] if fitting else sentence


def opened(path: Path, sheet: str | None = None) -> Sheet:
    """A file as its reader has it on the day of the tests."""
    return open_sheet(path, date.fromisoformat(TODAY), sheet)


def read(path: Path, sheet: str | None = None) -> list[SheetRow]:
    return list(opened(path, sheet).rows())


def codes(row: SheetRow) -> list[str]:
    """Of what speaks against it."""
    return [problem.code for problem in row.refusals]


def written(rows: Rows) -> str:
    """CSV text; the columns in the order in which they first appear."""
    listed = list(rows)
    columns = list(dict.fromkeys(name for row in listed for name in row))
    out = io.StringIO()
    writer = csv.DictWriter(out, columns, restval="", lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(listed)
    return out.getvalue()


def sheet(folder: Path, rows: Rows, name: str = "sheet.csv", encoding: str = "utf-8") -> Path:
    path = folder / name
    path.write_bytes(written(rows).encode(encoding))
    return path


def take(chronic: Chronic, rows: Rows, *options: object, encoding: str = "utf-8", today: str | None = None) -> Imported:
    """Import these rows."""
    days = {"today": today} if today else {}
    return Imported(chronic("import", sheet(chronic.folder, rows, encoding=encoding), *options, **days))


def taken(chronic: Chronic, rows: Rows, *options: object, encoding: str = "utf-8") -> Imported:
    """Import these rows; none may be refused."""
    found = take(chronic, rows, *options, encoding=encoding)
    assert found.code == 0, found.run
    return found


_PORTRAIT = {
    "person": """
        SELECT p.uid, p.name, p.sex, p.birth_date, p.id_number, p.archive_no, p.phone, v.name, t.name, h.name,
               p.household_no, p.address, p.responsible_doctor, p.registered_on, p.family_history, p.ascvd, p.ckd,
               p.smoking_status, p.closed_on, p.closed_reason, p.birth_approximate
        FROM person AS p LEFT JOIN place AS v ON v.id = p.village LEFT JOIN place AS t ON t.id = v.parent
        LEFT JOIN place AS h ON h.id = p.hamlet""",
    "tag": "SELECT p.uid, tag FROM person_tag JOIN person AS p ON p.id = person",
    "source": "SELECT p.uid, source, ref FROM person_source JOIN person AS p ON p.id = person",
    "key": "SELECT p.uid, key FROM name_key JOIN person AS p ON p.id = person",
    "enrolment": """
        SELECT p.uid, programme, enrolled_on, assumed, diagnosed_on, ended_on, end_reason
        FROM enrolment AS e JOIN person AS p ON p.id = e.person""",
    "visit": """
        SELECT p.uid, v.uid, kind, visit_date, way, sbp, dbp, heart_rate, weight_kg, fpg, fpg_meter, danger, adr,
               complication, notes, next_visit_date, warnings
        FROM live_contact AS v JOIN person AS p ON p.id = v.person""",
    "checkup": """
        SELECT p.uid, c.uid, checkup_date, kind, warnings,
               (SELECT json_group_array(json_array(field, value)) FROM
                 (SELECT * FROM checkup_value WHERE checkup = c.id ORDER BY field))
        FROM live_checkup AS c JOIN person AS p ON p.id = c.person""",
    "fact": """
        SELECT p.uid, f.uid, fact, value, told_on, f.source FROM person_fact AS f JOIN person AS p ON p.id = f.person""",
    "verdict": """
        SELECT p.uid, v.uid, programme, class, d.danger, consecutive, refer, due_on, rule, protocol, cites, not_asked, advice
        FROM verdict AS d JOIN visit AS v ON v.id = d.visit JOIN person AS p ON p.id = d.person""",
    "plan": """
        SELECT p.uid, q.kind, programme, due_on, reasons, urgency, since_on, v.uid, days_high, paused, rank
        FROM plan AS q JOIN person AS p ON p.id = q.person LEFT JOIN visit AS v ON v.id = q.visit""",
    "agenda": """
        SELECT p.uid, paused, paused_on, rank, due_followup, due_referral, due_screening, due_checkup, last_visit_on,
               last_contact_on, last_bp, last_fpg, danger,
               class_htn, class_dm, class_lipid, assessed_htn, assessed_dm, assessed_lipid
        FROM agenda AS a JOIN person AS p ON p.id = a.person""",
}


def portrait(chronic: Chronic, leave_out: Sequence[str] = ()) -> dict[str, list[tuple[object, ...]]]:
    """Everything that counts of everyone, by uid: no local ids, no instants, nothing ended."""
    return {name: sorted(chronic.sql(query), key=repr) for name, query in _PORTRAIT.items() if name not in leave_out}

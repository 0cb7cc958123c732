"""The registry as FHIR R4: everyone with everything of theirs, one person at a time, the same bytes each time."""

import json
import shutil
import sqlite3
from collections import Counter
from collections.abc import Collection, Iterator
from contextlib import ExitStack
from datetime import date
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from secrets import token_hex
from typing import IO, Any, NamedTuple

from chronic.errors import ValueRefused
from chronic.exchange.fhir import contacts, resources
from chronic.exchange.fhir.codes import table
from chronic.office.folders import private
from chronic.reports import checkup_sheet, exports, shared
from chronic.store.checkups import contact_uid

BASE = "http://chronic.invalid/fhir/"
"""Stands before the references of a Bundle, so that they point into it; there is no such server."""
_LEFT_OUT = {
    "slips_back": "SELECT count(*) FROM referral WHERE ended_by IS NULL",
    "outcomes_back": "SELECT count(*) FROM referral_outcome",
    "ended": "SELECT count(*) FROM visit WHERE ended_by IS NOT NULL",
    "readings": "SELECT count(DISTINCT visit) FROM visit_reading JOIN live_contact ON live_contact.id = visit",
    "entered": "SELECT count(*) FROM visit_entered JOIN live_contact ON live_contact.id = visit",
    "results_ended": "SELECT count(*) FROM test_result WHERE ended_by IS NOT NULL",
    "checkups_ended": "SELECT count(*) FROM checkup WHERE ended_by IS NOT NULL",
    "settled": "SELECT count(*) FROM finding_settled",
    "supplies": "SELECT count(*) FROM medicine_entry WHERE ended_by IS NULL",
    "calls": "SELECT count(*) FROM call",
    "opinions": "SELECT count(*) FROM opinion",
}
_ELSEWHERE = ("refs", "facts")
"""What a sheet of people leaves out and this file does not."""


class Wanted(NamedTuple):
    """Whom and what: one person, or who was recorded or changed since a day; identity numbers and phones if `full`."""

    person: int | None = None
    since: date | None = None
    full: bool = False


def write(db: sqlite3.Connection, day: date, style: str, wanted: Wanted, out: IO[str]) -> Counter[str]:
    """Write a transaction Bundle (`bundle`) or a resource a line (`ndjson`); how many resources of each type."""
    written: Counter[str] = Counter()
    lines = _lines(everything(db, day, wanted), written)
    if style == "ndjson":
        out.writelines(f"{line}\n" for line, _, _ in lines)
        return written
    out.write('{"resourceType": "Bundle", "type": "transaction", "entry": [')
    between = "\n"
    for line, kind, id_ in lines:
        here = f"{kind}/{id_}"
        request = f'"request": {{"method": "PUT", "url": "{here}"}}'
        out.write(f'{between}{{"fullUrl": "{BASE}{here}", "resource": {line}, {request}}}')
        between = ",\n"
    out.write("\n]}\n" if written else "]}\n")
    return written


def write_folder(db: sqlite3.Connection, day: date, wanted: Wanted, out: Path) -> Counter[str]:
    """Make a folder with a file of NDJSON for each type; it appears whole or not at all. How many resources of each type.

    Raises ValueRefused: `fhir.out`, `fhir.folder`.
    """
    if out.exists() or out.is_symlink():
        raise ValueRefused("fhir.out")
    part = out.absolute().with_name(f".{out.name}.{token_hex(4)}.part")
    written: Counter[str] = Counter()
    try:
        with ExitStack() as stack:
            stack.callback(shutil.rmtree, part, ignore_errors=True)
            part.mkdir(mode=0o700)
            files: dict[str, IO[str]] = {}
            for line, kind, _ in _lines(everything(db, day, wanted), written):
                if kind not in files:
                    files[kind] = stack.enter_context(private(part / f"{kind}.ndjson", "x"))
                files[kind].write(f"{line}\n")
            for stream in files.values():
                stream.close()
            part.rename(out)
    except OSError as error:
        raise ValueRefused("fhir.folder", path=out, problem=error.strerror or error) from None
    return written


def _lines(found: Iterator[resources.Resource], written: Counter[str]) -> Iterator[tuple[str, str, str]]:
    encode = json.JSONEncoder(ensure_ascii=False, separators=(", ", ": "), allow_nan=False).encode
    for resource in found:
        written[resource["resourceType"]] += 1
        yield encode(resource), resource["resourceType"], resource["id"]


def everything(db: sqlite3.Connection, day: date, wanted: Wanted) -> Iterator[resources.Resource]:
    """Every resource, by person; of a person the register first, then contacts by day, then what is open."""
    since = "" if wanted.since is None else shared.instant(wanted.since)
    only: Collection[int] | None = None if wanted.since is None else shared.recorded_since(db, since)
    if wanted.person is not None:
        only = [wanted.person] if only is None or wanted.person in only else []
    rows = exports.people(db, day, "", True, Counter(), only).rows
    for uid, stays in groupby(rows, key=itemgetter("uid")):
        ((id_,),) = db.execute("SELECT id FROM person WHERE uid = ?", (uid,)).fetchall()
        person = resources.Person(list(stays), shared.refs(db, id_), wanted.full)
        yield resources.patient(person)
        yield from resources.smoking(person)
        yield from resources.stays(person)
        yield from _contacts(db, id_, since)
        yield from map(contacts.test, shared.tests(db, id_, since))
        yield from map(contacts.fact, shared.facts(db, id_, since))
        yield from _referrals(shared.slips(db, id_), shared.outcomes(db, id_))
        yield from resources.plan(str(uid), shared.due(db, id_), day.isoformat())
        codes, began = shared.danger(db, id_)
        if codes:
            yield resources.flag(str(uid), codes, began)


def _contacts(db: sqlite3.Connection, person: int, since: str) -> Iterator[resources.Resource]:
    """Visits and check-ups. The screening that a check-up's readings make is made again of the check-up."""
    forms = list(checkup_sheet.of(db, person))
    made = {contact_uid(str(form["uid"])) for form in forms}
    for contact in exports.contacts(db, person, since):
        if contact["uid"] not in made:
            yield from contacts.visit(contact)
    recorded = shared.checkups_since(db, person, since)
    for form in forms:
        if form["uid"] in recorded:
            yield from contacts.checkup(form)


def _referrals(slips: list[dict[str, Any]], outcomes: list[dict[str, Any]]) -> Iterator[resources.Resource]:
    known = {slip["uid"] for slip in slips}
    for slip in slips:
        yield from resources.slip(slip, [told for told in outcomes if told["referral"] == slip["uid"]])
    yield from (resources.outcome(told, None) for told in outcomes if told["referral"] not in known)


def version() -> str:
    """Of the standard."""
    return str(table()["version"])


def left_out(db: sqlite3.Connection) -> Counter[str]:
    """How much of each kind the registry holds that a registry which reads the file does not get."""
    counts = Counter({name: db.execute(sql).fetchone()[0] for name, sql in _LEFT_OUT.items()})
    of_people = exports.left_out(db, "people", "")
    return counts + Counter({name: n for name, n in of_people.items() if name not in _ELSEWHERE})

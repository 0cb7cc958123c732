"""Who sends bundles and how old their data are; what two registries wrote differently and nobody has decided."""

import sqlite3
from collections.abc import Iterable, Iterator
from datetime import date

from chronic.i18n import N_, _
from chronic.model.bundled import Outcome
from chronic.model.codes import PROGRAMMES
from chronic.model.days import china_minute, from_iso
from chronic.model.idcard import masked_id, masked_phone
from chronic.model.report import Column, Report
from chronic.model.wording import field_label
from chronic.store import bundles, business
from chronic.store.conflicts import ONE, Conflict, undecided

_PEERS = (
    Column("name", N_("Registry")),
    Column("data_of", N_("Data of")),
    Column("days_old", N_("Days old"), right=True),
    Column("merged_at", N_("Merged")),
    Column("sent_at", N_("Sent")),
    Column("acked_at", N_("They have those of")),
    Column("place", N_("Is sent people of")),
    Column("waiting", N_("Rows waiting"), right=True),
)
_CONFLICTS = (
    Column("person_id", N_("Id"), right=True),
    Column("name", N_("Name")),
    Column("field", N_("What")),
    Column("one", N_("One says")),
    Column("one_by", N_("Recorded by")),
    Column("other", N_("The other says")),
    Column("other_by", N_("Recorded by")),
    Column("other_id", N_("And"), right=True),
    Column("decide", N_("To decide")),
    Column("uid", "uid", hidden=True),
)
_MERGED = (
    Column("file", N_("File")),
    Column("sender", N_("Sent by")),
    Column("new_rows", N_("New rows"), right=True),
    Column("touched", N_("People"), right=True),
    Column("conflicts", N_("Undecided"), right=True),
    Column("problem", N_("Problem")),
    Column("code", "code", hidden=True),
)
_MASKED = {"id_number": masked_id, "phone": masked_phone}
TABLES = {
    "visit": N_("Visit"), "checkup": N_("Check-up"), "test_result": N_("Test result"), ONE: N_("One person"),
}  # fmt: skip
_UNDONE = {
    "visit": "chronic visit void {row}",
    "checkup": "chronic checkup void {row}",
    "test_result": "chronic test void {row}",
}
_FIXED = {"visit": "chronic visit fix {row}", "checkup": "chronic checkup fix {row}"}


def listing(db: sqlite3.Connection, today: date) -> Report:
    """Trusted registries, the oldest data first; `days_old` by the sender's clock, None where nothing came."""
    return Report("bundles", today.isoformat(), _PEERS, _peers(db, today))


def conflicts(db: sqlite3.Connection, today: date, full: bool) -> Report:
    """`field`: a canonical column of people; visit, checkup, test_result, whose value is the day; or person, where two
    people here are one elsewhere. `decide`: what to type; whatever is typed goes to the others too."""
    return Report("bundle_conflicts", today.isoformat(), _CONFLICTS, _conflicts(db, full))


def merged(outcomes: Iterable[Outcome], today: date) -> Report:
    """What became of each of many files; `code` is why one was refused."""
    rows: list[dict[str, object]] = []
    for one in outcomes:
        done = one.code is None
        rows.append({
            "file": one.path.name, "sender": one.sender, "new_rows": one.new if done else None,
            "touched": one.people if done else None, "conflicts": one.conflicts if done else None,
            "problem": one.problem or (_("merged before") if one.again and not one.new else None), "code": one.code,
        })  # fmt: skip
    return Report("bundles_merged", today.isoformat(), _MERGED, rows)


def _conflicts(db: sqlite3.Connection, full: bool) -> Iterator[dict[str, object]]:
    for found in undecided(db):
        yield {
            "person_id": found.person, "name": found.name, "field": found.field,
            "one": _shown(found.field, found.one, full), "one_by": found.one_by,
            "other": _shown(found.field, found.other, full), "other_by": found.other_by,
            "other_id": found.other_id, "decide": " | ".join(_ways(found)), "uid": found.uid,
        }  # fmt: skip


def _ways(found: Conflict) -> Iterator[str]:
    """Commands, each of which decides it."""
    if found.other_id is not None:
        yield f"chronic person merge {found.person} {found.other_id}"
        if found.field == ONE:
            yield f"chronic person distinct {found.person} {found.other_id}"
        else:
            yield f"chronic person edit {found.person} --clear {found.field}"
    if found.field in TABLES:
        yield from (
            ways[found.field].format(row=found.row) for ways in (_FIXED, _UNDONE) if found.field in ways and found.row
        )
        return
    programme, _, part = found.field.partition("_")
    if programme in PROGRAMMES and part:
        yield f"chronic programme list {found.person}"
    elif found.field in ("closed_on", "closed_reason"):
        yield f"chronic person close {found.person} --on DAY --reason died|moved"
        yield f"chronic person reopen {found.person}"
    else:
        yield f"chronic person edit {found.person} --{found.field.replace('_', '-')} VALUE"


def in_words(row: dict[str, object]) -> dict[str, object]:
    """The field by the name it has on screen."""
    field = str(row["field"])
    return {**row, "field": _(TABLES[field]) if field in TABLES else field_label(field)}


def _peers(db: sqlite3.Connection, today: date) -> Iterator[dict[str, object]]:
    for peer in bundles.standings(db):
        told = peer._asdict()
        times = {name: told[name] and china_minute(told[name]) for name in ("data_of", "merged_at", "sent_at", "acked_at")}
        old = max(0, (today - from_iso(times["data_of"][:10])).days) if times["data_of"] else None
        yield {
            "name": peer.name,
            **times,
            "days_old": old,
            "place": peer.place and business.called(db, peer.place),
            "waiting": peer.waiting,
        }


def _shown(field: str, value: str | None, full: bool) -> str | None:
    hide = None if full else _MASKED.get(field)
    return hide(value) if hide and value else value

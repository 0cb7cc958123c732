"""Every figure once more, by its definition, in plain loops over rows read as dicts: slow on purpose, and independent.

Nothing of the counting is imported and its numbers are written out again, so that a slip there cannot hide here.
"""

import sqlite3
import tomllib
from calendar import monthrange
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any, NamedTuple

Row = dict[str, Any]
NEVER = date.max
MATRIX = tomllib.loads(Path("chronic/protocols/books/cn-six-diseases.toml").read_text("utf-8"))
SERIOUS = ("uncontrolled", "adverse_reaction", "complication")
SECOND = {"htn": "htn-pc25.bp", "dm": "dm-pc22.hba1c"}
REQUIRED = {"htn": ("sbp", "dbp", "adherence"), "dm": ("fpg", "adherence")}
TWO_WEEKS = timedelta(days=14)
MONITORED = ("monitored", "低收入监测户", "监测户", "监测对象", "防返贫监测户", "防止返贫监测户")
PRESETS = {"hearts-s": (6, 3, 3), "rtsl": (3, 3, 3), "dhis2-pkg": (3, 3, 3), "ethiopia": (6, 1, 3)}
"""Months from the end of the enrolments to the end of the period, months of enrolment, months of the outcome."""


class Stay(NamedTuple):
    begin: date
    end: date
    reason: str | None
    uid: str
    through: date
    next: date | None


def day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def must(text: str) -> date:
    return date.fromisoformat(text)


def months_before(end: date, months: int) -> date:
    """The first of so many months that end with this last day of a month."""
    number = end.year * 12 + end.month - months
    return date(number // 12, number % 12 + 1, 1)


def six_months_after(begin: date) -> date:
    number = begin.year * 12 + begin.month - 1 + 6
    year, month = number // 12, number % 12 + 1
    return date(year, month, min(begin.day, monthrange(year, month)[1]))


def age(born: str | None, on: date) -> int | None:
    birth = day(born)
    return None if birth is None else on.year - birth.year - ((on.month, on.day) < (birth.month, birth.day))


class Person:
    """All that is known of one person."""

    def __init__(self, row: Row) -> None:
        self.row = row
        self.closed = day(row["closed_on"]) or NEVER
        self.tables: dict[str, list[Row]] = defaultdict(list)
        self.visits: list[Row] = []
        self.verdicts: dict[str, list[Row]] = {}
        self.stays: dict[str, list[Stay]] = {}

    def judged_age(self, on: date) -> int | None:
        return None if self.row["birth_approximate"] else age(self.row["birth_date"], on)

    def settle(self) -> None:
        self.visits = sorted(
            ({**row, "on": must(row["visit_date"])} for row in self.tables["visit"] if row["ended_by"] is None),
            key=lambda row: (row["on"], row["uid"]),
        )
        by_id = {row["id"]: row for row in self.visits}
        for programme in ("htn", "dm", "lipid", ""):
            rows = [row for row in self.tables["verdict"] if row["programme"] == programme and row["visit"] in by_id]
            self.verdicts[programme] = sorted(
                ({**row, "seen": by_id[row["visit"]]} for row in rows),
                key=lambda row: (row["seen"]["on"], row["seen"]["uid"]),
            )
        for programme in ("htn", "dm", "lipid"):
            self.stays[programme] = list(self._stays(programme))

    def _stays(self, programme: str) -> Iterator[Stay]:
        rows = [row for row in self.tables["enrolment"] if row["programme"] == programme]
        rows.sort(key=lambda row: (row["enrolled_on"], self._end(row)[0], row["uid"]))
        spans: list[tuple[date, date, str | None, str]] = []
        covered: date | None = None
        for row in rows:
            begin, (end, reason) = must(row["enrolled_on"]), self._end(row)
            if row["assumed"]:
                days = [v["on"] for v in self.visits if v["kind"] == "followup" and (covered is None or v["on"] > covered)]
                begin = min([begin, *days])
            if covered is not None:
                begin = max(begin, covered)
            if begin <= end and begin < NEVER:
                spans.append((begin, end, reason, row["uid"]))
            covered = end if covered is None else max(covered, end)
        for place, (begin, end, reason, uid) in enumerate(spans):
            after = spans[place + 1][0] if place + 1 < len(spans) else None
            yield Stay(begin, end, reason, uid, end - timedelta(days=1) if after == end else end, after)

    def _end(self, row: Row) -> tuple[date, str | None]:
        ended = day(row["ended_on"]) or NEVER
        return (
            (ended, row["end_reason"])
            if ended < NEVER and ended <= self.closed
            else (self.closed, self.row["closed_reason"])
        )

    def managed(self, programme: str, on: date) -> Stay | None:
        return next((stay for stay in self.stays[programme] if stay.begin <= on < stay.end), None)

    def later(self, on: date) -> date | None:
        """The next contact of any kind on a later day."""
        return min((v["on"] for v in self.visits if v["on"] > on), default=None)

    def met(self, first: date, last: date) -> list[Row]:
        return [v for v in self.visits if v["kind"] == "followup" and v["way"] != "phone" and first <= v["on"] <= last]


def read(db: sqlite3.Connection) -> list[Person]:
    db.row_factory = sqlite3.Row
    people = {row["id"]: Person(dict(row)) for row in db.execute("SELECT * FROM person ORDER BY id")}
    for table in (
        "enrolment",
        "visit",
        "verdict",
        "referral",
        "referral_outcome",
        "contract",
        "test_result",
        "call",
        "checkup",
    ):
        for row in db.execute(f"SELECT * FROM {table}"):
            people[row["person"]].tables[table].append(dict(row))
    ends = {row["contract"]: row["ended_on"] for row in db.execute("SELECT * FROM contract_end")}
    fields = defaultdict(set)
    for row in db.execute("SELECT * FROM checkup_value"):
        fields[row["checkup"]].add(row["field"])
    for person in people.values():
        for row in person.tables["contract"]:
            row["ended_on"] = ends.get(row["id"])
        for row in person.tables["checkup"]:
            row["fields"] = fields[row["id"]]
        person.settle()
    db.row_factory = None
    return list(people.values())


def monitored(db: sqlite3.Connection) -> set[int]:
    """Their own tag, or their household's as it was said last."""
    found = {person for person, tag in db.execute("SELECT person, tag FROM person_tag") if tag in MONITORED}
    said: dict[tuple[int, str], tuple[str, int, str]] = {}
    for id_, household, tag, value, from_on in db.execute("SELECT id, household, tag, value, from_on FROM household_tag"):
        said[household, tag] = max(said.get((household, tag), ("", 0, "")), (from_on, id_, value))
    tagged = {household for (household, tag), (_, _, value) in said.items() if value == "yes" and tag in MONITORED}
    homes = {
        (village, hamlet, number)
        for id_, village, hamlet, number in db.execute("SELECT id, village, hamlet, household_no FROM household")
        if id_ in tagged
    }
    rows = db.execute("SELECT id, village, hamlet, household_no FROM person")
    return found | {id_ for id_, *home in rows if tuple(home) in homes}


def figures(person: Person, first: date, last: date) -> Iterator[tuple[str, str]]:
    """(programme, figure) of every figure that counts this person, or something that happened to them, once for each."""
    for programme in ("htn", "dm"):
        for figure in _of_programme(person, programme, first, last):
            yield programme, figure
    for figure in _of_everybody(person, first, last):
        yield "", figure


def _of_everybody(person: Person, first: date, last: date) -> Iterator[str]:
    registered = day(person.row["registered_on"]) or date.min
    years = person.judged_age(last)
    exams = [must(c["checkup_date"]) for c in person.tables["checkup"] if c["kind"] == "exam" and c["ended_by"] is None]
    if registered <= last < person.closed:
        yield "residents"
        if years is not None and years >= 65:
            yield "older_residents"
            if any(date(last.year, 1, 1) <= on <= last for on in exams):
                yield "older_served"
        if years is not None and years >= 35 and not person.managed("htn", last):
            yield "screen_residents"
            if any(months_before(last, 12) <= on <= last for on in _pressures(person)):
                yield "screened"
    if all(person.managed(programme, last) for programme in ("htn", "dm", "lipid")):
        yield "three"
        if all(_latest_at_target(person, programme, last) for programme in ("htn", "dm", "lipid")):
            yield "three_at_target"
    raised = {v["seen"]["uid"]: v["seen"] for rows in person.verdicts.values() for v in rows if v["danger"]}
    for seen in raised.values():
        until = seen["on"] + TWO_WEEKS
        if first <= until <= last and until < person.closed:
            yield "dangers"
            after = person.later(seen["on"])
            news = [must(o["outcome_on"]) for o in person.tables["referral_outcome"]]
            if (after and after <= until) or any(seen["on"] <= on <= until for on in news):
                yield "dangers_closed"
    for slip in person.tables["referral"]:
        until = must(slip["made_on"]) + TWO_WEEKS
        if slip["ended_by"] is None and first <= until <= last and until < person.closed:
            yield "slips"
            outcomes = [o for o in person.tables["referral_outcome"] if o["referral"] == slip["uid"]]
            if any(o["outcome"] != "not_arrived" and must(o["outcome_on"]) <= until for o in outcomes):
                yield "slips_closed"


def _pressures(person: Person) -> list[date]:
    days = [v["on"] for v in person.visits if v["way"] != "phone" and None not in (v["sbp"], v["dbp"])]
    for checkup in person.tables["checkup"]:
        pairs = (("sbp", "dbp"), ("sbp_left", "dbp_left"), ("sbp_right", "dbp_right"))
        if (
            checkup["kind"] == "exam"
            and checkup["ended_by"] is None
            and any(set(pair) <= checkup["fields"] for pair in pairs)
        ):
            days.append(must(checkup["checkup_date"]))
    return days


def below(person: Person, programme: str, verdict: Row) -> bool | None:
    """At the guideline's target at this contact."""
    seen = verdict["seen"]
    if programme == "lipid":
        return {"controlled": True, "uncontrolled": False}.get(verdict["class"])
    if programme == "dm":
        if seen["fpg_meter"]:
            return bool(seen["fpg_meter"] == "LO")
        return None if seen["fpg"] is None else bool(seen["fpg"] < 7.0)
    if None in (seen["sbp"], seen["dbp"]):
        return None
    years = person.judged_age(seen["on"])
    return bool(seen["sbp"] < (150 if years is not None and years >= 65 else 140) and seen["dbp"] < 90)


def _latest_at_target(person: Person, programme: str, last: date) -> bool:
    known = [
        found
        for verdict in person.verdicts[programme]
        if date(last.year, 1, 1) <= verdict["seen"]["on"] <= last and verdict["seen"]["way"] != "phone"
        and (found := (verdict["seen"]["on"], below(person, programme, verdict)))[1] is not None
    ]  # fmt: skip
    return bool(known) and bool(max(known)[1])


def _of_programme(person: Person, programme: str, first: date, last: date) -> Iterator[str]:
    stays = person.stays[programme]
    now = person.managed(programme, last)
    if now:
        yield from _standing(person, programme, last)
        if any(_counts(contract, last) for contract in person.tables["contract"]):
            yield "contracted"
        yield from _six(person, last)
    if stays and first <= stays[0].begin <= last:
        yield "newly_registered"
    for stay in stays:
        if first <= stay.end <= last and (stay.next is None or stay.next > last):
            yield "died" if stay.reason == "died" else "ended"
    yield from _overdue(person, programme, first, last)
    yield from _timely(person, programme, first, last)
    yield from _year(person, programme, last)
    if stays:
        for preset, (lag, months, window) in PRESETS.items():
            until = months_before(last, lag)
            if months_before(until - timedelta(days=1), months) <= stays[0].begin < until:
                yield f"{preset}.all"
                yield f"{preset}.{_outcome(person, programme, preset, months_before(last, window), last)}"
    if programme == "htn":
        yield from _facility(person, last)


def _counts(contract: Row, on: date) -> bool:
    ended = day(contract["ended_on"]) or NEVER
    return must(contract["start_on"]) <= on <= must(contract["end_on"]) and on < ended


def reading(programme: str, seen: Row, since: date) -> bool | None:
    """Below the limits of HEARTS: True, False, or no reading."""
    if programme == "htn":
        return None if None in (seen["sbp"], seen["dbp"]) else bool(seen["sbp"] < 140 and seen["dbp"] < 90)
    found = [seen["fpg_meter"] == "LO"] if seen["fpg_meter"] else [seen["fpg"] < 7.0] if seen["fpg"] is not None else []
    if seen["hba1c"] is not None and (day(seen["hba1c_on"]) or seen["on"]) >= since:
        found.append(seen["hba1c"] < 7.0)
    return all(found) if found else None


def _standing(person: Person, programme: str, last: date) -> Iterator[str]:
    care, recent = months_before(last, 12), months_before(last, 3)
    met = person.met(care, last)
    read = [
        (v["on"], found) for v in met if (found := reading(programme, v, recent if v["on"] >= recent else care)) is not None
    ]
    yield "registered"
    if not read:
        yield "lost"
        return
    yield "under_care"
    if person.stays[programme][0].begin >= recent:
        yield "under_care_new"
        return
    yield "hearts_judged"
    if not [v for v in met if v["on"] >= recent]:
        yield "no_visit"
    elif max(read)[0] < recent:
        yield "no_reading"
    else:
        yield "controlled" if max(read)[1] else "uncontrolled"


def _overdue(person: Person, programme: str, first: date, last: date) -> Iterator[str]:
    stay = next((stay for stay in person.stays[programme] if stay.begin < first <= stay.end), None)
    if stay is None:
        return
    told = [v for v in person.verdicts[programme] if stay.begin <= v["seen"]["on"] < first]
    due = (day(told[-1]["due_on"]) or NEVER) if told else stay.begin + TWO_WEEKS
    if due >= first:
        return
    yield "overdue"
    calls = [must(c["called_on"]) for c in person.tables["call"] if c["outcome"] != "died"]
    tried = min((on for on in calls if first <= on <= last), default=None)
    if tried:
        yield "called"
        if any(v["way"] != "phone" and tried <= v["on"] <= tried + timedelta(days=15) for v in person.visits):
            yield "returned"


def _timely(person: Person, programme: str, first: date, last: date) -> Iterator[str]:
    for stay in person.stays[programme]:
        seen = [v["on"] for v in person.visits if v["kind"] == "followup" and v["on"] >= stay.begin]
        planned = [(stay.begin + TWO_WEEKS, min(seen, default=None))]
        for verdict in person.verdicts[programme]:
            on, due = verdict["seen"]["on"], day(verdict["due_on"])
            if stay.begin <= on <= stay.through and due is not None:
                planned.append((due, person.later(on)))
        for due, met in planned:
            if first <= due <= last and due <= stay.through:
                yield "due_followups"
                if met is not None and met <= due:
                    yield "timely_followups"


def _year(person: Person, programme: str, last: date) -> Iterator[str]:
    begin = date(last.year, 1, 1)
    stays = [stay for stay in person.stays[programme] if stay.begin <= last and stay.end > begin]
    inside = [
        (stay, verdict)
        for stay in stays
        for verdict in person.verdicts[programme]
        if max(stay.begin, begin) <= verdict["seen"]["on"] <= min(stay.through, last)
    ]
    followed = [verdict for _, verdict in inside if verdict["seen"]["kind"] == "followup"]
    if not followed:
        return
    met = [verdict for verdict in followed if verdict["seen"]["way"] != "phone"]
    yield "managed"
    yield "judged"
    if met and below(person, programme, met[-1]):
        yield "at_target"
    if met and SECOND[programme] in met[-1]["meets"].split():
        yield "second_opinion"
    days = sum((min(stay.through, last) - max(stay.begin, begin)).days + 1 for stay in stays)
    whole = (date(last.year, 12, 31) - begin).days + 1
    asked = 4 if days >= whole else min(4, max(days // 90, 1 if days >= 30 else 0))
    quarters = {(verdict["seen"]["on"].month - 1) // 3 for verdict in met}
    if len(met) >= 4 and len(quarters) < 3:
        yield "crowded_visits"
    answered = referred = True
    for stay, verdict in inside:
        on = verdict["seen"]["on"]
        until = on + TWO_WEEKS
        if until > min(stay.through, last):
            continue
        after = person.later(on)
        if (verdict["danger"] or verdict["class"] in SERIOUS) and (after is None or after > until):
            answered = False
        if (
            verdict["class"] == "uncontrolled"
            and verdict["consecutive"] >= 2
            and not _referred(person, verdict["seen"], until)
        ):
            referred = False
    exams = [must(c["checkup_date"]) for c in person.tables["checkup"] if c["kind"] == "exam" and c["ended_by"] is None]
    grown = any(six_months_after(stay.begin) <= min(stay.through, last) for stay in stays)
    tests = {
        "enough_visits": len(met) >= asked,
        "answered_in_time": answered,
        "referral_recorded": referred,
        "examined_in_year": not grown or any(months_before(last, 12) <= on <= last for on in exams),
        "fields_complete": not any(_blank(verdict["seen"], column) for verdict in met for column in REQUIRED[programme]),
    }
    yield from (name for name, passed in tests.items() if passed)
    if all(tests.values()):
        yield "standard"


def _blank(seen: Row, column: str) -> bool:
    return seen[column] is None and not (column == "fpg" and seen["fpg_meter"])


def _referred(person: Person, seen: Row, until: date) -> bool:
    if seen["referral_org"] or seen["referral_reason"]:
        return True
    for slip in person.tables["referral"]:
        answers = [must(o["outcome_on"]) for o in person.tables["referral_outcome"] if o["referral"] == slip["uid"]]
        made = must(slip["made_on"])
        open_then = not answers or min(answers) >= seen["on"]
        if slip["ended_by"] is None and made <= until and (made >= seen["on"] or open_then):
            return True
    return any(seen["on"] <= must(o["outcome_on"]) <= until for o in person.tables["referral_outcome"])


def _outcome(person: Person, programme: str, preset: str, since: date, last: date) -> str:
    met = person.met(since, last)
    read = [(v["on"], found) for v in met if (found := reading(programme, v, since)) is not None]
    told = ("controlled" if max(read)[1] else "uncontrolled") if read else "no_reading" if met else "no_visit"
    if preset == "hearts-s":
        return "yes" if told == "controlled" else "no"
    if preset == "rtsl":
        return "controlled" if told == "controlled" else "rest"
    if preset == "dhis2-pkg":
        return "no_visit" if told == "no_reading" else told
    if not person.managed(programme, last):
        reasons = {stay.reason for stay in person.stays[programme] if stay.end <= last}
        return "died" if "died" in reasons else "transferred" if "moved" in reasons else "lost"
    return {"no_visit": "lost", "no_reading": "not_evaluated"}.get(told, told)


def _facility(person: Person, last: date) -> Iterator[str]:
    recent, stays = months_before(last, 3), person.stays["htn"]
    for stay in stays:
        moved = recent <= stay.end <= last and stay.reason == "moved" and (stay.next is None or stay.next > last)
        if stay.begin > last or stays[0].begin >= recent or not (stay.end > last or moved):
            continue
        yield "c4_registered"
        met = person.met(months_before(last, 12), min(last, stay.through))
        high = person.row["ascvd"] == "yes" or person.row["ckd"] == "yes" or person.managed("dm", last)
        read = met and None not in (met[-1]["sbp"], met[-1]["dbp"])
        if read and met[-1]["sbp"] < (130 if high else 140) and met[-1]["dbp"] < 90:
            yield "c4_controlled"


def _six(person: Person, last: date) -> Iterator[str]:
    programmes = {programme for programme in ("htn", "dm", "lipid") if person.managed(programme, last)}
    years, smokes = person.judged_age(last), person.row["smoking_status"] not in ("never", "former")
    needed = {
        code: item
        for code, item in MATRIX["tests"].items()
        if item["needed"] and any(_fits(line, programmes, years, smokes) for line in item["whom"])
    }
    for disease in ("chd", "stroke", "kidney", "eye", "nerve", "vessel"):
        mine = {code: item for code, item in needed.items() if disease in item["diseases"]}
        if mine:
            yield f"{disease}_due"
            if all(_tested(person, code, item, last) for code, item in mine.items()):
                yield f"{disease}_screened"


def _fits(line: str, programmes: set[str], years: int | None, smokes: bool) -> bool:
    words = line.split()
    named = programmes if words[0] == "any" else set(words[0].split("+")) & programmes
    old = "from" not in words or years is None or years >= int(words[words.index("from") + 1])
    return bool(named) and old and ("smoker" not in words or smokes)


def _tested(person: Person, code: str, item: Row, last: date) -> bool:
    since = months_before(last, int(item["every"].split()[0]))
    own = [
        must(t["done_on"])
        for t in person.tables["test_result"]
        if t["ended_by"] is None and t["test"] in (code, *item["columns"])
    ]
    own += [
        v["on"]
        for v in person.visits
        if v["way"] != "phone" and any(v.get(column) is not None for column in item["columns"])
    ]
    return any(since <= on <= last for on in own)

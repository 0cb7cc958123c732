"""What was sent for a month (`--frozen`), what is known of it now (`--restated`), and the records that came late."""

import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from chronic.errors import NotAllowed, ProblemsFound, ValueRefused
from chronic.i18n import N_
from chronic.model.period import Period, read_period
from chronic.model.period import before as before_of
from chronic.model.period import shown as month_name
from chronic.model.report import Column, Report
from chronic.model.shares import rate
from chronic.model.wording import either
from chronic.protocol import Editions
from chronic.reports import figures, grouped, indicators, listed
from chronic.reports.figures import WHOLE, Row
from chronic.reports.measures import ALL, BY, Counts, Key, Measure, counts, keys_of, labels
from chronic.store import frozen, journal
from chronic.store.frozen import Month

GROUPS = tuple(by for by in grouped.BY if by != grouped.HAMLET)
"""What a month is kept by."""
_BESIDE = (
    Column("sent_numerator", N_("Sent: numerator"), right=True),
    Column("sent_denominator", N_("Sent: denominator"), right=True),
    Column("sent_rate", N_("Sent %"), right=True),
    Column("numerator", N_("Now: numerator"), right=True),
    Column("denominator", N_("Now: denominator"), right=True),
    Column("rate", N_("Now %"), right=True),
    Column("change", N_("Change"), right=True),
    Column("joined", N_("Newly counted"), right=True),
    Column("left", N_("No longer counted"), right=True),
)
_LATE = (
    *listed.WHO,
    Column("now", N_("Counted now in")),
    Column("then", N_("Counted then in")),
    Column("late_record", N_("Came late")),
    Column("on", N_("Date")),
    Column("detail", N_("What")),
    Column("recorded_at", N_("Recorded at")),
    Column("recorded_by", N_("By")),
)  # fmt: skip
_RECORDS = """
SELECT person, CASE WHEN replaces IS NOT NULL THEN 'fix' WHEN kind = 'screening' THEN 'screening' ELSE 'visit' END,
  visit_date, coalesce(sbp || '/' || dbp, '') || coalesce(' ' || coalesce(fpg_meter, fpg), ''), recorded_at, recorded_by
FROM visit WHERE recorded_at > :at
UNION ALL SELECT v.person, 'void', v.visit_date, o.reason, o.recorded_at, o.recorded_by
FROM visit_void AS o JOIN visit AS v ON v.id = o.visit WHERE o.recorded_at > :at
UNION ALL SELECT person, 'change', CASE WHEN new IS date(new, '+0 days') THEN new END,
  field || ': ' || coalesce(old, '-') || ' -> ' || coalesce(new, '-'), recorded_at, recorded_by
FROM person_change WHERE recorded_at > :at
UNION ALL SELECT person, 'enrolment', enrolled_on, programme, recorded_at, recorded_by FROM enrolment WHERE recorded_at > :at
UNION ALL SELECT person, 'checkup', checkup_date, NULL, recorded_at, recorded_by FROM checkup WHERE recorded_at > :at
UNION ALL SELECT c.person, 'checkup_void', c.checkup_date, o.reason, o.recorded_at, o.recorded_by
FROM checkup_void AS o JOIN checkup AS c ON c.id = o.checkup WHERE o.recorded_at > :at
UNION ALL SELECT person, 'test', done_on, test, recorded_at, recorded_by FROM test_result WHERE recorded_at > :at
UNION ALL SELECT t.person, 'test_void', t.done_on, o.reason, o.recorded_at, o.recorded_by
FROM test_void AS o JOIN test_result AS t ON t.id = o.test_result WHERE o.recorded_at > :at
UNION ALL SELECT person, 'referral', made_on, slip, recorded_at, recorded_by FROM referral WHERE recorded_at > :at
UNION ALL SELECT r.person, 'referral_void', r.made_on, o.reason, o.recorded_at, o.recorded_by
FROM referral_void AS o JOIN referral AS r ON r.id = o.referral WHERE o.recorded_at > :at
UNION ALL SELECT person, 'outcome', outcome_on, outcome, recorded_at, recorded_by FROM referral_outcome
WHERE recorded_at > :at
UNION ALL SELECT person, 'call', called_on, outcome, recorded_at, recorded_by FROM call WHERE recorded_at > :at
UNION ALL SELECT person, 'contract', start_on, team, recorded_at, recorded_by FROM contract WHERE recorded_at > :at
UNION ALL SELECT c.person, 'contract_end', o.ended_on, o.reason, o.recorded_at, o.recorded_by
FROM contract_end AS o JOIN contract AS c ON c.id = o.contract WHERE o.recorded_at > :at
UNION ALL SELECT id, 'person', registered_on, name, recorded_at, recorded_by FROM person WHERE recorded_at > :at
UNION ALL SELECT person, 'merge', NULL, name, recorded_at, recorded_by FROM person_merge WHERE recorded_at > :at
UNION ALL SELECT person, 'undo', NULL, kind, undone_at, undone_by FROM deed WHERE undone_at > :at AND person IS NOT NULL"""


class Difference(NamedTuple):
    """A person whom figures count otherwise than they did. `now`: figures that count them only now; `then`: only then."""

    person: int
    now: tuple[Key, ...]
    then: tuple[Key, ...]


def period_of(name: str) -> Period:
    """The month. Raises ValueRefused (`frozen.month`)."""
    try:
        period = read_period(name)
    except ValueError:
        raise ValueRefused("frozen.month", text=name) from None
    if period.first.month != period.last.month:
        raise ValueRefused("frozen.month", text=name)
    return period


def get(db: sqlite3.Connection, period: Period) -> Month:
    """The month as it was sent. Raises NotAllowed (`frozen.never`)."""
    found = frozen.read(db, month_name(period))
    if found is None:
        kept = frozen.months(db)
        raise NotAllowed("frozen.never" if kept else "frozen.none", month=month_name(period), kept=", ".join(kept))
    return found


def meanings(month: Month) -> list[Measure]:
    """The indicators as they were defined then. Raises ProblemsFound (`frozen.broken`)."""
    try:
        return [Measure.of_json(table) for table in month.meanings["indicators"]]
    except (ValueError, KeyError, TypeError):
        raise ProblemsFound("frozen.broken", month=month.month) from None


def still_counted(measure: Measure) -> bool:
    """Are there figures of these names today? A later release may have left some behind."""
    known = {*indicators.book().figures, indicators.ESTIMATED}
    return all(figure in known for _, figure in measure.keys)


def sent(db: sqlite3.Connection, month: Month, question: figures.Question) -> list[Row]:
    """The rows as `report indicators` had them; the change is against the month before, where that is kept."""
    was = frozen.read(db, month_name(before_of(question.period)))
    kept = [each for each in (was, month) if each is not None]
    keys = keys_of(question.measures)
    found = [_grouped(db, each, keys, question) for each in kept]
    whole: list[Counts] = [{key: _together(groups) for key, groups in each.items()} for each in found]
    asked = question._replace(before=before_of(question.period) if was is not None else None)
    return figures.lines(asked, found, whole)


def beside(db: sqlite3.Connection, editions: Editions, month: Month, question: figures.Question) -> Report:
    """What was sent and what is known now, side by side: a row for each indicator, or for each of its groups and all."""
    keys, by = keys_of(question.measures), question.by
    then = _grouped(db, month, keys, question)
    (now,) = counts(db, [question.period], keys, editions, by=by, asked=question.whom)
    rows = [row for measure in question.measures for row in _beside(measure, by, then, now)]
    if by is None and question.whom == ALL:
        changed = differences(db, editions, month, question)
        moves = [_moved(measure, changed) for measure in question.measures]
        rows = [{**row, **moved} for row, moved in zip(rows, moves, strict=True)]
    columns = (
        *figures.FIRST,
        *((Column(by, BY[by]),) if by else ()),
        *(column for column in _BESIDE if by is None or column.key not in ("joined", "left")),
        *(Column(key, key, hidden=True) for key in ("period", "frozen_on", "frozen_at", "definition", "source", "mark")),
    )  # fmt: skip
    stamped = {"period": month.month, "frozen_on": month.frozen_on, "frozen_at": month.frozen_at}
    return Report("indicators_restated", question.period.last.isoformat(), columns, [{**row, **stamped} for row in rows])


def differences(db: sqlite3.Connection, editions: Editions, month: Month, question: figures.Question) -> list[Difference]:
    """Everybody whom these indicators count otherwise than they did, by id. Who was merged since is the one who stayed."""
    keys = keys_of(question.measures)
    stayed = dict(db.execute("SELECT merged, person FROM person_merge"))
    now: dict[Key, Counter[int]] = {key: Counter() for key in keys}
    book = indicators.book()
    known = [key for key in keys if key[1] in book.figures]
    texts = {key: indicators.text_of(key[1]) for key in known}
    for one in indicators.told(db, question.period, known, editions):
        for key, text in texts.items():
            if (one.programme, one.text) == (key[0], text) and indicators.adds(key[1], one.word):
                now[key][one.person] += 1
    came: defaultdict[int, list[Key]] = defaultdict(list)
    went: defaultdict[int, list[Key]] = defaultdict(list)
    for key in keys:
        kept = month.figures[key].people if key in month.figures else ()
        then = Counter(stayed.get(id_, id_) for id_ in kept or ())
        for person in now[key] - then:
            came[person].append(key)
        for person in then - now[key]:
            went[person].append(key)
    return [Difference(id_, tuple(came[id_]), tuple(went[id_])) for id_ in sorted({*came, *went})]


def late(db: sqlite3.Connection, editions: Editions, month: Month, question: figures.Question, limit: int | None) -> Report:
    """The people of the difference with every record that came after the month was frozen, a row a record."""
    changed = differences(db, editions, month, question)
    rows = list(_late(db, month, question, changed))[:limit]
    return Report("indicators_late", question.period.last.isoformat(), _LATE, rows)


def _late(db: sqlite3.Connection, month: Month, question: figures.Question, changed: Sequence[Difference]) -> Iterator[Row]:
    wanted = {one.person for one in changed}
    records: defaultdict[int, list[tuple[object, ...]]] = defaultdict(list)
    for person, *record in db.execute(_RECORDS, {"at": month.frozen_at}):
        if person in wanted and (
            record[1] is None or record[0] == "change" or record[1] <= question.period.last.isoformat()
        ):
            records[person].append(tuple(record))
    for deed, whose in journal.brought(db, month.frozen_at):
        for person in whose & wanted:
            records[person].append(("bundle", None, None, deed.at, deed.by))
    people = listed.who(db, wanted, question.period.last)
    for one in changed:
        who = people.get(one.person, {"person_id": one.person})  # taken back by undo meanwhile
        counted = {"now": _names(month, one.now), "then": _names(month, one.then)}
        came = sorted(records[one.person], key=lambda row: str(row[3]))
        for record, on, detail, at, by in came or [(None,) * 5]:
            yield {
                **who, **counted, "late_record": record, "on": on, "detail": str(detail or "").strip() or None,
                "recorded_at": at, "recorded_by": by,
            }  # fmt: skip


def _names(month: Month, keys: Iterable[Key]) -> list[str]:
    """What figures are called, in their programmes' order."""
    known = indicators.book().figures
    return [f"{programme}:{either(known[name].name) if name in known else name}" for programme, name in keys]


def _together(groups: Counter[str | None]) -> Counter[str | None]:
    return Counter({None: groups.total()})


def _grouped(db: sqlite3.Connection, month: Month, keys: Sequence[Key], question: figures.Question) -> Counts:
    label, whom = labels(db, question.by, question.period.last), question.whom
    found: dict[Key, Counter[str | None]] = {key: Counter() for key in keys}
    for key in keys:
        for village, doctor, counted in month.figures[key].parts if key in month.figures else ():
            if (whom.where is None or village in whom.where.villages) and whom.doctor in (None, doctor):
                found[key][label.of(village, doctor)] += counted
    return found


def _beside(measure: Measure, by: str | None, then: Counts, now: Counts) -> Iterator[Row]:
    groups = sorted({group for key in measure.keys for group in (*then[key], *now[key])}, key=figures.order) if by else []
    for group in groups:
        yield {str(by): group, **_pair(measure, [(then[key][group], now[key][group]) for key in measure.keys])}
    whole = _pair(measure, [(then[key].total(), now[key].total()) for key in measure.keys])
    yield {str(by): WHOLE, **whole} if by else whole


def _pair(measure: Measure, found: list[tuple[int, int]]) -> Row:
    (was, part), *rest = found
    was_of, of = rest[0] if rest else (None, None)
    sent_rate, now_rate = None if was_of is None else rate(was, was_of), None if of is None else rate(part, of)
    change = part - was if of is None else None if None in (sent_rate, now_rate) else round(now_rate - sent_rate, 1)  # type: ignore[operator]
    return {
        "indicator": measure.code, "indicator_name": either(measure.name), "programme": measure.programme or None,
        "sent_numerator": was, "sent_denominator": was_of, "sent_rate": sent_rate, "numerator": part, "denominator": of,
        "rate": now_rate, "change": change, "definition": either(measure.says), "source": measure.source,
        "mark": measure.mark,
    }  # fmt: skip


def _moved(measure: Measure, changed: Sequence[Difference]) -> Row:
    """How many people the numerator and the denominator together gained and lost."""
    mine = set(measure.keys)
    joined = sum(bool(mine & set(one.now)) for one in changed)
    left = sum(bool(mine & set(one.then)) for one in changed)
    return {"joined": joined, "left": left}

"""Risk scores of one person, and the strata of everyone managed for hypertension."""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from itertools import islice
from typing import NamedTuple, cast

from chronic import scores
from chronic.i18n import N_
from chronic.model.idcard import masked_phone
from chronic.model.report import Column, Report
from chronic.model.score import Amount, Known, Score
from chronic.protocol import Editions
from chronic.reports import listed, tagged
from chronic.reports.risk_inputs import Fact, Facts, Home, gathered
from chronic.rules.risk import body, chinapar, kidney, lipids, metabolic, points, strata, who

STRATA = ("low", "medium", "high", "very-high")
_AT_ONCE = 100
_HYPERTENSIVE = """
SELECT e.person FROM open_enrolment AS e JOIN person AS p ON p.id = e.person
WHERE e.programme = 'htn' AND e.enrolled_on <= :day{where}
ORDER BY p.village, p.hamlet, p.household_no, p.id"""
_SETTINGS = "SELECT key, value FROM setting WHERE key IN ('level', 'area')"
_COLUMNS = (
    *listed.WHO,
    Column("responsible_doctor", N_("Responsible doctor"), hidden=True),
    Column("programmes", N_("Programmes")),
    Column("stratum", N_("Stratum"), hidden=True),
    Column("printed", N_("Stratum")),
    Column("at_least", "at_least", hidden=True),
    Column("grade", N_("Grade"), hidden=True),
    Column("highest_bp", N_("Highest BP")),
    Column("last_bp", N_("Last BP")),
    Column("factors", N_("Factors")),
    Column("organ_damage", N_("Organ damage")),
    Column("disease", N_("Disease")),
    Column("diabetes", N_("Diabetes"), hidden=True),
    Column("unknown", N_("Unknown"), hidden=True),
)


class Assessed(NamedTuple):
    """One person's facts, and every model's answer in the order in which it is shown."""

    facts: Facts
    scores: tuple[tuple[scores.Model, Score], ...]


def of_person(db: sqlite3.Connection, day: date, editions: Editions, person: int, given: Mapping[str, Fact]) -> Assessed:
    """Every model asked about one person; `given` stands before what is recorded."""
    (facts,) = gathered(db, day, editions, [person], _home(db))
    facts = facts.having(given)
    return Assessed(_completed(facts), tuple(_scores(facts)))


def of_stratum(
    db: sqlite3.Connection,
    day: date,
    editions: Editions,
    stratum: str,
    whom: tagged.Whom,
    full: bool,
    limit: int | None = None,
) -> Report:
    """People managed for hypertension whose stratum is at least this far known, house by house; streamed."""
    values: dict[str, object] = {"day": day.isoformat()}
    where = tagged.filters(whom, values)
    ids = (row[0] for row in db.execute(_HYPERTENSIVE.format(where=where), values))
    rows = (
        _row(facts, found, full)
        for facts in gathered(db, day, editions, ids, _home(db))
        if (found := _stratum(facts)).band == stratum
    )
    return Report("risk", day.isoformat(), _COLUMNS, islice(rows, limit))


def having_strata(
    db: sqlite3.Connection, day: date, editions: Editions, rows: Iterable[dict[str, object]]
) -> Iterator[dict[str, object]]:
    """The rows of another list with each person's stratum as `risk`, as far as it is known; None outside hypertension."""
    waiting = iter(rows)
    while some := list(islice(waiting, _AT_ONCE)):
        ids = [int(str(row["person_id"])) for row in some if "htn" in cast("list[str]", row["programmes"])]
        found = {facts.id: _stratum(facts).band for facts in gathered(db, day, editions, ids, _home(db))}
        for row in some:
            yield row | {"risk": found.get(int(str(row["person_id"])))}


def row(found: Assessed) -> dict[str, object]:
    """The row other programs read."""
    return {
        "person_id": found.facts.id,
        "uid": found.facts.uid,
        "name": found.facts.name,
        "sex": found.facts.sex,
        "age": found.facts.age,
        "inputs": [_input(name, fact) for name, fact in found.facts.by_name.items()],
        "scores": [
            {
                "model": score.model, "value": score.value, "band": score.band, "missing": list(score.missing),
                "out_of_range": list(score.out_of_range), "notes": list(score.notes), "figures": dict(score.parts),
                "source": model.cite.source, "mark": model.cite.mark,
            }
            for model, score in found.scores
        ],
    }  # fmt: skip


def _home(db: sqlite3.Connection) -> Home:
    """What the settings of the registry say of where its people live."""
    settings = dict(db.execute(_SETTINGS).fetchall())
    model, province = scores.load("china-par", scores.ChinaPar), settings.get("area", "")[:2]
    north = True if province in model.north_provinces else False if province in model.south_provinces else None
    return Home(settings.get("level") == "village", north)


def _input(name: str, fact: Fact) -> dict[str, object]:
    value, unit = (fact.value.value, fact.value.unit) if isinstance(fact.value, Amount) else (fact.value, None)
    value = int(value) if isinstance(value, float) and value.is_integer() else value
    return {
        "input": name, "value": value, "unit": unit, "on": fact.on.isoformat() if fact.on else None, "origin": fact.origin,
    }  # fmt: skip


def _completed(facts: Facts) -> Facts:
    """With body mass index, and LDL calculated from one day's sample where none was measured."""
    more: dict[str, Fact] = {}
    index = body.index(scores.load("bmi-wst428", scores.Body), facts.known())
    if index is not None:
        more["bmi"] = Fact(index, facts.by_name["weight_kg"].on, "derived")
    ldl = _calculated(facts)
    if ldl is not None and ldl.value is not None and "ldl_c" not in facts.by_name:
        more["ldl_c"] = Fact(Amount(ldl.value, "mmol/L"), facts.by_name["tc"].on, "calculated")
    return facts.having(more)


def _calculated(facts: Facts) -> Score | None:
    """LDL by Friedewald; None where its three values are known but not of one day."""
    sample = [facts.by_name[name] for name in ("tc", "hdl_c", "tg") if name in facts.by_name]
    if len({fact.on for fact in sample}) > 1:
        return None
    return lipids.ldl(scores.load("friedewald", scores.Friedewald), facts.known())


def _stratum(facts: Facts) -> Score:
    model = scores.load("htn-2024", scores.Strata)
    known = _completed(facts).known_at_highest()
    return strata.stratum(model, known.having(egfr=_filtration(model.egfr, known).value))


def _filtration(model: str, known: Known) -> Score:
    return kidney.filtration(scores.load(model, scores.CkdEpi), known)


def _scores(facts: Facts) -> Iterator[tuple[scores.Model, Score]]:
    known = _completed(facts).known()
    strata_model = scores.load("htn-2024", scores.Strata)
    yield strata_model, _stratum(facts)
    lab = scores.load("who-2019-lab", scores.Who)
    if "tc" in known:
        yield lab, who.risk(lab, known)
    else:
        nonlab = scores.load("who-2019-nonlab", scores.Who)
        found = who.risk(nonlab, known)
        yield nonlab, found._replace(notes=(*found.notes, "score.no_cholesterol"))
    par = scores.load("china-par", scores.ChinaPar)
    yield par, chinapar.risk(par, known)
    cds = scores.load("cds-2013", scores.Points)
    yield cds, points.score(cds, known)
    yield from _kidney(known, strata_model.egfr)
    if facts.by_name.get("ldl_c") is None:
        friedewald = scores.load("friedewald", scores.Friedewald)
        yield friedewald, _calculated(facts) or Score(friedewald.id, notes=("ldl.different_days",), cites=(friedewald.id,))
    weight, waist = scores.load("bmi-wst428", scores.Body), scores.load("waist-wst428", scores.Body)
    yield weight, body.weight_class(weight, known)
    yield waist, body.waist_class(waist, known)
    syndrome = scores.load("metabolic-cds", scores.Syndrome)
    yield syndrome, metabolic.syndrome(syndrome, known)


def _kidney(known: Known, staged_by: str) -> Iterator[tuple[scores.Model, Score]]:
    """Both formulas, then the stage by the one that the strata use too."""
    by_formula = {name: _filtration(name, known) for name in ("ckd-epi-2021", "ckd-epi-2009")}
    for name, score in by_formula.items():
        yield scores.load(name, scores.CkdEpi), score
    kdigo = scores.load("kdigo", scores.Kdigo)
    found = kidney.stages(kdigo, known.having(egfr=by_formula[staged_by].value))
    yield kdigo, found._replace(notes=(*found.notes, f"kidney.by_{staged_by}") if found.value is not None else found.notes)


def _row(facts: Facts, found: Score, full: bool) -> dict[str, object]:
    parts = found.parts
    return {
        "person_id": facts.id, "uid": facts.uid, "name": facts.name, "sex": facts.sex, "age": facts.age,
        "village": facts.village, "hamlet": facts.hamlet,
        "phone": facts.phone if full else masked_phone(facts.phone), "responsible_doctor": facts.doctor,
        "programmes": list(facts.programmes), "stratum": found.band, "printed": parts["stratum"],
        "at_least": parts["at_least"], "grade": parts["grade"], "highest_bp": _bp(facts.highest),
        "last_bp": _bp(facts.by_name), "factors": parts["factors"], "organ_damage": parts["organ_damage"],
        "disease": parts["disease"], "diabetes": parts["diabetes"], "unknown": parts["unknown"],
    }  # fmt: skip


def _bp(facts: Mapping[str, Fact]) -> str | None:
    pair = [facts.get(name) for name in ("sbp", "dbp")]
    return "/".join("-" if fact is None else f"{fact.value:g}" for fact in pair) if any(pair) else None

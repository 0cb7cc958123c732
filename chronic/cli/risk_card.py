"""Risk scores as they are read on the screen: inputs with their days, then each model's answer with what it lacks."""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from chronic import scores
from chronic.cli import people
from chronic.errors import ValueRefused
from chronic.i18n import _, language
from chronic.i18n.risks import BANDS, GRADES, INPUTS, NOTES, ORIGINS, SIGNS
from chronic.i18n.terms import SEXES, term
from chronic.model.checks import look
from chronic.model.person import Person
from chronic.model.report import Column, Report
from chronic.model.score import Amount, Score, Value
from chronic.model.visit import Visit
from chronic.model.wording import field_label
from chronic.office.risk_cases import Answer
from chronic.reports.risk import Assessed
from chronic.reports.risk_inputs import UNITS, Fact, as_value

COLUMNS = tuple(
    Column(key, key) for key in ("person_id", "model", "value", "band", "missing", "out_of_range", "notes", "source", "mark")
)
_UNITS = {
    **UNITS,
    "weight_kg": "kg",
    "height_cm": "cm",
    "waist_cm": "cm",
    "sbp": "mmHg",
    "dbp": "mmHg",
    "bmi": "kg/m2",
    "heart_rate": "/min",
}
_NAMES = {"ascvd": "cvd"}


def as_given(given: Mapping[str, Any], day: date) -> dict[str, Fact]:
    """Options as facts of today. Raises ValueRefused for one that the registry would not take either."""
    fields = {name: value for name, value in given.items() if name in Visit._fields}
    for problem in look(Visit(0, day, **fields), day, typed=False).refusals:
        raise ValueRefused(problem.code, column=problem.column, value=problem.value, detail=problem.detail)
    for accept in scores.load("htn-2024", scores.Strata).accept:
        value = given.get(accept.input)
        if accept.input not in fields and value is not None and not accept.low <= value <= accept.high:
            limits = f"{accept.low:g}–{accept.high:g} {accept.unit}"
            raise ValueRefused("value.out_of_range", column=_input(accept.input), value=value, detail=limits)
    return {_NAMES.get(name, name): Fact(_value(name, value), day, "given") for name, value in given.items()}


def lines(person: Person, found: Assessed, today: date) -> Iterator[str]:
    """Who, the inputs, and every model."""
    yield people.line(person, today)
    yield _("Inputs")
    for name, fact in found.facts.by_name.items():
        yield f"  {_input(name)}  {_said(name, fact.value)}  {_when(fact)}".rstrip()
    for model, score in found.scores:
        yield ""
        yield f"{model.title.zh if language() == 'zh' else model.title.en}: {_result(score)}"
        yield from (f"  {line}" for line in _details(score))
        cite = model.cite
        yield f"  [{cite.mark}] {cite.source}: {cite.zh if language() == 'zh' else cite.en}"
    if any(score.missing for _model, score in found.scores):
        yield ""
        yield _("What is missing can be given as options, for this answer only; see: chronic screen risk --help")


def rows(found: Assessed) -> Iterator[dict[str, object]]:
    """One line a model, for a CSV."""
    for model, score in found.scores:
        yield {
            "person_id": found.facts.id, "model": score.model, "value": score.value, "band": score.band,
            "missing": score.missing, "out_of_range": score.out_of_range, "notes": score.notes,
            "source": model.cite.source, "mark": model.cite.mark,
        }  # fmt: skip


def worded(report: Report, stratum: str) -> Report:
    """The list of a stratum in words."""
    title = _("Cardiovascular stratum {stratum}, as of {day}").format(stratum=term(BANDS, stratum), day=report.as_of)
    return report._replace(title=title, rows=(_worded(row) for row in report.rows))


def of_cases(found: list[Answer], day: date, plain: bool) -> Report:
    """What came of the cases; `plain` writes the figures as text."""
    columns = (Column("id", "id"), Column("model", "model"), Column("status", "status"), Column("got", "got"))
    counted = Counter(answer.status for answer in found)
    line = "   ".join(f"{status} {counted[status]}" for status in ("pass", "fail", "unsupported"))
    given = ({**answer.row, "got": _figures(answer.got)} if plain else answer.row for answer in found)
    return Report("risk_cases", day.isoformat(), columns, given, lines=(line,))


def _value(name: str, value: Any) -> Value | Amount:
    if value in ("yes", "no"):
        return bool(value == "yes")
    return as_value(name, value)


def _input(name: str) -> str:
    return term(INPUTS, name) if name in INPUTS else field_label(name)


def _said(name: str, value: Value | Amount) -> str:
    if isinstance(value, Amount):
        return f"{round(value.value, 2):g} {value.unit}"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, str):
        return term(SEXES, value)
    return f"{round(value, 1):g} {_UNITS.get(name, '')}".rstrip()


def _when(fact: Fact) -> str:
    parts = [fact.on.isoformat() if fact.on and fact.origin != "given" else ""]
    parts.append(term(ORIGINS, fact.origin) if fact.origin in ORIGINS else "")
    text = " ".join(part for part in parts if part)
    return f"({text})" if text else ""


def _result(score: Score) -> str:
    """The one figure that counts, or that there is none."""
    parts = score.parts
    if "stratum" in parts:
        return _stratum_words(parts) if score.band else _("no stratum")
    if "components" in parts:
        verdict = term(BANDS, score.band) if score.band else _("undetermined")
        return _("{verdict} (met {met}, unknown {unknown})").format(
            verdict=verdict, met=parts["components"], unknown=len(score.missing)
        )
    if "points_so_far" in parts:
        return _("no verdict; at least {points} points so far").format(points=parts["points_so_far"])
    if "g" in parts:
        return "  ".join(str(parts[key]) for key in ("g", "a") if parts[key]) + _banded(score) or _("no result")
    if score.value is None:
        return term(BANDS, score.band) if score.band else _("no result")
    return _number(score) + _banded(score)


def _number(score: Score) -> str:
    value = score.value or 0
    if "chart_percent" in score.parts:
        return _("{value:.1f} %, on the chart {cell}").format(value=value, cell=score.parts["chart_percent"])
    if "percent" in score.parts:
        return f"{_half_up(value, 10):.1f} %"
    if "score" in score.parts:
        return _("{points} points").format(points=score.value)
    if "egfr" in score.parts:
        return f"{_half_up(value, 1):.0f} mL/min/1.73m2"
    return f"{value:.2f} mmol/L" if "ldl_mmol" in score.parts else f"{value:.1f}"


def _half_up(value: float, scale: int) -> float:
    return int(value * scale + 0.5) / scale


def _banded(score: Score) -> str:
    if not score.band:
        return ""
    return f"  {term(BANDS, score.band)}" if score.band in BANDS else f"  ({score.band} %)"


def _stratum_words(parts: Mapping[str, Any]) -> str:
    words = "/".join(term(BANDS, code) for code in parts["stratum"])
    return _("at least {stratum}").format(stratum=words) if parts["at_least"] else words


def _details(score: Score) -> Iterator[str]:
    """What was found, what is missing, what lies outside, and what to keep in mind."""
    signs = "components" in score.parts or "stratum" in score.parts
    if score.parts.get("grade") in GRADES:
        yield term(GRADES, str(score.parts["grade"]))
    for key, title in (
        ("met", _("Components met")),
        ("factors", _("Factors")),
        ("organ_damage", _("Organ damage")),
        ("disease", _("Disease")),
    ):
        if score.parts.get(key):
            yield f"{title}: {_listed(score.parts[key])}"
    if score.parts.get("diabetes"):
        yield term(INPUTS, "diabetes")
    if score.missing:
        names = _listed(score.missing) if signs else ", ".join(_input(name) for name in score.missing)
        yield (_("Unknown: {names}") if signs else _("Missing: {names}")).format(names=names)
    if score.out_of_range:
        names = ", ".join(_input(name) for name in score.out_of_range)
        yield _("Outside the range of the model: {names}").format(names=names)
    yield from (term(NOTES, note) for note in score.notes)


def _listed(codes: Any) -> str:
    return ", ".join(term(SIGNS, code) for code in codes)


def _worded(row: dict[str, Any]) -> dict[str, object]:
    words = {key: _listed(row[key]) for key in ("factors", "organ_damage", "disease")}
    return {**row, **words, "printed": _stratum_words({"stratum": row["printed"], "at_least": row["at_least"]})}


def _figures(got: Mapping[str, object]) -> str:
    return ", ".join(f"{key} {'-' if value is None else value}" for key, value in got.items())

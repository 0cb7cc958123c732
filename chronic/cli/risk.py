"""`screen risk`: one person's scores, the people of a stratum, or a file of reference cases."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from chronic.cli.commands import Command, full_option, output_options
from chronic.cli.session import Session
from chronic.cli.types import PERSON, F, FieldType, Found, field_options
from chronic.cli.whose import whom, whose_options
from chronic.errors import ProblemsFound, ValueRefused
from chronic.i18n import N_, _
from chronic.model.fields import BY_COLUMN, Field

if TYPE_CHECKING:
    from chronic.reports.tagged import Whom

_STRATA = ("low", "medium", "high", "very-high")
_FIELDS = (
    "sbp", "dbp", "heart_rate", "weight_kg", "height_cm", "waist_cm", "fpg", "tc", "tg", "ldl_c", "hdl_c", "creatinine",
    "uacr",
)  # fmt: skip
_QUESTIONS = {
    "smoker": N_("Smokes now."),
    "passive_smoker": N_("Breathes other people's smoke."),
    "diabetes": N_("Has diabetes."),
    "diabetes_complications": N_("Has complications of diabetes."),
    "treated": N_("Takes medicine against high pressure."),
    "ascvd": N_("Has had heart or brain vessel disease."),
    "heart_failure": N_("Has heart failure or atrial fibrillation."),
    "peripheral_artery": N_("Has peripheral artery disease."),
    "retina": N_("Has retinal bleeding or swelling."),
    "family_cvd": N_("Parents or siblings had heart or brain vessel disease."),
    "family_early_cvd": N_("The same before the age of 50."),
    "family_diabetes": N_("Parents, siblings or children have diabetes."),
    "north": N_("Lives north of the Yangtze."),
    "urban": N_("Lives in a town."),
}
_MEASURED = {
    Field("ogtt", "糖负荷后2小时血糖", "decimal"): N_("Glucose 2 h after a glucose drink, mmol/L."),
    Field("homocysteine", "同型半胱氨酸", "decimal"): N_("Homocysteine, umol/L."),
    Field("uric_acid", "血尿酸", "decimal"): N_("Uric acid, umol/L."),
}


def _given_options(function: F) -> F:
    """What the registry does not hold, or holds otherwise; nothing of it is recorded."""
    options: list[Callable[[Any], Any]] = [
        click.option("--" + name.replace("_", "-"), name, type=click.Choice(["yes", "no"]), help=_(text))
        for name, text in _QUESTIONS.items()
    ]
    options += [
        click.option(
            "--" + field.column.replace("_", "-"),
            field.column,
            type=FieldType(field.column, field.kind, field),
            help=_(text),
        )
        for field, text in _MEASURED.items()
    ]
    for option in reversed(options):
        function = option(function)
    return field_options([BY_COLUMN[name] for name in _FIELDS])(function)


@click.command(
    cls=Command,
    help=_("Risk scores of a person, with what is missing; people by stratum; reference cases."),
    example=(
        "chronic screen risk 42\n"
        "chronic screen risk 42 --north no --smoker yes --tc 5.4 --hdl-c 1.2\n"
        "chronic screen risk --list very-high --format csv --out very-high.csv"
    ),
)
@click.argument("person", type=PERSON, required=False)
@click.option("--list", "stratum", type=click.Choice(_STRATA), help=_("People managed for hypertension in this stratum."))
@whose_options
@click.option("--cases", type=click.Path(path_type=Path), help=_("Answer the cases of this JSON file."))
@_given_options
@full_option
@output_options
@click.pass_obj
def risk(
    session: Session,
    /,
    person: Found | None,
    stratum: str | None,
    village: str | None,
    place: str | None,
    doctor: str | None,
    tags: Any,
    limit: int | None,
    cases: Path | None,
    full: bool,
    style: str,
    out: Path | None,
    **given: Any,
) -> None:
    given = {name: value for name, value in given.items() if value is not None}
    whose = {"village": village, "place": place, "doctor": doctor, "tags": tags}
    astray = (given and person is None) or ((any(whose.values()) or limit is not None) and stratum is None)
    if sum(way is not None for way in (person, stratum, cases)) != 1 or astray:
        raise ValueRefused("risk.which")
    if cases is not None:
        _answer(session, cases, style, out)
    elif stratum is not None:
        _list(session, stratum, (whom(session, whose), limit), session.note_full(full), style, out)
    elif person is not None:
        _show(session, person, given, style, out)


def _show(session: Session, person: Found, given: dict[str, Any], style: str, out: Path | None) -> None:
    from chronic.cli import risk_card
    from chronic.model.report import Report
    from chronic.reports import risk as scores

    facts = risk_card.as_given(given, session.today)
    found = scores.of_person(session.db, session.today, session.desk.editions, person.person.id, facts)
    if style != "table":
        columns = () if style == "json" else risk_card.COLUMNS
        rows = [scores.row(found)] if style == "json" else risk_card.rows(found)
        session.show(Report("risk", session.today.isoformat(), columns, rows), style, out)
        return
    with session.printing(out):
        for line in risk_card.lines(person.person, found, session.today):
            click.echo(line)


def _list(
    session: Session, stratum: str, among: "tuple[Whom, int | None]", full: bool, style: str, out: Path | None
) -> None:
    from chronic.cli import risk_card
    from chronic.reports import risk as scores

    wanted, limit = among
    report = scores.of_stratum(session.db, session.today, session.desk.editions, stratum, wanted, full, limit)
    if style == "table":
        report = risk_card.worded(report, stratum)
    session.show(report, style, out)


def _answer(session: Session, path: Path, style: str, out: Path | None) -> None:
    """Needs no registry, so it is written straight."""
    from chronic.cli import risk_card
    from chronic.office import risk_cases

    found = list(risk_cases.answers(risk_cases.read(path)))
    report = risk_card.of_cases(found, session.today, plain=style != "json")
    session.show(report, style, out, stored=False)
    failed = sum(answer.status == "fail" for answer in found)
    if failed:
        raise ProblemsFound("risk.failed", failed=failed, cases=len(found))

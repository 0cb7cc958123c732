"""A check-up, asked at the terminal in the order of the form and saved at the end, all of it or nothing.

A block is filled in, skipped, or, where that can be said of it, declared looked at and normal as a whole. Whoever is not
65 is not asked for the parts that only older people have.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import click

from chronic.care import checkup as care
from chronic.care.desk import Desk
from chronic.cli import guided, guided_due
from chronic.cli import guided_terminal as terminal
from chronic.cli.cards import numbers_of
from chronic.cli.checkup import announce
from chronic.cli.guided_answers import Values, columns
from chronic.cli.guided_questions import KEEP, SAVE, Question
from chronic.cli.session import Session
from chronic.forms import checkup as form_of_checkups
from chronic.forms import checkup_of
from chronic.i18n import N_, _, language
from chronic.i18n.terms import PARTS, term
from chronic.model.checkup import Checkup
from chronic.model.checkup_fields import ALL_NORMAL, BLOCKS, TCM_ANSWER_WORDS, TCM_ANSWERS, Block, by_column
from chronic.model.fields import Field
from chronic.model.person import Person
from chronic.model.wording import field_label, say, say_problem
from chronic.reports.history import Last
from chronic.rules import checkup as rules
from chronic.rules.danger import dangers
from chronic.store import checkups

_FILL, _SKIP = {"fill": "填写"}, {"skip": "跳过"}
_NORMAL = {"normal": "全部检查且正常"}
_TCM = {"fill": "33题问卷", "results": "只填结果"}
_ALWAYS = ("head", "symptoms", "general", "diet")
_OLDER = ("elderly", "tcm")
_LIVES = ("exercise", "smoking", "drinking", "work", "problems", "history")
"""Blocks whose last answers one Enter keeps."""
_WOMEN = ("breast", "vulva", "vagina", "cervix", "uterus", "adnexa", "cervical_smear")
_RARE = ("fundus", "rectal", *_WOMEN)
"""Looked at only where there is cause: not asked where a block is normal as a whole."""
_SCORES = dict.fromkeys(("self_care_score", "self_care"), ("adl_feeding", "block_elderly=normal"))
"""Asked only where the items they follow from were not."""
_NEEDS = {
    "smoke_stop_age": "smoking_status=former", "drink_stop_age": "drink_stopped=yes",
    **{field.column: "hazard=yes" for block in BLOCKS if block.key == "work" for field in block.fields[1:]},
}  # fmt: skip
_UNLESS = {
    **dict.fromkeys(("exercise_minutes", "exercise_years", "exercise_kind"), "exercise_frequency=none"),
    **dict.fromkeys(("smoke_per_day", "smoke_start_age"), "smoking_status=never"),
    **dict.fromkeys(("alcohol_liang_per_day", "drink_stopped", "drink_start_age", "drunk_past_year", "drink_kinds"),
                    "drink_frequency=never"),
}  # fmt: skip
"""What makes a field pointless."""
_UNITS = {
    "temperature_c": "℃", "pulse": N_("/min"), "respiratory_rate": N_("/min"), "heart_rate": N_("/min"), "height_cm": "cm",
    "weight_kg": "kg", "waist_cm": "cm", "exercise_minutes": N_("min"), "exercise_years": N_("years"),
    "alcohol_liang_per_day": N_("liang"), "haemoglobin": "g/L", "wbc": "10^9/L", "platelets": "10^9/L", "fpg": "mmol/L",
    "urine_microalbumin": "mg/dL", "hba1c": "%", "alt": "U/L", "ast": "U/L", "albumin": "g/L", "tbil": "umol/L",
    "dbil": "umol/L", "creatinine": "umol/L", "urea": "mmol/L", "potassium": "mmol/L", "sodium": "mmol/L", "tc": "mmol/L",
    "tg": "mmol/L", "ldl_c": "mmol/L", "hdl_c": "mmol/L", "weight_target_kg": "kg",
}  # fmt: skip
_LEFT = Field("bp_left", "左侧血压", "pair", "Blood pressure, left")
_RIGHT = Field("bp_right", "右侧血压", "pair", "Blood pressure, right")


def _questions() -> Iterator[Question]:
    """The form as questions."""
    for block in BLOCKS:
        gate = _gate(block)
        if gate is not None:
            yield gate
        yield from _of_block(block)
    yield Question(SAVE, enter="yes", strict=True, shown=False)


def _gate(block: Block) -> Question | None:
    """Fill in, all normal, or skip; a few blocks are always asked."""
    if block.key in _ALWAYS:
        return None
    several = any(field.column in ALL_NORMAL for field in block.fields)
    codes = {**(_TCM if block.key == "tcm" else _FILL), **(_NORMAL if several else {}), **_SKIP}
    field = Field(f"block_{block.key}", f"[{block.zh}]", "code", f"[{block.label}]", codes=codes)
    return Question(field, ("older",) if block.key in _OLDER else (), enter="skip", shown=False)


def _of_block(block: Block) -> Iterator[Question]:
    gate = f"block_{block.key}"
    for field in block.fields:
        name = field.column
        if name == "checkup_date" or name.startswith(("sbp", "dbp")):
            if name in ("sbp_left", "sbp_right"):
                yield Question(_LEFT if name == "sbp_left" else _RIGHT, unit="mmHg")
            continue
        needs, unless = [], []
        if block.key not in _ALWAYS:
            needs.append(_needed(block, name, gate))
        if name.endswith("_text") and name.removesuffix("_text") in by_column():
            needs.append(f"abnormal:{name.removesuffix('_text')}")
        needs += ["other:checkup_symptoms"] if name == "checkup_symptoms_other" else []
        needs += ["female"] if name.removesuffix("_text") in _WOMEN else []
        unless += [f"scaled:{name}"] if name in TCM_ANSWERS else []
        unless += [*_SCORES.get(name, ()), *([_UNLESS[name]] if name in _UNLESS else [])]
        needs += [_NEEDS[name]] if name in _NEEDS else []
        keep = KEEP if block.key in (*_LIVES, "head", "diet") or name == "height_cm" else ""
        group = block.key if block.key in _LIVES else ""
        yield Question(field, tuple(needs), tuple(unless), keep, group=group, unit=_UNITS.get(name, ""))


def _needed(block: Block, name: str, gate: str) -> str:
    """Under which answer to the block's own question a field is asked."""
    if block.key == "tcm":
        if name in TCM_ANSWERS:
            return f"{gate}=fill"
        return gate if name in ("tcm_guidance", "tcm_techniques", "tcm_notes") else f"{gate}=results"
    rare = name.removesuffix("_text") in _RARE or name in ALL_NORMAL
    return f"{gate}=fill" if rare else gate


QUESTIONS = tuple(_questions())


@dataclass(kw_only=True)
class Examination(guided.Interview):
    """One check-up under way."""

    desk: Desk
    who: Person
    populations: frozenset[str]

    def form(self, values: Values) -> Checkup:
        """The form as answered so far, with these values; blocks declared normal written out."""
        told = {**self.answers, **values}
        given = {name: value for name, value in told.items() if value is not None and name in by_column()}
        for block in BLOCKS:
            if told.get(f"block_{block.key}") == "normal":
                given = {**{f.column: ALL_NORMAL[f.column] for f in block.fields if f.column in ALL_NORMAL}, **given}
        return Checkup(self.who.id, self.day, given)

    def holds(self, fact: str) -> bool:
        kind, _colon, name = fact.partition(":")
        if kind == "abnormal":
            answer = self.answers.get(name)
            return answer is not None and answer != next(iter(by_column()[name].codes or {}), None)
        if kind == "other":
            return "other" in str(self.answers.get(name)).split(";")
        if kind == "scaled":
            return name in rules.scaled(self.form({}).values, form_of_checkups())
        if fact.startswith("block_") and "=" not in fact:
            return self.answers.get(fact) not in (None, "skip")
        return super().holds(fact)

    def check(self, values: Values) -> guided.Checked:
        found = care.tried(self.desk, self.form(values))
        refused = [problem for problem in found.refusals if problem.code != "checkup.nothing"]
        return guided.Checked(tuple(map(say_problem, refused)), found.warnings)

    def before(self, question: Question) -> Iterable[str]:
        if question.field.column == "tcm_1":
            words = TCM_ANSWER_WORDS if language() == "zh" else ("never", "rarely", "sometimes", "often", "always")
            return [_("About the last year: {scale}").format(scale="  ".join(f"{n} {w}" for n, w in enumerate(words, 1)))]
        return list(self.summary()) if question.field.kind == "save" else ()

    def after(self, values: Values) -> Iterable[str]:
        """What is dangerous is said the moment it is measured."""
        if not any(name.startswith(("sbp", "fpg")) for name in values):
            return ()
        return list(self._danger(values))

    def explain(self, question: Question) -> Sequence[str]:
        """What the form says of a question with a scale of its own."""
        form = form_of_checkups()
        named = {TCM_ANSWERS[scale.item - 1]: scale.cite for scale in form.tcm.scales}
        if question.field.column not in named:
            return ()
        cite = form.cites[named[question.field.column]]
        return [cite.zh if language() == "zh" else cite.en]

    def summary(self) -> Iterator[str]:
        """Danger once more, and what is still missing for whom."""
        yield from self._danger({})
        form = form_of_checkups()
        values = rules.derived(self.form({}).values, form)
        said: set[str] = set()
        for part in rules.completeness(values, self.populations, self.day, form):
            new = [name for name in part.missing if name not in said]
            if new:
                names = ", ".join(map(field_label, new))
                yield _("{part}: missing {fields}").format(part=term(PARTS, part.part), fields=names)
            said.update(new)

    def _danger(self, values: Values) -> Iterator[str]:
        protocol = self.desk.editions.on(self.day)
        for code in dangers(rules.contact(self.form(values).values, self.day, protocol), protocol):
            yield _("DANGER: {what}").format(what=say(code, **numbers_of(protocol)))


def check_up(session: Session, who: Person, on: date, style: str) -> None:
    """Ask for a whole check-up, save it and show the card."""
    sitting = _prepared(session, who, on)
    with terminal.stopping(_("Stopped: nothing of this check-up was saved; what was saved before is as it was.")):
        _begin(session, sitting)
        guided.walk(QUESTIONS, sitting)
        if sitting.answers.pop("save", None) != "yes":
            raise click.Abort
    (result,) = care.record(session.desk, [sitting.form({})])
    unsaid = tuple(problem for problem in result.warnings if problem not in sitting.confirmed)
    announce(session, who.id, on, result._replace(warnings=unsaid), style)


def _prepared(session: Session, who: Person, on: date) -> Examination:
    """What is known before the first question."""
    managed = care.managed_on(session.desk, who.id, on)
    populations = rules.populations(who.birth_date, managed, on, checkup_of(session.desk.editions.on(on)))
    facts = {*managed, *({"older"} if "elderly" in populations else ()), *({"female"} if who.sex == "F" else ())}
    return Examination(on, facts, _last(session, who, on), desk=session.desk, who=who, populations=populations)


def _last(session: Session, who: Person, on: date) -> dict[str, Last]:
    """The latest value of each field, from check-ups and visits."""
    names = [name for question in QUESTIONS for name in columns(question) if name in by_column()]
    found = checkups.latest_values(session.db, who.id, names, on)
    last = {name: Last(measured.value, measured.on) for name, measured in found.items()}
    for side in ("left", "right"):
        pair = (last.get(f"sbp_{side}"), last.get(f"dbp_{side}"))
        if pair[0] is not None and pair[1] is not None:
            last[f"bp_{side}"] = Last((pair[0].value, pair[1].value), pair[0].on)
    return last


def _begin(session: Session, sitting: Examination) -> None:
    """What the doctor wants to see first, and what the day already has."""
    terminal.prepare()
    managed = sitting.facts & {"htn", "dm", "lipid"}
    for line in guided_due.standing_lines(session, sitting.who, managed, sitting.day):
        guided.tell(line, "")
    there = checkups.live_on(session.db, [(sitting.who.id, sitting.day)]).get((sitting.who.id, sitting.day))
    if there is not None:
        known: dict[str, Any] = dict(there.values)
        sitting.answers |= known
        says = _("{day} already has check-up {n}; answers are added to it, corrections go through: chronic checkup fix {n}")
        guided.tell(says.format(day=sitting.day, n=there.id), "")
    guided.greet()

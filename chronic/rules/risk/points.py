"""Point-table scores for diabetes: the Chinese one, FINDRISC and the American test."""

from collections.abc import Iterator

from chronic.model.score import Known, Score
from chronic.rules.risk.inputs import gaps, reached, refused, sure
from chronic.scores import Points


def score(model: Points, known: Known) -> Score:
    """The sum of points and its band. With something unknown there is no verdict, only the points so far ("at least")."""
    if any(known.flag(name) for name in model.not_with):
        return refused(model, gaps(model, known), "score.known_diabetes")
    found = gaps(model, known)
    odd = tuple(name for name, table in model.words.items() if name in known and known.word(name) not in table)
    found = found._replace(missing=(*found.missing, *odd))
    if found.out_of_range:
        return refused(model, found)
    total = sum(_points(model, known))
    if found.missing:
        return refused(model, found)._replace(parts={"points_so_far": total})
    code = reached(total, model.bands).code
    codes = [band.code for band in model.bands]
    parts = {"score": total, "band": code, "high_risk": codes.index(code) >= codes.index(model.high_from)}
    return Score(model.id, total, code, parts=parts, cites=(model.id,))


def most(model: Points) -> int:
    """The highest possible sum."""
    tables = [max(step.points for steps in by_sex.values() for step in steps) for by_sex in model.steps.values()]
    words = [max(points.values()) for points in model.words.values()]
    return sum([*tables, *words, *model.yes.values(), *model.no.values()])


def _points(model: Points, known: Known) -> Iterator[int]:
    sex = known.word("sex") or ""
    for name, by_sex in model.steps.items():
        steps = by_sex.get("any") or by_sex.get(sex)
        if name in known and steps:
            yield reached(sure(known.number(name)), steps).points
    for name, points in model.words.items():
        yield points.get(known.word(name) or "", 0)
    asked = {*model.needs["all"], *model.needs.get(sex, ())}
    yield from (points for name, points in model.yes.items() if name in asked and known.flag(name))
    yield from (points for name, points in model.no.items() if name in asked and known.flag(name) is False)

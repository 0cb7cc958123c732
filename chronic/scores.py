"""Published risk scores as data: one file a model in protocols/scores, read and checked when it is first asked for.

Coefficients, point tables, cut-points, valid ranges and bands stand there with their source. An unknown, missing or
ill-typed key stops the program with its address, as in a guideline file.
"""

import tomllib
from dataclasses import MISSING, dataclass, fields, is_dataclass
from importlib import resources
from math import isfinite
from types import UnionType
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

from chronic.errors import ValueRefused

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Names:
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Source:
    """Where the figures are from and how sure we are: A read there, B second-hand, INFERRED, UNVERIFIED."""

    source: str
    mark: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Accept:
    """The values of an input for which the model holds, both ends included."""

    input: str
    unit: str
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Step:
    """From a limit on (`at_or_above`) or beyond it (`above`) these points or this band count; without a limit, always."""

    points: int = 0
    code: str = ""
    at_or_above: float | None = None
    above: float | None = None


@dataclass(frozen=True, slots=True)
class Limit:
    """One measurement that makes a sign: its limits by sex ("any", "M", "F"), or a yes where it has none. A `spare` one
    says nothing while it is unknown."""

    input: str
    unit: str = ""
    at_or_above: dict[str, float] | None = None
    above: dict[str, float] | None = None
    below: dict[str, float] | None = None
    spare: bool = False


@dataclass(frozen=True, slots=True)
class Sign:
    """Something present as soon as one of its measurements reaches its limit."""

    code: str
    any: tuple[Limit, ...]


@dataclass(frozen=True, slots=True)
class Model:
    """What every file begins with. `needs`: inputs without which it refuses, for all, and for one sex only."""

    id: str
    title: Names
    cite: Source
    needs: dict[str, tuple[str, ...]]
    accept: tuple[Accept, ...]


@dataclass(frozen=True, slots=True)
class Equation:
    """Log hazard ratios per unit and the baseline survival over ten years; `x` is cholesterol or BMI."""

    age: float
    x: float
    sbp: float
    diabetes: float
    smoker: float
    age_x: float
    age_sbp: float
    age_diabetes: float
    age_smoker: float
    survival: float


@dataclass(frozen=True, slots=True)
class Recalibration:
    cons: float
    slope: float


@dataclass(frozen=True, slots=True)
class Cells:
    """A chart's bands: each begins at its limit, the first below them all; a cell stands for its middle."""

    at_or_above: tuple[float, ...]
    middle: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Who(Model):
    x: str
    x_unit: str
    centre: dict[str, float]
    home_region: str
    equations: dict[str, dict[str, Equation]]
    regions: dict[str, dict[str, dict[str, Recalibration]]]
    chart: dict[str, Cells]
    bands: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class ParTerms:
    """China-PAR: one sex's coefficients; `*_ln_age` are interactions with the logarithm of age."""

    intercept: float
    ln_age: float
    ln_sbp_treated: float
    ln_sbp_untreated: float
    ln_tc: float
    ln_hdl_c: float
    ln_waist: float
    smoker: float
    diabetes: float
    north: float
    urban: float
    family_cvd: float
    ln_sbp_treated_ln_age: float
    ln_sbp_untreated_ln_age: float
    smoker_ln_age: float
    family_cvd_ln_age: float


@dataclass(frozen=True, slots=True)
class ChinaPar(Model):
    """`north_provinces`, `south_provinces`: area codes (two digits) that settle the side of the Yangtze."""

    mmol_per_mg_dl: float
    shown_decimals: int
    derived_on: Accept
    north_provinces: tuple[str, ...]
    south_provinces: tuple[str, ...]
    terms: dict[str, ParTerms]
    bands: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Points(Model):
    """A point table. `steps` by input and sex ("any" for both), `yes` and `no` by question, `words` by coded input.
    The score is not for someone with one of `not_with`. High risk begins with the band `high_from`."""

    steps: dict[str, dict[str, tuple[Step, ...]]]
    yes: dict[str, int]
    no: dict[str, int]
    words: dict[str, dict[str, int]]
    not_with: tuple[str, ...]
    bands: tuple[Step, ...]
    high_from: str


@dataclass(frozen=True, slots=True)
class CkdEpi(Model):
    scale: float
    kappa: dict[str, float]
    low_power: dict[str, float]
    high_power: float
    age_base: float
    sex_factor: dict[str, float]
    umol_per_mg_dl: float


@dataclass(frozen=True, slots=True)
class Kdigo(Model):
    g: tuple[Step, ...]
    a: dict[str, tuple[Step, ...]]
    risk: dict[str, dict[str, str]]
    worth_repeating: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Friedewald(Model):
    tg_divisor: dict[str, float]
    tg_below: dict[str, float]
    unreliable_ldl_below: float
    unreliable_tg_from: float


@dataclass(frozen=True, slots=True)
class Body(Model):
    """Bands by sex ("any" for both); `older`: ages from which another span is recommended."""

    bands: dict[str, tuple[Step, ...]]
    older: Accept | None = None
    older_span: Accept | None = None


@dataclass(frozen=True, slots=True)
class Syndrome(Model):
    components: tuple[Sign, ...]
    enough: int


@dataclass(frozen=True, slots=True)
class Strata(Model):
    """HTN24: grades of pressure, the signs of each list, and the table of strata by row (mildest first) and grade.
    `hypertensive`: the grade that someone known to be hypertensive has at least; `egfr`: the formula it uses."""

    egfr: str
    sbp_grades: tuple[Step, ...]
    dbp_grades: tuple[Step, ...]
    hypertensive: str
    factors: tuple[Sign, ...]
    organ_damage: tuple[Sign, ...]
    disease: tuple[Sign, ...]
    factor_rows: tuple[Step, ...]
    rows: dict[str, dict[str, tuple[str, ...]]]
    order: tuple[str, ...]


_loaded: dict[str, Any] = {}


def load(name: str, shape: type[T]) -> T:
    """The model shipped under this id, read once. Raises ValueRefused (`protocol.key`) where its file is wrong."""
    if name not in _loaded:
        path = resources.files("chronic") / "protocols" / "scores" / f"{name}.toml"
        _loaded[name] = parse(path.read_text(encoding="utf-8"), shape, name)
    found: T = _loaded[name]
    return found


def parse(text: str, shape: type[T], name: str = "-") -> T:
    """Check a model's text. Raises ValueRefused with the address of the first wrong key."""
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ValueRefused("protocol.key", key=name, problem=str(error)) from None
    built: T = _value(shape, table, name)
    return built


def _value(hint: Any, raw: Any, address: str) -> Any:
    if is_dataclass(hint) and isinstance(raw, dict):
        return _build(hint, raw, address)
    if isinstance(hint, UnionType):
        return _value(get_args(hint)[0], raw, address)
    origin, inner = get_origin(hint), get_args(hint)
    if origin is dict and isinstance(raw, dict):
        return {key: _value(inner[1], value, f"{address}.{key}") for key, value in raw.items()}
    if origin is tuple and isinstance(raw, list):
        return tuple(_value(inner[0], value, f"{address}[{place}]") for place, value in enumerate(raw))
    if hint is float and type(raw) in (int, float) and isfinite(raw):
        return float(raw)
    if hint in (int, str, bool) and type(raw) is hint:
        return raw
    raise ValueRefused("protocol.key", key=address, problem=repr(raw)[:40])


def _build(shape: Any, table: dict[str, Any], address: str) -> Any:
    """`table` as the dataclass `shape`: no other keys, and every key that has no default."""
    hints = get_type_hints(shape)
    known = {field.name: field for field in fields(shape)}
    for key in sorted(set(table) - set(known)):
        raise ValueRefused("protocol.key", key=f"{address}.{key}", problem="unknown")
    for key, field in known.items():
        if key not in table and field.default is MISSING:
            raise ValueRefused("protocol.key", key=f"{address}.{key}", problem="missing")
    return shape(**{key: _value(hints[key], raw, f"{address}.{key}") for key, raw in table.items()})

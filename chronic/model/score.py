"""What goes into a published risk score and what comes out. An absent input is unknown, and unknown is never "no"."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from chronic.model import units

Value = float | bool | str


class Amount(NamedTuple):
    """A laboratory value in the unit in which it was reported."""

    value: float
    unit: str


_FACTORS = {
    ("fpg", "mg/dL", "mmol/L"): 1 / units.GLUCOSE_MG_DL_PER_MMOL_L,
    ("ogtt", "mg/dL", "mmol/L"): 1 / units.GLUCOSE_MG_DL_PER_MMOL_L,
    **{(name, "mg/dL", "mmol/L"): 1 / units.CHOLESTEROL_MG_DL_PER_MMOL_L for name in ("tc", "ldl_c", "hdl_c")},
    ("tg", "mg/dL", "mmol/L"): 1 / units.TRIGLYCERIDE_MG_DL_PER_MMOL_L,
    ("creatinine", "mg/dL", "umol/L"): units.CREATININE_UMOL_L_PER_MG_DL,
}


def converted(name: str, amount: Amount, unit: str) -> float | None:
    """The amount in another unit, unrounded; None where no conversion is known. uACR is never converted: a category
    belongs to the unit that was reported."""
    if amount.unit == unit:
        return amount.value
    if (factor := _FACTORS.get((name, amount.unit, unit))) is not None:
        return amount.value * factor
    if (factor := _FACTORS.get((name, unit, amount.unit))) is not None:
        return amount.value / factor
    return None


def compared(name: str, amount: Amount, unit: str) -> float | None:
    """The same as it is held against a cut-off: lipids and glucose from mg/dL are rounded to one decimal first (rule
    book §10.1: 126 mg/dL is the 7.0 cut-off); what was reported in the unit of the cut-off stays as it is."""
    if amount.unit == unit:
        return amount.value
    return units.converted("fpg" if name == "ogtt" else name, amount.value, amount.unit) if unit == "mmol/L" else None


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a person on a day, by name. Numbers are years, mmHg, kg/m2, cm and /min; laboratory values are
    Amounts; yes/no answers are bool; coded ones are words (sex M or F)."""

    values: Mapping[str, Value | Amount]

    def __contains__(self, name: object) -> bool:
        return name in self.values

    def number(self, name: str) -> float | None:
        value = self.values.get(name)
        return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else None

    def amount(self, name: str) -> Amount | None:
        value = self.values.get(name)
        return value if isinstance(value, Amount) else None

    def flag(self, name: str) -> bool | None:
        value = self.values.get(name)
        return value if isinstance(value, bool) else None

    def word(self, name: str) -> str | None:
        value = self.values.get(name)
        return value if isinstance(value, str) else None

    def having(self, **more: Value | Amount | None) -> "Known":
        """The same with these as well; None adds nothing."""
        return Known({**self.values, **{name: value for name, value in more.items() if value is not None}})


class Score(NamedTuple):
    """One model's answer. `value` and `band` are None where the model refuses; then `missing`, `out_of_range` or `notes`
    say why. `parts` are its figures by the names under which they are published. `cites` are ids of models."""

    model: str
    value: float | None = None
    band: str | None = None
    missing: tuple[str, ...] = ()
    out_of_range: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    parts: Mapping[str, object] = {}
    cites: tuple[str, ...] = ()

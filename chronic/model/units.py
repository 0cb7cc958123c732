"""Unit factors, each in one place (rule book §10.1). Stored values are mmol/L, μmol/L, mg/g, %, kg, cm, mmHg."""

from collections.abc import Callable

GLUCOSE_MG_DL_PER_MMOL_L = 18.016
CHOLESTEROL_MG_DL_PER_MMOL_L = 38.67
TRIGLYCERIDE_MG_DL_PER_MMOL_L = 88.57
CREATININE_UMOL_L_PER_MG_DL = 88.4
MMHG_PER_KPA = 7.5006
CM_PER_CHI = 100 / 3
KG_PER_JIN = 0.5
GRAMS_PER_LIANG = 50
HBA1C_PERCENT_PER_MMOL_MOL, HBA1C_PERCENT_OFFSET = 0.09148, 2.152


def mmol_from_mg(value: float, factor: float) -> float:
    """mg/dL as mmol/L, rounded to one decimal *before* it is compared: 126 mg/dL is the 7.0 cut-off."""
    return round(value / factor + 1e-9, 1)


def mmhg(kpa: float) -> int:
    """Whole mmHg, rounded half up."""
    return int(kpa * MMHG_PER_KPA + 0.5)


_FROM: dict[str, dict[str, Callable[[float], float]]] = {
    "mg/dL": {
        **dict.fromkeys(("fpg", "ppg_2h", "random_glucose"), lambda mg: mmol_from_mg(mg, GLUCOSE_MG_DL_PER_MMOL_L)),
        **dict.fromkeys(("tc", "ldl_c", "hdl_c"), lambda mg: mmol_from_mg(mg, CHOLESTEROL_MG_DL_PER_MMOL_L)),
        "tg": lambda mg: mmol_from_mg(mg, TRIGLYCERIDE_MG_DL_PER_MMOL_L),
        "creatinine": lambda mg: round(mg * CREATININE_UMOL_L_PER_MG_DL, 1),
    },
    "mmol/mol": {"hba1c": lambda value: round(value * HBA1C_PERCENT_PER_MMOL_MOL + HBA1C_PERCENT_OFFSET, 1)},
    "kPa": dict.fromkeys(("sbp", "dbp"), mmhg),
    "m": {"height_cm": lambda metres: round(metres * 100, 1)},
    "尺": {"waist_cm": lambda chi: round(chi * CM_PER_CHI, 1)},
    "斤": {"weight_kg": lambda jin: jin * KG_PER_JIN},
    "两": {"staple_food_g": lambda liang: int(liang * GRAMS_PER_LIANG)},
}


def converted(column: str, value: float, unit: str) -> float | None:
    """A value of this column given in another unit, as the registry holds it; None where nothing is known."""
    factor = _FROM.get(unit, {}).get(column)
    return None if factor is None else factor(value)

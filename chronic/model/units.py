"""Unit factors, each in one place (rule book §10.1). Stored values are mmol/L, μmol/L, mg/g, %, kg, cm, mmHg."""

import re
import unicodedata
from collections.abc import Callable

GLUCOSE_MG_DL_PER_MMOL_L = 18.016
CHOLESTEROL_MG_DL_PER_MMOL_L = 38.67
TRIGLYCERIDE_MG_DL_PER_MMOL_L = 88.57
CREATININE_UMOL_L_PER_MG_DL = 88.4
MMHG_PER_KPA = 7.5006
CM_PER_CHI = 100 / 3
KG_PER_JIN = 0.5
GRAMS_PER_LIANG = 50
UACR_MG_G_PER_MG_MMOL = 8.84
HBA1C_PERCENT_PER_MMOL_MOL, HBA1C_PERCENT_OFFSET = 0.09148, 2.152


def mmol_from_mg(value: float, factor: float) -> float:
    """mg/dL as mmol/L, rounded to one decimal *before* it is compared: 126 mg/dL is the 7.0 cut-off."""
    return round(value / factor + 1e-9, 1)


def mmhg(kpa: float) -> int:
    """Whole mmHg, rounded half up."""
    return int(kpa * MMHG_PER_KPA + 0.5)


_FROM: dict[str, dict[str, Callable[[float], float]]] = {
    "mg/dL": {
        **dict.fromkeys(
            ("fpg", "ppg_2h", "random_glucose", "ogtt_2h"), lambda mg: mmol_from_mg(mg, GLUCOSE_MG_DL_PER_MMOL_L)
        ),
        **dict.fromkeys(("tc", "ldl_c", "hdl_c"), lambda mg: mmol_from_mg(mg, CHOLESTEROL_MG_DL_PER_MMOL_L)),
        "tg": lambda mg: mmol_from_mg(mg, TRIGLYCERIDE_MG_DL_PER_MMOL_L),
        "creatinine": lambda mg: round(mg * CREATININE_UMOL_L_PER_MG_DL, 1),
    },
    "mg/mmol": {"uacr": lambda value: round(value * UACR_MG_G_PER_MG_MMOL, 1)},
    "mmol/mol": {"hba1c": lambda value: round(value * HBA1C_PERCENT_PER_MMOL_MOL + HBA1C_PERCENT_OFFSET, 1)},
    "kPa": dict.fromkeys(("sbp", "dbp"), mmhg),
    "m": {"height_cm": lambda metres: round(metres * 100, 1)},
    "尺": {"waist_cm": lambda chi: round(chi * CM_PER_CHI, 1)},
    "斤": dict.fromkeys(("weight_kg", "weight_target_kg"), lambda jin: jin * KG_PER_JIN),
    "两": {"staple_food_g": lambda liang: int(liang * GRAMS_PER_LIANG)},
}


STORED = {
    **dict.fromkeys(("fpg", "ppg_2h", "random_glucose", "ogtt_2h", "tc", "tg", "ldl_c", "hdl_c"), "mmol/L"),
    **dict.fromkeys(("sbp", "dbp"), "mmHg"),
    **dict.fromkeys(("height_cm", "waist_cm"), "cm"),
    **dict.fromkeys(("weight_kg", "weight_target_kg"), "kg"),
    **dict.fromkeys(("staple_food_g", "staple_target_g"), "g"),
    **dict.fromkeys(("alcohol_liang_per_day", "alcohol_target"), "两"),
    "hba1c": "%", "creatinine": "μmol/L", "uacr": "mg/g",
}  # fmt: skip
"""The unit in which the registry holds a column."""
_WRITTEN = {unit.casefold(): unit for unit in (*_FROM, *STORED.values())} | {
    "umol/l": "μmol/L", "µmol/l": "μmol/L", "公斤": "kg", "千克": "kg", "市斤": "斤", "市尺": "尺", "米": "m", "厘米": "cm",
    "公分": "cm", "克": "g", "毫米汞柱": "mmHg", "千帕": "kPa",
}  # fmt: skip
_AMOUNT = re.compile(r"([0-9]{1,6}(?:\.[0-9]{1,6})?)\s*([^0-9\s.].*)")


def amount(text: str) -> tuple[float, str] | None:
    """A number with an explicit unit behind it, as in 126 mg/dl: (126.0, "mg/dL"). None for anything else."""
    match = _AMOUNT.fullmatch(unicodedata.normalize("NFKC", text).strip())
    unit = unit_named(match[2]) if match else None
    return (float(match[1]), unit) if match and unit else None


def unit_named(text: str) -> str | None:
    """A unit as it is written here; None for one that is not known."""
    text = unicodedata.normalize("NFKC", text).casefold().replace(" ", "")
    return _WRITTEN.get("mg/dl" if text == "mgdl" else text)


def converted(column: str, value: float, unit: str) -> float | None:
    """A value of this column given in another unit, as the registry holds it; None where nothing is known."""
    factor = _FROM.get(unit, {}).get(column)
    return None if factor is None else factor(value)

"""Unit factors, each in one place (rule book §10.1). Stored values are mmol/L, μmol/L, mg/g, %, kg, cm, mmHg."""

GLUCOSE_MG_DL_PER_MMOL_L = 18.016
CHOLESTEROL_MG_DL_PER_MMOL_L = 38.67
TRIGLYCERIDE_MG_DL_PER_MMOL_L = 88.57
CREATININE_UMOL_L_PER_MG_DL = 88.4
MMHG_PER_KPA = 7.5006
CM_PER_CHI = 100 / 3
KG_PER_JIN = 0.5
HBA1C_PERCENT_PER_MMOL_MOL, HBA1C_PERCENT_OFFSET = 0.09148, 2.152


def mmol_from_mg(value: float, factor: float) -> float:
    """mg/dL as mmol/L, rounded to one decimal *before* it is compared: 126 mg/dL is the 7.0 cut-off."""
    return round(value / factor + 1e-9, 1)

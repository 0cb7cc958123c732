"""Unit factors, checked against the figures that forms, meters and guidelines print for both units."""

import pytest

from chronic.model import units
from chronic.model.fields import VISIT_FIELDS
from chronic.model.units import mmol_from_mg


@pytest.mark.parametrize(
    ("mg", "mmol"),
    [(126, 7.0), (100, 5.6), (110, 6.1), (140, 7.8), (200, 11.1), (70, 3.9), (54, 3.0), (180, 10.0), (300, 16.7), (0, 0.0)],
)
def test_glucose_cut_offs_in_mg_dl_are_the_printed_ones_in_mmol(mg: float, mmol: float) -> None:
    assert mmol_from_mg(mg, units.GLUCOSE_MG_DL_PER_MMOL_L) == mmol


def test_125_mg_of_glucose_is_still_below_the_cut_off_of_diabetes() -> None:
    assert mmol_from_mg(125, units.GLUCOSE_MG_DL_PER_MMOL_L) < 7.0


@pytest.mark.parametrize(("mg", "mmol"), [(70, 1.8), (100, 2.6), (130, 3.4), (190, 4.9), (200, 5.2), (240, 6.2), (40, 1.0)])
def test_cholesterol_cut_offs_in_mg_dl_are_the_printed_ones_in_mmol(mg: float, mmol: float) -> None:
    assert mmol_from_mg(mg, units.CHOLESTEROL_MG_DL_PER_MMOL_L) == mmol


@pytest.mark.parametrize(("mg", "mmol"), [(150, 1.7), (200, 2.3), (500, 5.6)])
def test_triglyceride_cut_offs_in_mg_dl_are_the_printed_ones_in_mmol(mg: float, mmol: float) -> None:
    assert mmol_from_mg(mg, units.TRIGLYCERIDE_MG_DL_PER_MMOL_L) == mmol


@pytest.mark.parametrize(("mg", "rounded"), [(0.25, 0.3), (0.75, 0.8), (2.25, 2.3), (1.15, 1.2), (7.05, 7.1)])
def test_a_half_is_rounded_up_even_where_binary_numbers_fall_just_below(mg: float, rounded: float) -> None:
    assert mmol_from_mg(mg, 1) == rounded


@pytest.mark.parametrize(("kpa", "mmhg"), [(18.7, 140), (12.0, 90), (16.0, 120), (24.0, 180), (14.7, 110), (10.7, 80)])
def test_blood_pressure_in_kpa_is_the_printed_one_in_mmhg(kpa: float, mmhg: int) -> None:
    assert round(kpa * units.MMHG_PER_KPA) == mmhg


@pytest.mark.parametrize(("ifcc", "percent"), [(53, 7.0), (48, 6.5), (42, 6.0), (64, 8.0), (86, 10.0), (20, 4.0)])
def test_hba1c_in_mmol_per_mol_is_the_printed_percentage(ifcc: float, percent: float) -> None:
    assert round(ifcc * units.HBA1C_PERCENT_PER_MMOL_MOL + units.HBA1C_PERCENT_OFFSET, 1) == percent


def test_one_mg_of_creatinine_per_dl_is_88_4_micromol() -> None:
    assert 1.0 * units.CREATININE_UMOL_L_PER_MG_DL == pytest.approx(88.4)


def test_a_jin_is_half_a_kilogram_and_three_chi_are_a_metre() -> None:
    assert 130 * units.KG_PER_JIN == 65
    assert 3 * units.CM_PER_CHI == pytest.approx(100)
    assert round(2.7 * units.CM_PER_CHI, 1) == 90  # the waist limit of men, 2 chi 7 cun


@pytest.mark.parametrize(
    ("column", "value", "unit", "ours"),
    [
        ("fpg", 126, "mg/dL", 7.0), ("ppg_2h", 140, "mg/dL", 7.8), ("tc", 200, "mg/dL", 5.2), ("tg", 150, "mg/dL", 1.7),
        ("creatinine", 1.0, "mg/dL", 88.4), ("hba1c", 53, "mmol/mol", 7.0), ("sbp", 19.7, "kPa", 148),
        ("dbp", 12.0, "kPa", 90), ("height_cm", 1.65, "m", 165.0), ("waist_cm", 2.7, "尺", 90.0),
        ("weight_kg", 130, "斤", 65.0), ("staple_food_g", 5, "两", 250),
    ],
)  # fmt: skip
def test_a_value_in_another_unit_is_the_one_we_keep(column: str, value: float, unit: str, ours: float) -> None:
    assert units.converted(column, value, unit) == ours


def test_every_slip_of_the_dictionary_can_be_converted() -> None:
    for field in VISIT_FIELDS:
        if field.slip is not None:
            assert units.converted(field.column, field.slip.low, field.slip.unit) is not None


def test_a_unit_that_a_column_does_not_know_converts_to_nothing() -> None:
    assert units.converted("fpg", 126, "kPa") is None
    assert units.converted("heart_rate", 72, "mg/dL") is None

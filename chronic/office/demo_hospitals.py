"""Where the made-up village refers people to, and when specialists sit in at its township."""

from datetime import timedelta

from chronic.care.desk import Desk
from chronic.model.institution import Clinic, Institution
from chronic.store import institutions

_COUNTY = ("emergency", "chest_pain_centre", "stroke_centre", "ct", "fundus", "lab")
_TCM = ("emergency", "lab", "ultrasound", "rehabilitation")
_WARDS = ("急诊科", "心内科", "内分泌科", "神经内科", "眼科")
HOSPITALS = (
    Institution("仙居县人民医院", "county", "0576-00000120", "仙居县", _COUNTY, _WARDS),
    Institution("仙居县中医院", "county", "0576-00000121", "仙居县", _TCM, ("内科", "康复科")),
    Institution("中心卫生院", "township", "0576-00000122", "下各镇", ("ecg", "lab", "hba1c"), ("全科", "心内科", "眼科")),
)
_CLINICS = (("心内科", 5, "fortnight"), ("眼科", 12, "month"))
"""Department, days from today to the next one, how often."""


def settle(desk: Desk) -> None:
    """Write them."""
    made = [institutions.write(desk.db, place, desk.stamp) for place in HOSPITALS]
    for dept, ahead, every in _CLINICS:
        institutions.add_clinic(
            desk.db, Clinic(made[-1].number, dept, desk.today + timedelta(days=ahead), every), desk.stamp
        )

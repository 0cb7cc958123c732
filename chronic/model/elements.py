"""The standards' identifiers of our columns: WS 365-2011 城乡居民健康档案基本数据集 and WS 372-2012, beside their names.

A data element (DE…) is shared by a value and its target, by today's visit and the next one, and by everybody's name;
so where the data set has an identifier of its own (HDSD00.01.…), that one stands here. Every one of them reads back as
its column (`exchange.headers`). A column without one has no element in those sets, or none that import tells apart.
"""

from typing import Final

ELEMENTS: Final = {
    "name": "HDSD00.01.002",
    "sex": "DE02.01.040.00",
    "id_number": "DE02.01.030.00",
    "archive_no": "HDSD00.01.001",
    "phone": "DE02.01.010.00",
    "village": "DE02.01.009.05",
    "township": "DE02.01.009.04",
    "responsible_doctor": "HDSD00.01.044",
    "smoking_status": "DE03.00.073.00",
    "visit_date": "HDSD00.01.466",
    "way": "HDSD00.01.467",
    "sbp": "HDSD00.01.342",
    "dbp": "HDSD00.01.343",
    "heart_rate": "HDSD00.01.107",
    "weight_kg": "HDSD00.01.056",
    "weight_target_kg": "DE06.00.081.00",
    "height_cm": "HDSD00.01.055",
    "fpg": "HDSD00.01.148",
    "ppg_2h": "HDSD00.01.149",
    "hba1c": "HDSD00.01.153",
    "hba1c_on": "DE06.00.048.00",
    "symptoms": "DE04.01.118.00",
    "aux_tests": "DE04.30.009.00",
    "adherence": "HDSD00.01.200",
    "adr": "HDSD00.01.480",
    "adr_text": "HDSD00.01.481",
    "hypoglycemia": "HDSD00.01.488",
    "smoke_per_day": "HDSD00.01.071",
    "alcohol_liang_per_day": "HDSD00.01.075",
    "exercise_per_week": "DE03.00.097.00",
    "exercise_minutes": "HDSD00.01.066",
    "salt": "HDSD00.01.474",
    "salt_target": "DE03.00.046.00",
    "staple_food_g": "HDSD00.01.486",
    "psych": "HDSD00.01.476",
    "compliance": "HDSD00.01.477",
    "dorsalis_pedis": "DE04.10.237.00",
    "insulin": "DE08.50.013.00",
    "referral_org": "DE08.10.013.00",
    "referral_reason": "HDSD00.01.284",
    "next_visit_date": "HDSD00.01.483",
    "visit_doctor": "HDSD00.01.330",
}

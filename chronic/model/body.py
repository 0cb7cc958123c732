"""Body mass index, the same wherever it is asked for."""


def bmi(weight_kg: float, height_cm: float) -> float:
    """kg/m², unrounded but for the noise of binary fractions: 61.44 kg at 160 cm is 24, not 23.99…"""
    return round(weight_kg * 100 * 100 / height_cm**2, 10)

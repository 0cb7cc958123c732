"""The words the registry stores, in the order they are shown. Alone here, because every list needs them and little else."""

from chronic.i18n import N_

PROGRAMMES = ("htn", "dm", "lipid")
"""Hypertension 高血压, type 2 diabetes 2型糖尿病, dyslipidaemia 血脂异常."""

CLASSES = ("complication", "adverse_reaction", "uncontrolled", "controlled")
"""此次随访分类, most serious first. A contact without the deciding value is `not_assessed`."""

KINDS = ("followup", "referral", "checkup", "screening")

RANKS = (
    "danger",
    "referral",
    "complication",
    "adverse_reaction",
    "uncontrolled",
    "not_assessed",
    "never_seen",
    "controlled",
)
"""Whom to see first. Stored as the position, so that an index can be walked in this order."""
BAND_TITLES = {"1-30": N_("1-30 days"), "31-90": N_("31-90 days"), "over-90": N_("over 90 days")}
"""How long somebody is overdue."""

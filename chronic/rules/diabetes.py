"""Type 2 diabetes 2型糖尿病: the class of one follow-up."""

from chronic.model.visit import Contact
from chronic.protocol import Protocol


def decided(contact: Contact, protocol: Protocol) -> bool | None:
    """True below the fasting limit, False at or above it, None without a fasting value: no other glucose decides."""
    return None if contact.fpg is None else contact.fpg < protocol.dm.target.fpg_below


def advice(contact: Contact, protocol: Protocol) -> list[str]:
    lines = []
    other = [value for value in (contact.ppg_2h, contact.random_glucose) if value is not None]
    if contact.fpg is None and contact.assessable:
        lines.append("dm.fasting_needed")
    if other and max(other) >= protocol.dm.advice.non_fasting_below:
        lines.append("dm.non_fasting_above_goal")
    if contact.hypoglycemia == "frequent":
        lines.append("dm.hypoglycemia_frequent")
    return lines

"""Danger 危急情况 and alerts: judged on every contact, phone included, from any reading given."""

from chronic.model.visit import Contact
from chronic.protocol import Protocol

CITES = {
    "danger.bp": "bp",
    "danger.glucose_high": "glucose",
    "danger.glucose_low": "glucose",
    "danger.signs": "signs",
    "danger.pregnancy_bp": "pregnancy",
    "danger.pregnancy_glucose": "pregnancy",
}
"""Code -> the section of `protocol.danger` whose citation it carries."""

BY_HAND = "danger.referred"
"""An emergency slip that nothing measured stands behind."""


def dangers(contact: Contact, protocol: Protocol) -> tuple[str, ...]:
    """Codes of everything dangerous on this contact. One of SBP and DBP is enough; any glucose counts."""
    rules, codes = protocol.danger, []
    if rules.bp.at_or_above.reached(contact.sbp, contact.dbp):
        codes.append("danger.bp")
    high = low = False
    limits = rules.glucose
    for value in (contact.fpg, contact.ppg_2h, contact.random_glucose, contact.ogtt_2h):
        if value is not None:
            high = high or value >= limits.at_or_above
            low = low or value <= limits.at_or_below
    if high:
        codes.append("danger.glucose_high")
    if low:
        codes.append("danger.glucose_low")
    if contact.danger == "yes":
        codes.append("danger.signs")
    if contact.pregnant == "yes":
        codes += _pregnancy(contact, protocol)
    return tuple(codes)


def _pregnancy(contact: Contact, protocol: Protocol) -> list[str]:
    rules, codes = protocol.danger.pregnancy, []
    sugars = (
        (contact.fpg, rules.fpg_at_or_above),
        (contact.ppg_2h, rules.ppg_2h_at_or_above),
        (contact.random_glucose, rules.random_at_or_above),
        (contact.ogtt_2h, rules.ppg_2h_at_or_above),
    )
    if rules.bp_at_or_above.reached(contact.sbp, contact.dbp):
        codes.append("danger.pregnancy_bp")
    if any(value is not None and value >= at for value, at in sugars):
        codes.append("danger.pregnancy_glucose")
    return codes


def alerts(contact: Contact, protocol: Protocol) -> tuple[str, ...]:
    """Low pressure and a very slow or fast pulse: shown like danger, but class and referral stay."""
    low, pulse, codes = protocol.alert.bp.below, protocol.alert.pulse, []
    if (contact.sbp is not None and contact.sbp < low.sbp) or (contact.dbp is not None and contact.dbp < low.dbp):
        codes.append("alert.bp_low")
    if contact.heart_rate is not None and not pulse.below <= contact.heart_rate <= pulse.above:
        codes.append("alert.pulse")
    return tuple(codes)


def settles(contact: Contact, codes: tuple[str, ...]) -> bool:
    """Does a contact without danger of its own answer an open danger outside any programme?

    Only what was dangerous, measured again face to face: both pressures for pressure, a glucose for
    glucose, the danger question for signs.
    """
    if contact.way == "phone":
        return False
    measured = {
        "bp": contact.sbp is not None and contact.dbp is not None,
        "glucose": any(
            value is not None for value in (contact.fpg, contact.ppg_2h, contact.random_glucose, contact.ogtt_2h)
        ),
        "signs": contact.danger == "no",
    }
    wanted = {"bp" if "bp" in code else "glucose" if "glucose" in code else "signs" for code in codes}
    return all(measured[what] for what in wanted)

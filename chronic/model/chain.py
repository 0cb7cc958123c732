"""Where a person stands in the chain of prevention, treatment, management and rehabilitation 服务链条."""

from datetime import date
from typing import NamedTuple

from chronic.i18n import N_
from chronic.model.plan import Plan

STAGES = {
    "at_risk": N_("at risk"),
    "suspected": N_("suspected"),
    "managed": N_("in management"),
    "referred": N_("referred"),
    "returned": N_("returned"),
    "rehabilitation": N_("rehabilitation"),
    "ended": N_("ended"),
}
"""In the order of the chain."""

ACT_FIRST = ("referred", "returned", "suspected", "rehabilitation", "managed", "at_risk", "ended")
"""Of one person's stages the one that needs somebody first."""

STUCK = {
    "outcome_late": N_("outcome not known in time"),
    "no_followup": N_("not followed up after the return"),
    "unconfirmed": N_("suspected for too long"),
    "no_contact": N_("too long without contact"),
    "not_met": N_("too long not met"),
}
"""Why someone has stood in a stage for too long."""


class Stay(NamedTuple):
    """The latest stay in a programme; `to_on` None: it goes on."""

    programme: str
    from_on: date
    to_on: date | None = None
    reason: str | None = None


class Return(NamedTuple):
    """The latest return slip. `denied`: the hospital found that there is no such disease."""

    on: date
    programme: str = ""
    denied: bool = False


class Event(NamedTuple):
    """What rehabilitation follows: a code of the book of the chain, or that of the fact itself where only that was told."""

    code: str
    on: date
    lasting: bool = False
    """Somebody said that the rehabilitation goes on, whatever the usual time."""


class Situation(NamedTuple):
    """All that says where a person stands, apart from what puts them at risk.

    `plans`: open expectations but for check-ups, with no more than kind, programme, dates, urgency, days_high and slip.
    """

    closed_on: date | None
    closed_reason: str | None
    stays: tuple[Stay, ...]
    plans: tuple[Plan, ...]
    returned: Return | None
    last_contact_on: date | None
    last_met_on: date | None
    events: tuple[Event, ...]


class Place(NamedTuple):
    """A stage someone stands in. `limit_on`: the last day on which that is no longer than it should be; `stuck_for`: why
    it is, after that day; `about`: slip number, end reason, or codes of events and factors."""

    stage: str
    programme: str
    since_on: date | None
    limit_on: date | None = None
    stuck_for: str | None = None
    about: tuple[str, ...] = ()
    urgent: bool = False

    def stuck_on(self, day: date) -> str | None:
        """Why this has lasted too long by that day; None: it has not."""
        return self.stuck_for if self.limit_on is not None and self.limit_on < day else None

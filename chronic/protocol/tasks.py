"""What a check of the registry finds, and until when a task is to be done."""

from chronic.model.task import TYPED
from chronic.protocol.book import Book, braces
from chronic.protocol.sections import Cite, Interval, Names, Section

FINDS = (
    "danger", "referral", "suspicion", "overdue", "never_seen", "no_contact", "finding", "denied", "smoking",
    "outcome_missing", "notice", "missing", "quality",
)  # fmt: skip
"""What a check can look for (`reports.problems`)."""
MISSABLE = ("phone", "birth_date", "village")
"""Fields of a person that can be looked for quickly."""
ENDED_BY = ("fact", "evidence")
"""What ends a task of a check: the problem is gone, or somebody says what was done about something that happened."""
WORDS = {"on", "limit", "about"}
_NEEDS = {"overdue": "after", "never_seen": "after", "no_contact": "after", "finding": "after", "notice": "lately",
          "outcome_missing": "lately"}  # fmt: skip


class Check(Section):
    """One check. `after`: how long a state must have lasted; `lately`: how old what happened may be and still make a task;
    `within`: until when a task is to be done; `tags`: whose household is monitored; `fields`: what may not be missing."""

    cite: str
    finds: str
    name: Names
    within: Interval
    ended_by: str
    says: Names
    after: Interval | None = None
    lately: Interval | None = None
    tags: list[str] | None = None
    fields: list[str] | None = None


class Chosen(Section):
    """The checks made here, the most urgent first: a list of tasks has them in this order, with typed ones at `typed`."""

    cite: str
    checks: list[str]


class Typed(Section):
    """A task that supervision writes down without a day."""

    cite: str
    within: Interval


class Tasks(Book):
    table = "tasks"

    in_force: Chosen
    typed: Typed
    checks: dict[str, Check]
    cites: dict[str, Cite]

    def wrong(self) -> list[tuple[str, str]]:
        bad = [("in_force.checks", code) for code in self.in_force.checks if code not in (TYPED, *self.checks)]
        for code, check in self.checks.items():
            at = f"checks.{code}"
            needs = _NEEDS.get(check.finds)
            bad += [(at, code)] if code == TYPED or not code.isidentifier() else []
            bad += [] if check.finds in FINDS else [(f"{at}.finds", check.finds)]
            bad += [] if check.ended_by in ENDED_BY else [(f"{at}.ended_by", check.ended_by)]
            bad += [(f"{at}.{needs}", "missing")] if needs and getattr(check, needs) is None else []
            bad += [(f"{at}.tags", "missing")] if check.finds == "notice" and not check.tags else []
            bad += [(f"{at}.fields", "missing")] if check.finds == "missing" and not check.fields else []
            bad += [(f"{at}.fields", word) for word in check.fields or () if word not in MISSABLE]
            bad += [(f"{at}.says", word) for text in check.says for word in braces(text) if word not in WORDS]
        return bad

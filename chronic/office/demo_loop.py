"""What became of the lists in the made-up village: calls, slips, supplies, orders, contracts, households and tasks.

A few of each, so that every list shows something, of the people who head the list of the late and of those on time.
Recorded through the same verbs as a doctor's.
"""

from datetime import date, timedelta
from itertools import chain

from chronic.care import aid, contracts, education, households, medicines, orders, slips, tags, tasks, trace
from chronic.care.desk import Desk
from chronic.model.aid import Rescue, Treated
from chronic.model.call import Call, Opinion
from chronic.model.household import Walk
from chronic.model.referral import Referral
from chronic.office.demo_hospitals import HOSPITALS
from chronic.office.demo_people import DOCTOR
from chronic.protocol.contracts import Contracts
from chronic.reports import overdue
from chronic.reports.overdue import Asked
from chronic.reports.referrals import Asked as Open
from chronic.reports.referrals import referrals
from chronic.store.education import Held

_TEAM = f"{DOCTOR}团队"
_ENOUGH = 12
"""People of each list that something happens to."""
_CALLS = (
    ("agreed", 9, 2), ("agreed", 3, -3), ("call_later", 2, -1), ("not_reached", 1, None), ("has_medicine", 4, None),
    ("moved", 2, None),
)  # fmt: skip
"""What a call came to, days ago, and the day agreed on as days before today."""
_SUPPLIES = (("氨氯地平片", 45), ("二甲双胍片", 29), ("缬沙坦胶囊", 12), ("硝苯地平控释片", 3))
_ORDERS = (("ecg", "县人民医院", 12), ("fundus", "县人民医院", 2), ("urine", "中心卫生院", 1))


def close(desk: Desk) -> None:
    """Write them. A village too small to have somebody for each has fewer."""
    late = _people(overdue.overdue(desk.db, desk.today, Asked(limit=_ENOUGH)).rows)
    soon = _people(overdue.due(desk.db, desk.today, _ENOUGH, Asked(limit=_ENOUGH)).rows)
    _call(desk, late)
    _refer(desk)
    _supply(desk, soon)
    _sign(desk, [*soon, *late])
    _at_home(desk, soon or late)
    _teach(desk, soon)


def _people(rows: object) -> list[int]:
    return [int(str(row["person_id"])) for row in rows]  # type: ignore[attr-defined]


def _ago(desk: Desk, days: int) -> date:
    return desk.today - timedelta(days=days)


def _call(desk: Desk, late: list[int]) -> None:
    """A promise broken, one still open, a later call, nobody at home, enough pills, and one to be recorded as moved."""
    for person, (outcome, days, until) in zip(reversed(late), _CALLS, strict=False):
        day = None if until is None else _ago(desk, until)
        trace.call(desk, person, Call(_ago(desk, days), "", outcome), day)
    for person in late[:1]:
        trace.say(desk, person, Opinion(_ago(desk, 4), complaint="量血压等得太久"))
        trace.say(desk, person, Opinion(_ago(desk, 2), satisfaction="satisfied"))


def _refer(desk: Desk) -> None:
    """Slips for the first and the last on the list of what was only advised."""
    advised = _people(referrals(desk.db, desk.today, Open()).rows)
    for person in dict.fromkeys([*advised[:2], *advised[-2:]]):
        basis = slips.basis(desk, person)
        if basis is not None:
            reason, where = ("危急情况", 0) if basis.urgency == "emergency" else ("血压或血糖连续未控制", -1)
            place = HOSPITALS[where].name
            slips.out(desk, person, Referral(basis.on, basis.urgency, reason, institution=place, doctor=DOCTOR), basis)


def _supply(desk: Desk, soon: list[int]) -> None:
    for person, (name, days) in zip(soon, _SUPPLIES, strict=False):
        medicines.give(desk, person, [name], 30, _ago(desk, days))
    for person, (test, where, days) in zip(soon, _ORDERS, strict=False):
        orders.add(desk, person, test, _ago(desk, days), where, None, orders.REASONS_NOT_TO)
    for person, registered in zip(soon, ("yes", "yes", "yes", "no"), strict=False):
        medicines.tell_benefit(desk, person, registered, _ago(desk, 90))


def _sign(desk: Desk, everyone: list[int]) -> None:
    """Contracts in force, one that ends this month."""
    package = next(iter(Contracts.of(desk.editions.on(desk.today)).packages))
    for person, days in zip(everyone, chain([350], range(40, 400, 30)), strict=False):
        contracts.sign(desk, person, _TEAM, package, _ago(desk, days))


def _at_home(desk: Desk, soon: list[int]) -> None:
    """Households somebody looks after, one of them monitored and with a need; two people who live alone."""
    for person in soon[:4]:
        households.assign(desk, person, {"staff": DOCTOR}, _ago(desk, 200))
    for person in soon[:1]:
        households.tag(desk, person, ["monitored"], [], _ago(desk, 200))
        households.visit(desk, person, Walk(_ago(desk, 20), need="家中无血压计"), settled=False)
        aid.rescue(desk, person, Rescue("脑卒中", "begun", _ago(desk, 30), "仙居县人民医院"))
    for person, inside, where in zip(soon[:2], ("yes", "no"), ("仙居县人民医院", "台州市中心医院"), strict=False):
        aid.treated(desk, person, Treated(_ago(desk, 30), inside, where))
    for person in soon[-2:]:
        tags.tag(desk, person, ["alone"], [])


def _teach(desk: Desk, soon: list[int]) -> None:
    tasks.add(desk, "血压计未按期校准", None, None, None, desk.today + timedelta(days=7))
    for person in soon[:1]:
        tasks.add(desk, "随访表未签字", person, None, None, None)
    education.add(desk, Held(_ago(desk, 25), "hypertension", "lecture", "village", "村文化礼堂", 35, doctor=DOCTOR))

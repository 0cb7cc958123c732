"""How long the rules take for one person: 40 visits, three programmes, judged whole.

    python -m tests.bench.judging

The bar is 1 ms. The yardstick beside it is what merely making the verdicts' tuples costs this machine at this moment.
"""

import random
from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from time import perf_counter

from chronic.model.person import PROGRAMMES, Enrolment, Outcome
from chronic.model.plan import History, Verdict
from chronic.model.visit import Contact
from chronic.protocol import DEFAULT, Editions, load
from chronic.rules.assessment import assess
from tests.bench.yardstick import print_table

VISITS, TIMES, ROUNDS = 40, 100, 20
FIRST_DAY = date(2022, 1, 10)


def history(seed: int, visits: int = VISITS, programmes: tuple[str, ...] = PROGRAMMES) -> History:
    """Readings around the limits, some by phone, some without the deciding value, some dangerous; two outcomes."""
    chance = random.Random(seed)
    contacts = []
    for number in range(visits):
        on = FIRST_DAY + timedelta(days=40 * number + chance.randrange(20))
        sbp = round(chance.gauss(138, 16))
        contacts.append(
            Contact(
                on,
                f"{chance.getrandbits(128):032x}",
                number + 1,
                way=chance.choice(("clinic", "home", "clinic", "home", "phone")),
                sbp=sbp,
                dbp=sbp - 55,
                heart_rate=round(chance.gauss(74, 7)),
                fpg=round(chance.gauss(6.8, 1.2), 1) if chance.random() < 0.9 else None,
                danger="no",
                adr="yes" if chance.random() < 0.02 else "no",
                complication="none",
                hypoglycemia="none",
                next_visit_date=on + timedelta(days=90) if chance.random() < 0.2 else None,
            )
        )
    outcomes = tuple(
        Outcome(contacts[at].on + timedelta(days=9), "seen", f"outcome {at}") for at in (visits // 3, visits // 2)
    )
    enrolments = tuple(Enrolment(name, FIRST_DAY, uid=name) for name in programmes)
    return History(date(1956, 5, 17), False, None, enrolments, tuple(contacts), outcomes)


def microseconds(work: Callable[[int], object]) -> float:
    """The best of a few rounds: what disturbs only ever adds. `work` is given a running number."""
    found = []
    for _ in range(ROUNDS):
        start = perf_counter()
        for number in range(TIMES):
            work(number)
        found.append((perf_counter() - start) / TIMES * 1e6)
    return min(found)


def _judge(histories: list[History], editions: Editions, number: int) -> None:
    assess(histories[number], editions)


def _copy(verdicts: list[tuple[Verdict, ...]], number: int) -> None:
    for verdict in verdicts[number]:
        Verdict(*verdict)


def main() -> None:
    editions = Editions([(date(2017, 2, 28), load(DEFAULT))])
    rows = []
    for title, visits, programmes in (
        ("40 visits, three programmes", VISITS, PROGRAMMES),
        ("40 visits, hypertension", VISITS, PROGRAMMES[:1]),
        ("10 visits, hypertension and diabetes", 10, PROGRAMMES[:2]),
    ):
        histories = [history(seed, visits, programmes) for seed in range(TIMES)]
        verdicts = [assess(known, editions).verdicts for known in histories]
        judging = microseconds(partial(_judge, histories, editions))
        copying = microseconds(partial(_copy, verdicts))
        made = sum(map(len, verdicts)) / TIMES
        rows.append((title, round(made), round(judging), judging / made, judging / copying))
    print_table("Judging", ("", "verdicts", "µs a history", "µs a verdict", "/ making the tuples"), rows)


if __name__ == "__main__":
    main()

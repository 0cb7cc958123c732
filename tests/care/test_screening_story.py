"""Found, measured again, referred, confirmed, enrolled: nobody falls out of the lists on the way."""

import pytest

from tests.runner import Chronic


@pytest.fixture
def neighbour(chronic: Chronic) -> Chronic:
    chronic.person("李建国", "--birth-date", "1970-01-01", "--village", "下各村", "--sex", "M")
    return chronic


def step(chronic: Chronic, today: str) -> list[tuple[str, str, str]]:
    rows = chronic.rows("screen", "suspects", today=today)
    return [(row["programme"], row["step"], row["due_on"]) for row in rows]


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        (
            "en",
            ["measure again by 2026-09-15", "refer to confirm", "The hospital confirmed hypertension: enrol by 2026-10-04"],
        ),
        ("zh", ["2026-09-15 前复测", "建议转诊确诊", "医院已确诊高血压: 2026-10-04 前纳入管理"]),
    ],
)
def test_the_whole_way(neighbour: Chronic, lang: str, said: list[str]) -> None:
    def told(*args: object, on: str) -> str:
        return neighbour.ok(*args, today=on, lang=lang).out

    assert neighbour.ids("screen", "due", today="2026-09-01") == [1]
    assert said[0] in told("screen", "add", 1, "--bp", "148/92", on="2026-09-01")
    assert neighbour.ids("screen", "due", "--programme", "htn", today="2026-09-02") == []
    assert step(neighbour, "2026-09-08") == [("htn", "recheck", "2026-09-15")]
    told("screen", "add", 1, "--bp", "150/94", on="2026-09-08")
    assert said[1] in told("screen", "add", 1, "--bp", "146/90", on="2026-09-15")
    assert step(neighbour, "2026-09-15") == [("htn", "confirm", "2026-09-29")]
    assert neighbour.ids("overdue", "--kind", "referral", today="2026-09-30") == [1]
    told("refer", "reply", 1, "--outcome", "seen", on="2026-09-19")
    assert step(neighbour, "2026-09-19") == [("htn", "ask", "2026-10-03")]
    reply = told("refer", "reply", 1, "--outcome", "seen", "--confirmed", "yes", on="2026-09-20")
    assert said[2] in reply
    assert "chronic enrol 1 htn --diagnosed-on 2026-09-20" in reply
    assert step(neighbour, "2026-09-20") == [("htn", "enrol", "2026-10-04")]
    assert neighbour.ids("overdue", "--kind", "screening", today="2026-10-05") == [1]
    told("enrol", 1, "htn", "--diagnosed-on", "2026-09-20", on="2026-09-22")
    assert step(neighbour, "2026-09-22") == []
    (row,) = neighbour.rows("due", today="2026-09-22")
    assert (row["due_on"], row["reasons"]) == ("2026-10-06", ["never_seen"])


def three_days(chronic: Chronic, *more: object) -> None:
    for on in ("2026-11-01", "2026-11-08", "2026-11-15"):
        chronic.ok("screen", "add", 1, "--bp", "148/92", *more, "--on", on)


def test_not_confirmed_ends_it_and_says_so(neighbour: Chronic) -> None:
    three_days(neighbour)
    run = neighbour.ok("refer", "reply", 1, "--outcome", "returned", "--confirmed", "no")
    assert "Not confirmed" in run.out
    assert step(neighbour, "2026-11-21") == []


def test_undo_gives_the_suspicion_back(neighbour: Chronic) -> None:
    three_days(neighbour)
    before = step(neighbour, "2026-11-21")
    neighbour.ok("refer", "reply", 1, "--outcome", "seen", "--confirmed", "no")
    neighbour.ok("undo", "--yes")
    assert step(neighbour, "2026-11-21") == before == [("htn", "confirm", "2026-11-29")]


@pytest.mark.parametrize(
    ("said", "code", "sentence"),
    [
        (["--outcome", "seen", "--confirmed", "yes"], 2, "--programme htn or --programme dm"),
        (["--outcome", "not_arrived", "--confirmed", "yes"], 2, "leave out --confirmed"),
        (["--outcome", "seen", "--confirmed", "yes", "--programme", "lipid"], 21, "Nothing is suspected"),
    ],
)
def test_what_cannot_be_meant_is_refused(neighbour: Chronic, said: list[str], code: int, sentence: str) -> None:
    three_days(neighbour, "--fpg", "7.4")
    before = neighbour.dump()
    run = neighbour("refer", "reply", 1, *said)
    assert (run.code, sentence in run.last) == (code, True)
    assert neighbour.dump() == before


def test_two_suspicions_are_answered_one_by_one(neighbour: Chronic) -> None:
    three_days(neighbour, "--fpg", "7.4")
    neighbour.ok("refer", "reply", 1, "--outcome", "seen", "--confirmed", "yes", "--programme", "dm")
    assert sorted(step(neighbour, "2026-11-21")) == [("dm", "enrol", "2026-12-05"), ("htn", "ask", "2026-12-05")]
    neighbour.ok("refer", "reply", 1, "--outcome", "seen", "--confirmed", "no", "--programme", "htn")
    assert step(neighbour, "2026-11-21") == [("dm", "enrol", "2026-12-05")]


def test_nothing_suspected_cannot_be_confirmed(chronic: Chronic) -> None:
    chronic.person("王秀兰", "--htn-enrolled-on", "2026-06-01")
    chronic.visit(1, "2026-11-01", "--bp", "150/94")
    chronic.visit(1, "2026-11-10", "--bp", "150/94")
    assert chronic("refer", "reply", 1, "--outcome", "seen", "--confirmed", "yes").code == 21


def test_who_takes_drugs_already_is_found(neighbour: Chronic) -> None:
    run = neighbour.ok("screen", "add", 1, "--bp", "126/78", "--bp-drugs", "yes")
    assert "Takes antihypertensives already" in run.out
    assert step(neighbour, "2026-11-21") == [("htn", "confirm", "2026-12-05")]

"""People who move between registries: a village tells the township, that the other village, and the answer comes back."""

from datetime import date, timedelta
from itertools import count
from pathlib import Path

import pytest

from chronic.care import manage, record, register, transfer, undo
from chronic.care.manage import Wanted
from chronic.care.register import Given
from chronic.errors import NotAllowed
from chronic.model.person import Person
from chronic.model.visit import Visit
from chronic.protocol import Editions
from chronic.reports import doubles, overdue
from chronic.reports import transfers as reports
from chronic.store import conflicts, editions, transfers
from tests.runner import id_number
from tests.travels import TODAY, Site, Sites, even_out, known, who

NUMBER = id_number("11010519500304001")
MOVED = TODAY - timedelta(days=10)


@pytest.fixture
def network(sites: Sites, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Sites:
    """下各村 and 上各村, each with people of its own, and the township that has both.

    As a parameter: the first tick. Another one gives other uids, and by these one of two equal counters is the later.
    """
    monkeypatch.setattr(Site, "_ticks", count(getattr(request, "param", 1)))  # the same uids whatever ran before
    sites.town.becomes("township")
    for site, village, names in ((sites.a, "下各村", ("王秀兰", "李建国")), (sites.b, "上各村", ("周玉珍",))):
        for name in names:
            number = NUMBER if name == "王秀兰" else None
            who = Person(name, village=village, township="城关镇", id_number=number)
            entered = register.add(site.desk, Given(who, (Wanted("htn", enrolled_on=date(2026, 1, 5)),)))
            record.record(site.desk, [Visit(entered.id, TODAY - timedelta(days=200), sbp=186, dbp=112)])
    return sites


def late(site: Site) -> set[str]:
    return {str(row["name"]) for row in overdue.overdue(site.db, TODAY, overdue.Asked(kind="referral")).rows}


def waiting(site: Site) -> list[tuple[str, bool]]:
    found: Editions = editions.read(site.db)
    return [(str(row["name"]), bool(row["danger"])) for row in reports.listing(site.db, TODAY, found).rows]


def state(site: Site, name: str = "王秀兰") -> list[str]:
    return [one.state for one in transfers.of(site.db, who(site, name))]


def ask(site: Site, to: str = "城关镇/上各村", on: date = MOVED) -> None:
    transfer.out(site.desk, who(site), to, on, None)


def accept(site: Site) -> None:
    transfer.accept(site.desk, who(site), TODAY, transfer.Home(f"doctor of {site.name}"))


def test_day_by_day_from_one_registry_to_the_other(network: Sites) -> None:
    a, town, b = network
    ask(a)
    assert "王秀兰" in late(a)
    network.pass_on()
    assert "王秀兰" in late(a)  # nobody lets go before somebody else holds
    assert "王秀兰" not in late(b)
    assert waiting(a) == waiting(town) == waiting(b) == [("王秀兰", True)]  # with the danger that is open
    accept(b)
    assert "王秀兰" in late(b)
    assert "王秀兰" in late(a)  # the answer is still under way
    network.pass_on()
    assert "王秀兰" not in late(a)
    assert "王秀兰" in late(b)
    assert {"王秀兰", "李建国", "周玉珍"} == late(town)
    assert a.db.execute("SELECT closed_on, closed_reason FROM person WHERE name = '王秀兰'").fetchone() == (
        MOVED.isoformat(), "moved",
    )  # fmt: skip
    for site in (town, b):
        assert site.db.execute("SELECT closed_on FROM person WHERE name = '王秀兰'").fetchone() == (None,)
        assert site.db.execute("SELECT village_name FROM person_card WHERE name = '王秀兰'").fetchone() == ("上各村",)
    assert town.db.execute("SELECT count(*) FROM person WHERE id_number = ?", (NUMBER,)).fetchone() == (1,)
    assert known(a.db) == known(b.db) == known(town.db)
    assert [site.trouble() for site in network] == [[], [], []]


def test_the_whole_history_goes_on_where_they_live_now(network: Sites) -> None:
    ask(network.a)
    network.pass_on()
    accept(network.b)
    network.pass_on()
    record.record(network.b.desk, [Visit(who(network.b), TODAY, sbp=128, dbp=78)])
    network.pass_on()
    days = "SELECT visit_date, sbp FROM live_visit WHERE person = ? ORDER BY 1"
    seen = [(site.db.execute(days, (who(site),)).fetchall()) for site in network]
    assert len(seen[0]) == 2
    assert seen[0] == seen[1] == seen[2]


def test_back_again_after_a_lost_answer(network: Sites) -> None:
    a, town, b = network
    ask(a)
    network.pass_on()
    accept(b)
    b.send("town")  # and the stick is lost
    assert state(a) == ["open"]
    network.pass_on()
    assert state(a) == ["accepted"]
    assert transfers.is_elsewhere(a.db, who(a))
    ask(b, "城关镇/下各村", TODAY)
    network.pass_on()
    assert waiting(a) == [("王秀兰", True)]
    with pytest.raises(NotAllowed, match=r"transfer\.arriving"):
        register.reopen(a.desk, who(a))
    accept(a)
    assert "王秀兰" in late(a)
    network.pass_on()
    assert transfers.is_elsewhere(b.db, who(b))
    assert "王秀兰" not in late(b)
    assert known(a.db) == known(b.db) == known(town.db)


@pytest.mark.parametrize("first", ["town", "b"])
def test_declined_in_one_and_accepted_in_another_is_accepted_everywhere(network: Sites, first: str) -> None:
    ask(network.a)
    network.pass_on()
    others = {"town": network.town, "b": network.b}
    transfer.decline(others.pop(first).desk, who(network.town if first == "town" else network.b), TODAY, "不住这里")
    ((_name, other),) = others.items()
    accept(other)
    network.pass_on()
    assert [state(site) for site in network] == [["accepted"]] * 3
    assert transfers.is_elsewhere(network.a.db, who(network.a))
    assert not transfers.is_elsewhere(network.b.db, who(network.b))
    assert known(network.a.db) == known(network.b.db)


def test_withdrawn_while_it_was_accepted_elsewhere_it_is_accepted(network: Sites) -> None:
    ask(network.a)
    network.pass_on()
    transfer.withdraw(network.a.desk, who(network.a), TODAY, None)
    accept(network.b)
    network.pass_on()
    assert [state(site) for site in network] == [["accepted"]] * 3
    assert "王秀兰" in late(network.b)
    assert "王秀兰" not in late(network.a)


def test_two_who_accept_at_once_leave_one_who_has_them_and_a_conflict_to_decide(network: Sites) -> None:
    a, town, b = network
    network.pass_on()
    ask(a)
    ask(town, "河西镇/沙湾村")
    accept(town)
    b.take("a", a.send("b"))
    accept(b)
    even_out(list(network))
    assert known(a.db) == known(b.db) == known(town.db)
    assert "village" in {conflict.field for conflict in conflicts.undecided(town.db)}
    assert [one.state for one in transfers.of(a.db, who(a))] == ["accepted", "accepted"]
    assert "王秀兰" in late(town)


def test_an_acceptance_taken_back_leaves_them_with_the_sender(network: Sites) -> None:
    ask(network.a)
    network.pass_on()
    accept(network.b)
    network.town.take("b", network.b.send("town"))
    undo.take_back(network.b.desk, undo.last(network.b.desk))
    assert "王秀兰" not in late(network.b)
    network.pass_on()
    assert "王秀兰" in late(network.a)
    assert [state(site) for site in network] == [["open"]] * 3


def test_who_died_meanwhile_is_dead_everywhere(network: Sites) -> None:
    ask(network.a)
    network.pass_on()
    register.close(network.a.desk, who(network.a), TODAY, "died")
    accept(network.b)
    network.pass_on()
    for site in network:
        assert "王秀兰" not in late(site)
        assert site.db.execute("SELECT closed_reason FROM person WHERE name = '王秀兰'").fetchone() == ("died",)
        assert not transfers.is_elsewhere(site.db, who(site))


def test_who_is_elsewhere_cannot_be_erased_or_opened_from_here(network: Sites) -> None:
    from chronic.care import erase

    ask(network.a)
    network.pass_on()
    accept(network.b)
    network.pass_on()
    with pytest.raises(NotAllowed, match=r"erase\.elsewhere"):
        erase.erase(network.a.desk, who(network.a), "书面申请")
    desk, person = network.a.desk, who(network.a)
    refused = (
        lambda: ask(network.a), lambda: register.close(desk, person, TODAY, "died"), lambda: register.reopen(desk, person),
        lambda: manage.enrol(desk, person, Wanted("dm")),
    )  # fmt: skip
    for attempt in refused:
        with pytest.raises(NotAllowed, match=r"transfer\.elsewhere") as said:
            attempt()
        assert said.value.values["village"] == "上各村"
    (found,) = record.record(desk, [Visit(person, TODAY, sbp=128, dbp=78)])
    assert [(one.code, one.detail) for one in found.refusals] == [("transfer.after", "上各村")]


def test_the_township_may_answer_for_a_village(network: Sites) -> None:
    ask(network.a)
    network.pass_on()
    accept(network.town)
    network.pass_on()
    assert "王秀兰" in late(network.b)
    assert "王秀兰" not in late(network.a)


def test_somebody_with_a_registration_of_their_own_there_is_one_person_with_both_histories(network: Sites) -> None:
    _a, town, b = network
    entered = register.add(b.desk, Given(Person("王秀兰", id_number=NUMBER, village="上各村", township="城关镇")))
    record.record(b.desk, [Visit(entered.id, TODAY, sbp=150, dbp=92)])
    network.pass_on()
    assert town.db.execute("SELECT count(*) FROM person WHERE id_number = ?", (NUMBER,)).fetchone() == (1,)
    assert town.db.execute("SELECT count(*) FROM live_visit WHERE person = ?", (who(town),)).fetchone() == (2,)


def test_parties_are_both_sides_until_it_is_answered(network: Sites) -> None:
    def named(site: Site) -> dict[str, bool]:
        names = dict(site.db.execute("SELECT id, name FROM place"))
        return {names[place]: whole for place, whole in transfers.parties(site.db, who(site)).items()}

    ask(network.a)
    network.pass_on()
    assert named(network.town) == {"下各村": True, "上各村": True}
    accept(network.b)
    network.pass_on()
    assert named(network.town) == {"下各村": False, "上各村": True}
    assert transfers.parties(network.town.db, who(network.town, "周玉珍")) == {}


@pytest.mark.parametrize("network", range(1, 13), indirect=True)
def test_somebody_whom_two_villages_have_is_on_a_list_until_somebody_decides(network: Sites) -> None:
    a, town, b = network
    entered = register.add(b.desk, Given(Person("王秀兰", id_number=NUMBER, village="上各村", township="城关镇")))
    record.record(b.desk, [Visit(entered.id, TODAY, sbp=150, dbp=92)])
    network.pass_on()
    assert [len(list(doubles.listing(site.db, TODAY).rows)) for site in network] == [2, 2, 2]
    rows = {str(row["village"]): row for row in doubles.listing(town.db, TODAY).rows}
    assert {name: (row["written_by"], row["visits"], row["last_visit_on"]) for name, row in rows.items()} == {
        "下各村": ("doctor of a", 1, (TODAY - timedelta(days=200)).isoformat()),
        "上各村": ("doctor of b", 1, TODAY.isoformat()),
    }
    assert [row["counted_here"] for row in rows.values()].count(True) == 1
    assert rows["下各村"]["id_number"] != NUMBER
    for village, keeps, leaves in (("下各村", a, b), ("上各村", b, a)):
        transfer.settle(town.desk, who(town), village, TODAY, None)
        with pytest.raises(NotAllowed, match=r"transfer\.once"):
            transfer.settle(town.desk, who(town), village, TODAY, None)
        network.pass_on()
        assert list(doubles.listing(town.db, TODAY).rows) == []
        assert not transfers.is_elsewhere(keeps.db, who(keeps))
        assert transfers.is_elsewhere(leaves.db, who(leaves))
        assert town.db.execute("SELECT village_name FROM person_card WHERE id = ?", (who(town),)).fetchone() == (village,)
        assert known(a.db) == known(b.db) == known(town.db)


def test_what_one_registration_says_anew_is_a_change_and_not_the_word_of_two(network: Sites) -> None:
    a, town, _b = network
    network.pass_on()
    for phone in ("13800000001", "13800000002"):
        register.edit(a.desk, who(a), {"phone": phone})
        network.pass_on()
    said = town.db.execute("SELECT counter, new FROM person_change WHERE person = ? AND field = 'phone'", (who(town),))
    assert said.fetchall() == [(1, "13800000001"), (2, "13800000002")]
    assert list(conflicts.undecided(town.db)) == []


def test_whom_one_village_closes_as_moved_the_other_that_has_them_keeps(network: Sites) -> None:
    a, town, b = network
    entered = register.add(b.desk, Given(Person("王秀兰", id_number=NUMBER, village="上各村", township="城关镇")))
    record.record(b.desk, [Visit(entered.id, TODAY - timedelta(days=150), sbp=186, dbp=112)])
    register.close(a.desk, who(a), MOVED, "moved")
    network.pass_on()
    network.pass_on()
    assert ("王秀兰" in late(a), "王秀兰" in late(b), "王秀兰" in late(town)) == (False, True, True)
    assert town.db.execute("SELECT village_name, closed_on FROM person_card WHERE id = ?", (who(town),)).fetchone() == (
        "上各村", None,
    )  # fmt: skip
    assert a.db.execute("SELECT closed_on FROM person WHERE id = ?", (who(a),)).fetchone() == (MOVED.isoformat(),)
    assert list(doubles.listing(town.db, TODAY).rows) == []
    assert known(a.db) == known(b.db) == known(town.db)


def test_whom_nobody_else_registered_is_closed_everywhere(network: Sites) -> None:
    network.pass_on()
    register.close(network.a.desk, who(network.a), MOVED, "moved")
    network.pass_on()
    for site in network:
        assert site.db.execute("SELECT closed_on FROM person WHERE id = ?", (who(site),)).fetchone() == (MOVED.isoformat(),)


def test_a_death_is_a_death_also_for_the_other_village(network: Sites) -> None:
    register.add(network.b.desk, Given(Person("王秀兰", id_number=NUMBER, village="上各村", township="城关镇")))
    register.close(network.a.desk, who(network.a), MOVED, "died")
    network.pass_on()
    assert network.b.db.execute("SELECT closed_reason FROM person WHERE id = ?", (who(network.b),)).fetchone() == ("died",)


def doubled(network: Sites) -> None:
    """王秀兰 is registered in 上各村 too, and everybody has heard of it."""
    register.add(network.b.desk, Given(Person("王秀兰", id_number=NUMBER, village="上各村", township="城关镇")))
    network.pass_on()
    network.pass_on()


def closed(site: Site) -> bool:
    (day,) = site.db.execute("SELECT closed_on FROM person WHERE id = ?", (who(site),)).fetchone()
    return day is not None


def test_who_settled_where_they_live_may_close_them_there_later(network: Sites) -> None:
    doubled(network)
    transfer.settle(network.town.desk, who(network.town), "下各村", TODAY - timedelta(days=30), None)
    network.pass_on()
    register.close(network.town.desk, who(network.town), TODAY, "moved")
    network.pass_on()
    network.pass_on()
    assert [closed(site) for site in network] == [True, True, True]
    assert [state(site) for site in network] == [["accepted"]] * 3  # nobody took them on anew
    assert known(network.a.db) == known(network.b.db) == known(network.town.db)


@pytest.mark.parametrize("settled", [False, True])
def test_whom_the_township_closes_has_left_every_village(network: Sites, settled: bool) -> None:
    doubled(network)
    if settled:  # by the village itself
        transfer.settle(network.a.desk, who(network.a), "下各村", TODAY - timedelta(days=30), None)
        network.pass_on()
    register.close(network.town.desk, who(network.town), TODAY, "moved")
    network.pass_on()
    network.pass_on()
    assert [closed(site) for site in network] == [True, True, True]
    assert known(network.a.db) == known(network.b.db) == known(network.town.db)


def test_settled_and_closed_before_the_village_hears_of_either_they_are_closed(network: Sites) -> None:
    doubled(network)
    transfer.settle(network.town.desk, who(network.town), "下各村", TODAY - timedelta(days=30), None)
    register.close(network.town.desk, who(network.town), TODAY, "moved")
    network.pass_on()
    network.pass_on()
    assert [closed(site) for site in network] == [True, True, True]
    assert [state(site) for site in network] == [["accepted"]] * 3


def test_the_village_that_has_them_keeps_whom_the_other_closes_before_it_hears_the_decision(network: Sites) -> None:
    doubled(network)
    transfer.settle(network.town.desk, who(network.town), "上各村", TODAY - timedelta(days=30), None)
    register.close(network.a.desk, who(network.a), TODAY, "moved")
    network.pass_on()
    network.pass_on()
    assert [closed(site) for site in network] == [True, False, False]
    assert known(network.a.db) == known(network.b.db) == known(network.town.db)


@pytest.mark.parametrize("settled", [False, True])
def test_what_one_computer_of_a_village_closes_the_other_does_not_open_again(
    network: Sites, like: Path, tmp_path: Path, settled: bool
) -> None:
    a, town, b = network
    second = Site("a", tmp_path / "second.db", like)  # another computer: what is written there has the same origin
    computers = [(a, "a"), (b, "b"), (second, "second")]

    def pass_on() -> None:
        for _twice in range(3):
            for site, name in computers:
                town.take(name, site.send("town"))
            for site, name in computers:
                site.take("town", town.send(name))

    register.add(b.desk, Given(Person("王秀兰", id_number=NUMBER, village="上各村", township="城关镇")))
    pass_on()
    if settled:
        transfer.settle(town.desk, who(town), "下各村", TODAY - timedelta(days=30), None)
        pass_on()
    register.close(a.desk, who(a), TODAY, "moved")
    pass_on()
    assert [closed(site) for site in (a, second)] == [True, True]
    assert closed(town) is closed(b) is settled  # undecided, the other village goes on with its own
    assert known(a.db) == known(second.db) == known(town.db) == known(b.db)
    second.db.close()


def lets_go(village: Site, of: str, to: str, taker: Site, network: Sites, asker: Site | None = None) -> bool:
    """Is somebody who moves on from there elsewhere for them, once they were taken on?"""
    asker = asker or village
    transfer.out(asker.desk, who(asker, of), to, TODAY, None)
    network.pass_on()
    transfer.accept(taker.desk, who(taker, of), TODAY, transfer.Home(f"doctor of {taker.name}"))
    network.pass_on()
    return transfers.is_elsewhere(village.db, who(village, of))


def test_a_village_settles_nobody_into_another(network: Sites) -> None:
    """It would let go, and count the other's village as its own, before anybody there said a word."""
    a, town, b = network
    doubled(network)
    for site, village in ((a, "上各村"), (b, "下各村"), (a, "河西镇/沙湾村")):
        before = known(site.db)
        with pytest.raises(NotAllowed, match=r"transfer\.not_ours"):
            transfer.settle(site.desk, who(site), village, TODAY, None)
        assert known(site.db) == before
    transfer.settle(b.desk, who(b), "上各村", TODAY, None)
    network.pass_on()
    assert [transfers.is_elsewhere(site.db, who(site)) for site in network] == [True, False, False]
    assert known(a.db) == known(b.db) == known(town.db)
    assert lets_go(a, "李建国", "城关镇/上各村", b, network)
    assert lets_go(b, "周玉珍", "城关镇/下各村", a, network)
    assert known(a.db) == known(b.db) == known(town.db)
    assert [site.trouble() for site in network] == [[], [], []]


def test_while_nobody_has_decided_neither_counts_the_others_village_as_its_own(network: Sites) -> None:
    a, town, b = network
    doubled(network)
    assert lets_go(a, "李建国", "城关镇/上各村", b, network, asker=town)
    assert lets_go(b, "周玉珍", "城关镇/下各村", a, network, asker=town)


def test_of_two_registrations_in_one_village_it_is_the_village(network: Sites) -> None:
    """A township that has everybody in its own list does not make the village forget where it is."""
    register.edit(network.a.desk, who(network.a, "李建国"), {"village": None})
    register.add(network.town.desk, Given(Person("王秀兰", id_number=NUMBER, village="下各村", township="城关镇")))
    network.pass_on()
    assert not transfers.may_settle(network.a.db, "a", network.a.ids("place", "name = '上各村'")[0])
    assert transfers.may_settle(network.a.db, "a", network.a.ids("place", "name = '下各村'")[0])
    assert lets_go(network.a, "王秀兰", "城关镇/上各村", network.b, network)


def test_who_is_all_a_village_has_is_let_go_when_they_are_settled_elsewhere(network: Sites) -> None:
    a, town, b = network
    register.edit(b.desk, who(b, "周玉珍"), {"village": None})
    doubled(network)
    transfer.settle(town.desk, who(town), "下各村", TODAY, None)
    network.pass_on()
    assert [transfers.is_elsewhere(site.db, who(site)) for site in (a, b)] == [False, True]

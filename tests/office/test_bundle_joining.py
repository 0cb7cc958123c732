"""Two people here who are one in another registry: by themselves where both have one ID number, else by decision."""

from datetime import timedelta

import pytest

from chronic.care import erase, manage, merging, record, register, undo
from chronic.errors import NotAllowed
from chronic.model.visit import Visit
from chronic.store import conflicts, merges, people, programmes, transactions
from tests.runner import id_number
from tests.travels import TODAY, Site, Sites, digest, even_out, known, registered

NUMBER, OTHERS = (id_number(f"1101051{digits}4001") for digits in ("950030", "952060"))
EARLIER = TODAY - timedelta(days=100)


@pytest.fixture
def twice(sites: Sites) -> Sites:
    """a registered somebody without a number, b with it; the township heard of both before a wrote the number down."""
    registered(sites.a, "王秀蓝")
    registered(sites.b, "王秀兰", NUMBER)
    sites.tell()
    register.edit(sites.a.desk, 1, {"id_number": NUMBER, "phone": "13800138000"})
    return sites


def one_at_a(sites: Sites) -> None:
    """b tells a, where the number finds who has it."""
    sites.a.take("b", sites.b.send("a"))
    assert len(sites.a.everyone()) == 1


def test_who_is_one_elsewhere_by_the_number_of_both_is_one_here(twice: Sites) -> None:
    one_at_a(twice)
    merged, _again = twice.tell()
    assert [(gone.person, gone.merged) for gone in merged.joined] == [(1, 2)]
    assert twice.town.everyone() == [1]
    person = people.get(twice.town.db, 1)
    assert (person.id_number, person.phone) == (NUMBER, "13800138000")
    assert {found.field for found in conflicts.undecided(twice.town.db)} == {"name"}
    even_out(list(twice))
    assert len({digest(site.db) for site in twice}) == 1


def test_what_was_recorded_of_both_is_theirs_and_what_stands_twice_is_to_be_decided(twice: Sites) -> None:
    for village, sbp in ((twice.a, 150), (twice.b, 162)):
        manage.enrol(village.desk, 1, manage.Wanted("htn", EARLIER))
        record.record(village.desk, [Visit(1, TODAY, sbp=sbp, dbp=90), Visit(1, EARLIER, sbp=sbp, dbp=80, kind="screening")])
        people_tagged(village, village.name)
    twice.tell()
    one_at_a(twice)
    merged, _again = twice.tell()
    town = twice.town
    assert len(town.ids("visit", "person = 1")) == 4
    assert len(town.ids("visit", "ended_by IS NULL AND kind = 'followup'")) == 1
    assert {found.field for found in merged.conflicts} >= {"visit", "name"}
    assert [stay.programme for stay in programmes.of(town.db, 1)] == ["htn"]
    assert len(people.refs(town.db, 1)) == 2
    even_out(list(twice))
    assert len({digest(site.db) for site in twice}) == 1


def people_tagged(site: Site, source: str) -> None:
    with transactions.immediate(site.db):
        people.link(site.db, 1, source, "7", site.desk.stamp)


def test_who_stays_is_whom_this_registry_registered_itself(sites: Sites) -> None:
    registered(sites.a, "王秀蓝")
    sites.town.take("a", sites.a.send("town"))
    own = registered(sites.town, "王秀兰")
    register.edit(sites.town.desk, own, {"id_number": NUMBER})
    register.edit(sites.a.desk, 1, {"id_number": NUMBER})
    sites.a.take("town", sites.town.send("a"))
    merged, _none = sites.tell()
    assert [(gone.person, gone.merged) for gone in merged.joined] == [(own, 1)]
    assert people.get(sites.town.db, own).id_number == NUMBER


def test_two_of_whom_somebody_said_that_they_are_two_stay_two(twice: Sites) -> None:
    merging.distinct(twice.town.desk, 1, 2, "同名")
    one_at_a(twice)
    merged, _again = twice.tell()
    assert merged.joined == ()
    assert twice.town.everyone() == [1, 2]


def test_without_a_number_of_both_somebody_decides(sites: Sites) -> None:
    one, other = registered(sites.a), registered(sites.a, "王秀蓝")
    sites.tell()
    merging.merge(sites.a.desk, one, other, {"all": merging.OURS})
    merged, _none = sites.tell()
    assert merged.joined == ()
    assert sites.town.everyone() == [1, 2]
    assert conflicts.ONE in {found.field for found in merged.conflicts}


def test_what_a_merger_decided_counts_elsewhere_too(sites: Sites) -> None:
    one = registered(sites.a, "王秀兰", NUMBER)
    other = registered(sites.a, "王秀蓝")
    sites.tell()
    register.edit(sites.a.desk, other, {"phone": "13900139000"})
    register.edit(sites.a.desk, other, {"phone": "13800138000"})
    register.edit(sites.a.desk, one, {"phone": "13700137000"})
    merging.merge(sites.a.desk, one, other, {"all": merging.OURS})
    sites.tell()
    merging.merge(sites.town.desk, 1, 2, {"all": merging.THEIRS})
    even_out(list(sites))
    assert {people.get(site.db, 1).name for site in sites} == {"王秀蓝"}
    assert len({people.get(site.db, 1).phone for site in sites}) == 1


def test_the_value_that_was_kept_does_not_go_with_the_next_bundle(sites: Sites) -> None:
    one = registered(sites.a, "王秀兰", NUMBER)
    other = registered(sites.a, "王秀蓝")
    for phone in ("13900139000", "13800138000"):
        register.edit(sites.a.desk, other, {"phone": phone})
    register.edit(sites.a.desk, one, {"phone": "13700137000"})
    merging.merge(sites.a.desk, one, other, {"all": merging.OURS})
    sites.b.take("a", sites.a.send("b"))
    register.edit(sites.b.desk, 1, {"address": "1号"})
    sites.a.take("b", sites.b.send("a"))
    assert people.get(sites.a.db, one).phone == "13700137000"
    assert people.get(sites.b.db, 1).phone == "13700137000"


def test_a_merger_taken_back_after_it_was_told_stays_taken_back(twice: Sites) -> None:
    town = twice.town
    twice.tell()  # both say that they have the number: the township is to decide
    merging.merge(town.desk, 2, 1, {"all": merging.OURS})
    even_out([twice.a, town])
    undo.take_back(town.desk, undo.last(town.desk))
    assert town.everyone() == [1, 2]
    register.edit(twice.a.desk, 1, {"address": "1号"})
    even_out([twice.a, town])
    assert town.everyone() == [1, 2]
    assert merges.looked(town.db, 1, 2) is not None


def test_a_merger_taken_back_before_anybody_heard_of_it_says_nothing(sites: Sites) -> None:
    one, other = registered(sites.a, "王秀兰", NUMBER), registered(sites.a, "王秀蓝")
    merging.merge(sites.a.desk, one, other, {"all": merging.OURS})
    undo.take_back(sites.a.desk, undo.last(sites.a.desk))
    assert merges.looked(sites.a.db, one, other) is None


def test_what_one_of_two_had_before_they_became_one_is_not_taken_back_behind_it(twice: Sites) -> None:
    one_at_a(twice)
    with pytest.raises(NotAllowed, match=r"undo.newer"):
        undo.last(twice.a.desk)


@pytest.mark.parametrize("here_too", [False, True])
def test_who_was_erased_where_they_are_one_is_erased_where_they_are_two(twice: Sites, here_too: bool) -> None:
    one_at_a(twice)
    for site, person in ((twice.a, 1), (twice.town, 2))[: 1 + here_too]:
        register.close(site.desk, person, TODAY, "died")
        erase.erase(site.desk, person, "书面申请")
    even_out(list(twice))
    assert len({digest(site.db) for site in twice}) == 1
    for site in twice:
        assert [name for (name,) in site.db.execute("SELECT name FROM person")] == ["***"]


def test_the_number_of_who_went_finds_who_stayed(twice: Sites) -> None:
    one_at_a(twice)
    twice.tell()
    found = merges.stayed(twice.town.db, 2)
    assert found is not None
    assert (found.person, found.name) == (1, "王秀兰")
    assert known(twice.town.db)

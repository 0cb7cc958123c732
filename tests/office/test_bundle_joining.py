"""Two people here who are one in another registry: by themselves where both have one ID number, else by decision."""

from datetime import timedelta
from itertools import permutations
from pathlib import Path

import pytest

from chronic.care import erase, manage, merging, record, register, slips, undo, uploads
from chronic.care.register import Given
from chronic.errors import NotAllowed
from chronic.model.person import Person
from chronic.model.referral import Referral
from chronic.model.visit import Visit
from chronic.store import conflicts, merges, people, places, programmes, transactions
from tests.runner import Chronic, id_number
from tests.travels import TODAY, Site, Sites, digest, even_out, registered, trust

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
    a, town, b = sites
    registered(a, "王秀蓝")
    town.take("a", a.send("town"))
    b.take("town", town.send("b"))
    even_out([town, b])
    register.edit(a.desk, 1, {"id_number": NUMBER})
    b.take("a", a.send("b"))
    own = registered(town, "王秀兰", NUMBER)
    b.take("town", town.send("b"))
    assert b.everyone() == [1]
    merged = town.take("b", b.send("town"))
    assert [(gone.person, gone.merged) for gone in merged.joined] == [(own, 1)]
    assert people.get(town.db, own).id_number == NUMBER


@pytest.mark.parametrize("both", [True, False])
def test_of_whom_the_sender_speaks_as_two_the_receiver_does_too(sites: Sites, both: bool) -> None:
    """A wrong number that the township lists for somebody to decide makes nobody another person in the village, also where
    only who has it, as when they move there, is spoken of."""
    a, town, b = sites
    registered(a, "王大山")
    registered(b, "李建国", NUMBER)
    sites.tell()
    register.edit(a.desk, 1, {"id_number": NUMBER})
    sites.tell()
    assert [found.field for found in conflicts.undecided(town.db)] == ["id_number"]
    header, lines = town.send("a")
    (mover,) = (line["uid"] for line in lines if line.get("name") == "李建国")
    a.take("town", (header, [line for line in lines if both or mover in (line["uid"], line.get("person"))]))
    assert sorted(name for (name,) in a.db.execute("SELECT name FROM person")) == ["李建国", "王大山"]
    assert [found.field for found in conflicts.undecided(a.db)] == ["id_number"]


def test_a_number_given_to_both_and_taken_from_one_leaves_them_one_everywhere(sites: Sites) -> None:
    a, _town, b = sites
    for village in (a, b):
        registered(village)
    sites.tell()
    for village in (a, b):
        register.edit(village.desk, 1, {"id_number": NUMBER})
    one_at_a(sites)
    register.edit(a.desk, 1, {"id_number": None})
    even_out(list(sites))
    assert [len(site.everyone()) for site in sites] == [1, 1, 1]
    assert len({digest(site.db) for site in sites}) == 1


@pytest.mark.parametrize("order", list(permutations("abc")))
def test_who_is_one_with_each_of_two_is_one_with_both(sites: Sites, like: Path, tmp_path: Path, order: tuple[str]) -> None:
    a, town, b = sites
    c = Site("c", tmp_path / "c.db", like)
    four = {site.name: site for site in (a, town, b, c)}
    for site in (a, b, c):
        registered(site)
        town.take(site.name, site.send("town"))
    for site in (a, b, c):
        register.edit(site.desk, 1, {"id_number": NUMBER})
    for site in (a, c):
        site.take("b", b.send(site.name))
    for name in order:
        town.take(name, four[name].send("town"))
    even_out(list(four.values()))
    assert [len(site.everyone()) for site in four.values()] == [1] * 4
    assert len({digest(site.db) for site in four.values()}) == 1
    assert c.trouble() == []
    c.db.close()


def test_slips_of_one_number_are_two_slips_of_one_person(twice: Sites) -> None:
    for site, person in ((twice.a, 1), (twice.town, 2)):
        manage.enrol(site.desk, person, manage.Wanted("htn", EARLIER))
        slips.out(site.desk, person, Referral(TODAY, "routine", "复查", programme="htn"))
    one_at_a(twice)
    twice.tell()
    assert twice.town.everyone() == [1]
    assert sorted(slip for (slip,) in twice.town.db.execute("SELECT slip FROM plan WHERE slip <> ''"))[0] == "2026-0001"
    assert len(twice.town.ids("referral", "person = 1")) == 2


def test_a_slip_is_given_a_number_that_no_other_registrys_slip_has_here(sites: Sites) -> None:
    registered(sites.a, number=NUMBER)
    slips.out(sites.a.desk, 1, Referral(TODAY, "routine", "复查"))
    sites.tell()
    assert slips.out(sites.town.desk, 1, Referral(TODAY, "routine", "再查")).slip == "2026-0002"


def test_nothing_of_who_was_erased_stays_in_the_file_when_the_other_half_comes_to_it(twice: Sites) -> None:
    register.close(twice.town.desk, 2, TODAY, "died")
    erase.erase(twice.town.desk, 2, "书面申请")
    register.edit(twice.a.desk, 1, {"name": "欧阳铁蛋"})
    twice.town.take("a", twice.a.send("town"))
    one_at_a(twice)
    twice.tell()
    assert twice.town.everyone() == [1]
    files = [twice.town.path, twice.town.path.with_name(f"{twice.town.path.name}-wal")]
    assert not any("欧阳铁蛋".encode() in file.read_bytes() for file in files if file.exists())


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


def test_a_merger_of_two_who_were_given_one_number_is_followed(twice: Sites) -> None:
    """It is what everybody who has both lists to decide."""
    a, town, b = twice
    twice.tell()
    b.take("town", town.send("b"))
    assert len(b.everyone()) == 2
    merging.merge(town.desk, 2, 1, {"all": merging.OURS})
    for village in (b, a):
        village.take("town", town.send(village.name))
        town.take(village.name, village.send("town"))
    for site in twice:
        assert [name for (name,) in site.db.execute("SELECT name FROM person")] == ["王秀兰"]
        assert list(conflicts.undecided(site.db)) == []
    assert len({digest(site.db) for site in twice}) == 1


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


def test_what_was_said_of_the_upload_of_who_went_is_said_of_who_stays(twice: Sites) -> None:
    town = twice.town
    uploads.send(town.desk, [people.get(town.db, 2).uid], TODAY)
    one_at_a(twice)
    twice.tell()
    assert town.db.execute("SELECT person, record FROM upload").fetchall() == [(1, people.get(town.db, 1).uid)]


def test_who_a_village_registered_goes_on_being_sent_to_it_under_another_name(sites: Sites) -> None:
    """Their home is in no village of either, so that alone says whose business they are."""
    a, town, b = sites
    town.becomes("township")
    for site, name in ((a, "下各村"), (b, "上各村")):
        with transactions.immediate(town.db):
            places.settle(town.db, "城关镇", name, None, town.desk.stamp)
        trust(site, "town", None)
        trust(town, site.name, f"城关镇/{name}")
    for site, name, number in ((a, "王秀蓝", None), (b, "王秀兰", NUMBER)):
        register.add(site.desk, Given(Person(name, village="邻村", id_number=number)))
    sites.pass_on()
    register.edit(a.desk, 1, {"id_number": NUMBER})
    one_at_a(sites)
    sites.pass_on(3)
    assert len(town.everyone()) == 1
    register.edit(town.desk, town.everyone()[0], {"phone": "13800138000"})
    sites.pass_on()
    assert [people.get(site.db, site.everyone()[0]).phone for site in sites] == ["13800138000"] * 3


@pytest.mark.parametrize(
    "sheet", ["uid,name,phone\n{},王秀兰,13811111111\n", "person_uid,visit_date,sbp,dbp\n{},2026-10-01,150,90\n"]
)
def test_a_sheet_that_names_who_went_and_was_erased_since_names_nobody(twice: Sites, tmp_path: Path, sheet: str) -> None:
    town = twice.town
    one_at_a(twice)
    twice.tell()
    (gone,) = town.db.execute("SELECT merged_uid FROM person_merge").fetchone()
    register.close(town.desk, 1, TODAY, "died")
    erase.erase(town.desk, 1, "书面申请")
    chronic = Chronic(tmp_path)
    chronic.path = town.path
    path = tmp_path / "sheet.csv"
    path.write_text(sheet.format(gone), encoding="utf-8")
    run = chronic("import", path, "--yes")
    assert "has been erased" in run.out or "2026-10-01" in sheet
    assert town.db.execute("SELECT name, phone FROM person").fetchall() == [("***", None)]


def test_of_who_is_erased_a_correction_that_was_taken_back_counts_no_more_than_before(sites: Sites) -> None:
    a, _town, b = sites
    registered(a)
    record.record(a.desk, [Visit(1, TODAY, sbp=150, dbp=90)])
    record.fix(a.desk, 1, {"sbp": 140})
    undo.take_back(a.desk, undo.last(a.desk))
    register.close(a.desk, 1, TODAY, "died")
    erase.erase(a.desk, 1, "书面申请")
    b.take("a", a.send("b"))
    assert [site.db.execute("SELECT sbp FROM visit WHERE ended_by IS NULL").fetchall() for site in (a, b)] == [[(150,)]] * 2

"""--village, --in, --doctor, --tag and --limit: the same filters on every list of people, and the same answers to slips."""

from collections.abc import Iterator

import click
import pytest

from chronic.cli.figures import BY
from chronic.cli.root import root
from chronic.cli.where import GROUPS
from chronic.reports import grouped, measures
from tests.runner import Chronic

LISTS = [
    "overdue", "overdue --kind all", "due --within 400d --kind checkup", "calls", "plan", "person list", "person rescue",
    "test due --within 400d", "checkup due --within 400d", "checkup due --abnormal",
    "screen risk --list high", "refer list", "refer list --all", "medicine refill", "medicine flags", "order list",
    "order list --all", "benefit list", "benefit list --missing", "contract list", "contract list --due 400d",
    "contract list --none", "household list", "household list --due", "household needs", "task list", "task list --all",
    "opinion list", "opinion list --all", "educate list", "report ledger patients", "transfer list",
    "transfer list --all",
]  # fmt: skip
"""Each of them has both people of the village."""
SUSPECTS = ["screen suspects", "screen at-risk", "screen due --within 400d"]
"""The same for the two people who are in no programme."""
BUT = {
    "person rescue": {"doctor", "limit"}, "household list": {"doctor"}, "household needs": {"doctor"}, "plan": {"limit"},
    "person duplicates": {"doctor", "tags"},
    "educate list": {"village", "in", "place", "doctor", "limit"}, "report cascade": {"limit"}, "report coverage": {"limit"},
    "person treated": {"doctor", "limit"}, "report warning": {"limit"}, "scale indicators": {"limit"},
}  # fmt: skip
"""Filters that mean nothing there: a household has a staff member, a plan has its days, a duplicate is of two people."""
OF_NOBODY = {
    "today", "person find", "programme list", "protocol list", "protocol show", "institution list", "institution clinics",
    "replan", "task check", "import", "upload list", "household show", "refer criteria", "task kinds",
    "doctor list", "place list", "desk list",
    "test kinds", "screen campaign", "report quality", "audit show", "backup", "check", "bundle list", "bundle conflicts",
    "log",
}  # fmt: skip
"""What prints a listing that is not one of people, or is the whole screen of a morning."""


@pytest.fixture
def village(chronic: Chronic) -> Chronic:
    """1 lives alone, in 下各村 with 李医生; 2 does not, in 上各村 with 王医生. Something of every kind happened to both."""
    for name, town, home, doctor, tags in (
        ("甲", "横溪镇", "下各村", "李医生", ("--tags", "独居")), ("乙", "白塔镇", "上各村", "王医生", ()),
    ):  # fmt: skip
        id_ = chronic.person(name, "--sex", "M", "--birth-date", "1950-01-01", "--village", home, "--township", town,
                             "--hamlet", "1组",
                             "--household-no", "7", "--responsible-doctor", doctor, "--htn-enrolled-on", "2026-01-01",
                             "--dm-enrolled-on", "2026-01-01", *tags)  # fmt: skip
        for day in ("2026-09-01", "2026-10-01"):
            chronic.visit(
                id_, day, "--bp", "168/98", "--fpg", "9.1", "--medicines", "缬沙坦胶囊, 1, 80, mg; 依那普利片, 1, 10, mg"
            )
        chronic.ok("medicine", "give", id_, "氨氯地平片", "--days", 30, "--on", "2026-10-01")
        chronic.ok("order", "add", id_, "远程心电", "--at", "县医院")
        chronic.ok("contract", "sign", id_, "--team", "李医生团队")
        chronic.ok("task", "add", "随访表未签字", "--person", id_)
        chronic.ok("opinion", "add", id_, "--complaint", "等太久")
        chronic.ok("educate", "add", "--topic", "diet", "--form", "personal", "--person", id_)
        chronic.ok("person", "rescue", id_, "--illness", "脑卒中")
        chronic.ok("household", "visit", id_, "--need", "轮椅")
        chronic.ok("checkup", "add", id_, "--ecg", "abnormal", "--on", "2026-11-01")
        chronic.ok("transfer", "out", id_, "--to", "新镇/新村")
        other = chronic.person(
            f"{name}二", "--birth-date", "1970-01-01", "--village", home, "--responsible-doctor", doctor, *tags
        )
        chronic.ok("screen", "add", other, "--bp", "150/95")
    return chronic


def names(chronic: Chronic, command: str, *filters: object) -> set[str]:
    rows = chronic.rows(*command.split(), *filters)
    return {str(row.get("name") or row.get("head")) for row in rows}


@pytest.mark.parametrize("command", [*LISTS, *SUSPECTS])
def test_a_list_is_of_the_people_asked_for(village: Chronic, command: str) -> None:
    two = "二" if command in SUSPECTS else ""
    if "none" in command:
        for person in (1, 3):
            village.ok("contract", "end", person, "--reason", "moved", "--yes")
    assert names(village, command) >= {f"甲{two}", f"乙{two}"}
    asked = {"village": "下各村", "in": "横溪镇", "doctor": "李医生", "tag": "独居"}
    for option, value in asked.items():
        if option not in BUT.get(" ".join(command.split()[:2]), ()):
            found = names(village, command, f"--{option}", value)
            assert f"甲{two}" in found
            assert not [name for name in found if name.startswith("乙")], option
    if "limit" not in BUT.get(" ".join(command.split()[:2]), ()):
        assert len(names(village, command, "--limit", 1)) == 1
    assert village(*command.split(), "--tag", "独局").last == "Nobody has the tag 独局."
    assert village(*command.split(), "--tag", "独局").code == 2
    if command != "educate list":
        for option in ("--village", "--in"):
            assert village(*command.split(), option, "无此村").code == 2
        assert village(*command.split(), "--village", "下各村", "--in", "白塔镇").code == 2
        if "due" not in command or "household" not in command:
            hamlet = names(village, command, "--in", "下各村/1组")
            assert hamlet == {"甲"} if not two else "甲二" not in hamlet


def commands(group: click.Group, name: str = "") -> Iterator[tuple[str, click.Command]]:
    with click.Context(group) as ctx:
        for word in group.list_commands(ctx):
            found = group.get_command(ctx, word)
            if isinstance(found, click.Group):
                yield from commands(found, f"{word} ")
            elif found is not None:
                yield f"{name}{word}", found


def test_no_list_of_people_was_left_without_the_filters() -> None:
    """What takes --format and needs no PERSON or NUMBER lists people, unless it is said here what else it lists."""
    for name, command in commands(root):
        params = {param.name: param for param in command.params}
        required = [param for param in command.params if isinstance(param, click.Argument) and param.required]
        if "style" not in params or required or name in OF_NOBODY or name.startswith(("export", "print")):
            continue
        wanted = {"village", "place", "doctor", "tags", "limit"} - {
            "tags" if word == "tag" else word for word in BUT.get(name, ())
        }
        assert wanted - params.keys() == set(), name


BY_PLACE = {"task list", "desk list", "scale indicators"}
"""What they count has no doctor, or no directory of doctors is there."""


def test_what_is_counted_by_anything_is_counted_by_every_level_doctor_team_and_institution() -> None:
    assert tuple(grouped.BY) == GROUPS
    assert tuple(measures.BY) == BY
    by = {
        name: param.type.choices
        for name, command in commands(root)
        for param in command.params
        if param.name == "by" and isinstance(param.type, click.Choice)
    }
    assert {"overdue", "chain", "contract list", "report indicators", "report workload", "screen campaign"} <= by.keys()
    for name in by.keys() - BY_PLACE:
        assert set(GROUPS) <= set(by[name]), name

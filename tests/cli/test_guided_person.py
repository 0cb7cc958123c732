"""Registering a resident and making a registry, question by question."""

import pytest

from tests.runner import Chronic, Run, id_number

WANG = "11010519491231002X"


def answer(chronic: Chronic, *lines: str, command: str = "person add", lang: str = "en") -> Run:
    return chronic(*command.split(), stdin="".join(line + "\n" for line in lines), console="utf-8", lang=lang, COLUMNS="90")


def test_a_resident_is_asked_for_and_the_id_number_says_the_rest(chronic: Chronic) -> None:
    run = answer(chronic, "王秀兰", WANG, "下各村", "3组", "13800138000", "1 2", "")
    assert run.code == 0
    assert "Born 1949-12-31: 王秀兰  female  76 years" in run.out
    assert "Sex" not in run.out
    assert "Next follow-up by 2026-12-05" in run.out
    assert chronic.sql("SELECT name, id_number, birth_date, sex, phone FROM person") == [
        ("王秀兰", WANG, "1949-12-31", "F", "13800138000")
    ]  # fmt: skip
    assert chronic.sql("SELECT programme FROM enrolment ORDER BY id") == [("htn",), ("dm",)]


def test_without_an_id_number_sex_and_birth_date_are_asked(chronic: Chronic) -> None:
    assert answer(chronic, "李建国", "", "男", "1967-02-03", "下各村", "", "", "", "").code == 0
    assert chronic.sql("SELECT sex, birth_date, id_number, hamlet FROM person") == [("M", "1967-02-03", None, None)]


def test_the_last_village_is_what_enter_takes(chronic: Chronic) -> None:
    chronic.person("王秀兰", "--township", "下各镇", "--village", "下各村")
    chronic.person("林伟", "--township", "上镇", "--village", "下各村")
    run = answer(chronic, "李建国", "", "", "", "", "", "", "", "")
    assert "Village  [下各村]: " in run.out
    assert "New village" not in run.out
    told = chronic.sql("SELECT village_name, township_name FROM person_card ORDER BY id DESC LIMIT 1")
    assert told == [("下各村", "上镇")]


def test_a_village_nobody_lives_in_is_asked_about(chronic: Chronic) -> None:
    chronic.person("王秀兰", "--village", "下各村")
    run = answer(chronic, "李建国", "", "", "", "下格村", "n", "上各村", "y", "", "", "", "")
    assert "There is no village 下格村 yet; known are: 下各村." in run.out
    assert chronic.sql("SELECT name FROM place WHERE level = 'village' ORDER BY id") == [("下各村",), ("上各村",)]


def test_a_mistyped_id_number_or_one_already_known_is_asked_again(chronic: Chronic) -> None:
    chronic.person("王秀兰", "--id-number", WANG)
    run = answer(chronic, "王秀兰", "110105194912310021", WANG, "", "f")
    assert "Same name: 1 王秀兰  female  76 years" in run.out
    assert "check digit is wrong" in run.out
    assert "Already registered: 1 王秀兰." in run.out
    assert run.out.count("ID number: ") == 3


def test_a_birth_date_in_the_future_is_asked_again(chronic: Chronic) -> None:
    run = answer(chronic, "王秀兰", "", "f", "2027-01-01", "1955-03-01")
    assert "lies in the future" in run.out
    assert run.out.count("Birth date: ") == 2


def test_what_the_line_says_is_not_asked(chronic: Chronic) -> None:
    run = answer(chronic, "王秀兰", "下各村", "3组", "", "", command=f"person add --id-number {WANG} --phone 13800138000")
    assert run.code == 0
    assert "ID number" not in run.out
    assert "Sex" not in run.out
    assert chronic.sql("SELECT phone FROM person") == [("13800138000",)]


def test_stopping_registers_nobody(chronic: Chronic) -> None:
    before = chronic.dump()
    answers = ("王秀兰", WANG, "下各村", "3组", "13800138000", "1 2")
    for so_far in range(len(answers) + 1):
        run = answer(chronic, *answers[:so_far])
        assert (run.code, run.last) == (1, "Stopped: nobody was registered.")
    assert answer(chronic, *answers, "n").code == 1
    assert chronic.dump() == before


def test_a_name_given_is_registered_without_a_question(chronic: Chronic) -> None:
    run = answer(chronic, command="person add 王秀兰")
    assert run.code == 0
    assert run.out.startswith("Registered as number 1")


def test_without_a_terminal_a_missing_name_is_an_error(chronic: Chronic) -> None:
    run = chronic("person", "add", lang="zh")
    assert (run.code, run.out) == (2, "")
    assert "缺少参数 'NAME'" in run.last


def test_an_old_id_number_is_given_its_18_characters_with_a_word(chronic: Chronic) -> None:
    run = answer(chronic, "老李", "110105500101123", "", "", "", "", "")
    assert "was given its 18 characters" in run.out
    assert chronic.sql("SELECT id_number FROM person") == [(id_number("11010519500101123"),)]


# init ---------------------------------------------------------------------------------------------


def test_a_registry_takes_four_answers(bare: Chronic) -> None:
    run = answer(bare, "下各村卫生室", "33102410120", "331024101201", "李医生", "2", "1", command="init")
    assert run.code == 0
    assert "33102410120 is not a 12-digit area code." in run.out
    assert "331024101201 is the code of a Village, and --level says Township." in run.out
    told = dict(bare.sql("SELECT key, value FROM setting"))
    assert (told["name"], told["area"], told["doctor"], told["level"]) == (
        "下各村卫生室", "331024101201", "李医生", "village",
    )  # fmt: skip


def test_four_times_enter_is_enough(bare: Chronic) -> None:
    assert answer(bare, "", "", "", "", command="init").code == 0
    told = dict(bare.sql("SELECT key, value FROM setting"))
    assert (told["name"], told["level"], "area" in told, "doctor" in told) == ("Village clinic", "village", False, False)


def test_stopping_makes_no_registry(bare: Chronic) -> None:
    run = answer(bare, "下各村卫生室", command="init")
    assert (run.code, run.last) == (1, "Stopped: no registry was made.")
    assert list(bare.folder.iterdir()) == []


@pytest.mark.parametrize("there", [{}, {"stdin": "x\n"}, {"console": "utf-8"}])
def test_without_a_terminal_init_takes_its_defaults(bare: Chronic, there: dict[str, str]) -> None:
    assert bare("init", **there).code == 0
    assert dict(bare.sql("SELECT key, value FROM setting"))["name"] == "Village clinic"

"""The books of a guideline: complete, cited, laid over by a county, and refused with the address of what is wrong."""

import re
from collections.abc import Iterator

import pytest

from chronic.errors import ValueRefused
from chronic.model.fields import VISIT_FIELDS
from chronic.protocol import DEFAULT, Interval, Names, Protocol, books, load, parse, tasks
from chronic.protocol.advice import Advice
from chronic.protocol.complications import Complications
from chronic.protocol.education import Education
from chronic.protocol.named import CRITERIA, LINES, Named, When, Whom
from chronic.protocol.referrals import Referrals
from chronic.protocol.sections import Section
from chronic.protocol.tasks import Tasks
from chronic.reports.problems import queries
from chronic.rules import advice, criteria

NATIONAL = load(DEFAULT)
BOOKS = {shape.table: shape.of(NATIONAL) for shape in books.BOOKS}
MARKS = {"A", "B", "UNVERIFIED-H", "UNVERIFIED-M", "DERIVED", "PROPOSED"}
COUNTY = """
id = "xx-county-2026"
base = "cn-nbphs-2017"
effective_from = 2026-01-01
title = { zh = "某县2026", en = "Some county 2026" }

[cites.county]
source = "XX county 2026"
mark = "A"
zh = "本县规定"
en = "The county's rule"
"""


def county(*tables: str) -> Protocol:
    return parse("\n".join((COUNTY, *tables)))


def refused(*tables: str) -> tuple[object, object]:
    """(key, problem) of the refusal of a county's file with these tables."""
    with pytest.raises(ValueRefused) as caught:
        books.check(county(*tables))
    assert caught.value.code == "protocol.key"
    return caught.value.values["key"], caught.value.values["problem"]


def everything(section: Section, address: str = "") -> Iterator[tuple[str, Section]]:
    for name, part in section.parts():
        yield f"{address}{name}", part
        yield from everything(part, f"{address}{name}.")


def texts() -> Iterator[tuple[str, Names]]:
    for book, found in BOOKS.items():
        for address, part in everything(found):
            yield from ((f"{book}.{address}.{k}", text) for k, text in vars(part).items() if isinstance(text, Names))
        yield from ((f"{book}.cites.{key}", Names(cite.zh, cite.en)) for key, cite in vars(found)["cites"].items())


# what is shipped ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", BOOKS)
def test_every_citation_is_used_and_every_section_with_a_value_has_one(name: str) -> None:
    book = BOOKS[name]
    cited = {vars(part)["cite"] for _, part in everything(book)}
    assert cited == set(vars(book)["cites"])


@pytest.mark.parametrize("name", BOOKS)
def test_every_mark_is_known_and_what_is_not_verified_says_so(name: str) -> None:
    for key, cite in vars(BOOKS[name])["cites"].items():
        assert cite.mark in MARKS, key
        assert cite.unverified == ("未核实" in cite.zh) == ("unverified" in cite.en), key


def test_every_text_is_there_in_both_languages_and_survives_a_chinese_console() -> None:
    found = dict(texts())
    assert len(found) > 150
    for address, text in found.items():
        assert text.zh.encode("gbk"), address
        assert re.search(r"[\u4e00-\u9fff]", text.zh), address
        assert text.en.strip(), address
        assert not re.search(r"[\u4e00-\u9fff]", text.en), address
        assert not re.search("[，。：；、！？（）“”【】]", text.zh), address


def test_no_text_names_a_drug_or_a_dose_or_changes_a_treatment() -> None:
    drugs = "地平|普利|沙坦|洛尔|噻嗪|双胍|格列|他汀|阿司匹林|mg(?!/g)|毫克|加量|减量|停药|开始服|诊断为|确诊为"
    for address, text in texts():
        if ".cites." not in address and not address.startswith("medicines.classes."):  # what is taken has a name
            assert not re.search(drugs, text.zh), address
            assert not re.search("amlodipine|metformin|statin|aspirin|pril|sartan|diagnosed", text.en), address


def test_every_named_test_is_implemented_and_every_implemented_one_has_a_name() -> None:
    assert set(criteria.TESTS) == set(CRITERIA)
    assert set(advice.TESTS) == set(LINES)


def test_a_test_named_in_a_criterion_can_be_recorded() -> None:
    found = Referrals.of(NATIONAL)
    named = {
        c.decides.args[0] for c in found.criteria.values() if c.decides.name in ("value_below", "value_above", "abnormal")
    }
    assert named == {"potassium", "arm_difference", "urine"}
    assert named <= set(Complications.of(NATIONAL).tests)


def test_the_signs_are_those_of_the_rule_book() -> None:
    codes = {code for sign in Referrals.of(NATIONAL).signs.values() for code in sign.codes}
    assert codes == {*(f"HT-E{n}" for n in range(2, 11)), *(f"DM-E{n}" for n in range(4, 12))}


def test_the_numbers_are_those_of_the_rule_book() -> None:
    matrix, refer = Complications.of(NATIONAL), Referrals.of(NATIONAL)
    year, quarter = Interval(12, 0), Interval(3, 0)
    assert [str(flag.when) for flag in matrix.tests["creatinine"].flags.values()][:2] == ["egfr < 30", "egfr < 60"]
    assert str(matrix.tests["uacr"].flags["raised"].when) == "uacr >= 30"
    assert matrix.tests["uacr"].flags["raised"].within == quarter
    assert str(matrix.tests["abi"].flags["low"].when) == "abi < 0.9"
    assert str(matrix.tests["lipids"].flags["triglycerides"].when) == "tg >= 5.6"
    yearly = {code for code, item in matrix.tests.items() if item.every == year and item.whom}
    assert yearly == set(matrix.tests) - {"foot_pulse", "hba1c", "potassium", "arm_difference", "imaging"}
    assert (matrix.tests["foot_pulse"].every, matrix.tests["hba1c"].valid) == (quarter, quarter)
    assert [str(line) for line in matrix.tests["ecg"].whom] == ["any from 35"]
    assert [str(line) for line in matrix.tests["carotid"].whom] == ["any from 40"]
    assert [str(line) for line in matrix.tests["foot_pulse"].whom] == ["dm", "any smoker", "any from 50"]
    decides = {code: str(one.decides) for code, one in refer.criteria.items()}
    assert decides["htn_young"] == "onset_below htn 30"
    assert decides["htn_potassium"] == "value_below potassium 3.5"
    assert decides["htn_arms"] == "value_above arm_difference 20"
    assert decides["dm_young"] == "age_below 25"
    assert decides["htn_severe_signs"] == decides["htn_pressure_stays"] == "bp_at_or_above 180/110"
    assert decides["htn_not_at_goal"] == "uncontrolled_for htn 3 months"
    says = Advice.of(NATIONAL).lines
    assert str(says["weight"].when) == "bmi_from 24 80 27"
    assert str(says["waist"].when) == "waist_from 90 85"
    assert str(says["exercise"].when) == "exercise_below 5 30"


def test_six_diseases_each_have_a_test_and_a_question() -> None:
    matrix = Complications.of(NATIONAL)
    assert matrix.in_force.diseases == ["chd", "stroke", "kidney", "eye", "nerve", "vessel"]
    assert {code for item in matrix.tests.values() for code in item.diseases} == set(matrix.in_force.diseases)


# a county's own tables ------------------------------------------------------------------------------

ECG = '[complications.tests.ecg]\ncite = "county"\nvalid = "6 months"'
LIST = '[complications.in_force]\ncite = "county"\ndiseases = ["chd", "kidney"]'
AT_FLAG, AT_YOUNG = "complications.tests.ecg.flags.abnormal", "referrals.criteria.htn_young"
FLAG, YOUNG = (f'[{address}]\ncite = "county"\n' for address in (AT_FLAG, AT_YOUNG))
SALT = '[advice.lines.salt]\ncite = "county"\ntells = { zh = "每天盐少于6克.", en = "Less than 6 g of salt a day." }'


def test_a_county_changes_one_window_and_nothing_else() -> None:
    own = Complications.of(county(ECG))
    assert own.tests["ecg"].valid == Interval(6, 0)
    assert own.tests["ecg"].every == Interval(12, 0)
    assert own.cites["county"].mark == "A"
    assert {c: i for c, i in own.tests.items() if c != "ecg"} == {
        c: i for c, i in Complications.of(NATIONAL).tests.items() if c != "ecg"
    }
    assert Referrals.of(county(ECG)) is Referrals.of(NATIONAL)


def test_a_county_has_its_own_list_of_diseases() -> None:
    assert Complications.of(county(LIST)).in_force.diseases == ["chd", "kidney"]
    assert Complications.of(NATIONAL).in_force.diseases[1] == "stroke"


def test_a_county_says_it_in_its_own_words() -> None:
    assert Advice.of(county(SALT)).lines["salt"].tells.zh == "每天盐少于6克."


def test_two_counties_with_other_books_are_not_the_same_guideline() -> None:
    assert county(ECG) != county(LIST)
    assert county(ECG) == county(ECG)


@pytest.mark.parametrize("table", [ECG, LIST, SALT], ids=["window", "list", "words"])
def test_who_changes_a_number_or_a_word_says_where_it_is_from(table: str) -> None:
    with pytest.raises(ValueRefused) as caught:
        county(table.replace('cite = "county"\n', ""))
    assert caught.value.values["problem"] == "cite"
    assert str(caught.value.values["key"]).endswith(".cite")


@pytest.mark.parametrize(
    ("table", "key"),
    [
        (ECG.replace("valid", "vaild"), "complications.tests.ecg.vaild"),
        (ECG.replace('"6 months"', '"6 years"'), "complications.tests.ecg.valid"),
        (ECG + '\nwhom = ["dm of 35"]', "complications.tests.ecg.whom"),
        (ECG + '\nwhom = ["asthma"]', "complications.tests.ecg.whom"),
        (ECG + '\ndiseases = ["gout"]', "complications.tests.ecg.diseases"),
        (ECG + '\ncolumns = ["ecg_wave"]\nunits = ["mV"]', "complications.tests.ecg.columns"),
        (ECG + '\ncolumns = ["uacr"]', "complications.tests.ecg.units"),
        (LIST.replace("chd", "gout"), "complications.in_force.diseases"),
        (FLAG + 'when = "tg >= 5"', AT_FLAG + ".when"),
        (FLAG + 'when = "tg > 5"', AT_FLAG + ".when"),
        (FLAG + 'action = "cure"', AT_FLAG + ".action"),
        ('[complications.tests.uric]\ncite = "county"\nneeded = true', "complications.tests.uric.columns"),
        (YOUNG + 'kind = "someday"', AT_YOUNG + ".kind"),
        (YOUNG + 'decides = "smoking"', AT_YOUNG + ".decides"),
        (YOUNG + 'decides = "in_a_row copd"', AT_YOUNG + ".decides"),
        (YOUNG + 'decides = "onset_below htn"', AT_YOUNG + ".decides"),
        (YOUNG + 'decides = "asked 3"', AT_YOUNG + ".decides"),
        (YOUNG + 'programmes = ["copd"]', AT_YOUNG + ".programmes"),
        ('[advice.lines.salt]\ncite = "county"\nwhen = "asked"', "advice.lines.salt.when"),
        ('[advice.lines.salt]\ncite = "county"\nwhen = "one_of slat heavy"', "advice.lines.salt.when"),
        ('[complications.egfr]\ncite = "county"\nformula = "mdrd"', "complications.egfr.formula"),
        (SALT.replace("6克", "{grams}克"), "advice.lines.salt.tells"),
        (SALT.replace("6克", "{克"), "advice.lines.salt.tells"),
        ('[advice.lines.salt]\ncite = "nowhere"', "advice.lines.salt.cite = nowhere"),
    ],
)  # fmt: skip
def test_a_wrong_key_or_word_is_refused_with_its_address(table: str, key: str) -> None:
    assert refused(table)[0] == key


def test_a_book_that_is_not_shipped_is_refused_by_name() -> None:
    with pytest.raises(ValueRefused) as caught:
        books.check(county('[books]\nadvice = "cn-nothing"'))
    assert caught.value.values == {"protocol": "cn-nothing"}


def test_what_is_ours_cannot_be_written_into_a_file() -> None:
    with pytest.raises(ValueRefused) as caught:
        county("[own]\nadvice = 1")
    assert caught.value.values["key"] in ("own", "own.cite")


@pytest.mark.parametrize("text", ["any from 35", "dm", "htn+lipid from 50 smoker", "any smoker"])
def test_whom_reads_as_it_is_written(text: str) -> None:
    assert str(Whom.read(text)) == text


@pytest.mark.parametrize("text", ["abnormal", "uacr >= 30", "egfr < 59.5", "dorsalis_pedis = weak_left absent_both"])
def test_what_matters_reads_as_it_is_written(text: str) -> None:
    assert str(When.read(text)) == text


@pytest.mark.parametrize("text", ["asked", "danger danger.bp", "one_of salt medium heavy", "repeated_lows 2 3 months"])
def test_a_named_test_reads_as_it_is_written(text: str) -> None:
    assert str(Named.read(text)) == text


def test_values_on_visits_are_columns_of_the_visit() -> None:
    own = {field.column for field in VISIT_FIELDS}
    held = {column for item in Complications.of(NATIONAL).tests.values() for column in item.columns}
    assert held & own == {"tc", "tg", "ldl_c", "hdl_c", "uacr", "creatinine", "dorsalis_pedis", "hba1c"}
    assert held - own == {"egfr", "abi", "potassium", "arm_difference"}


# tasks and health education --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("table", "wrong"),
    [
        ('[tasks.in_force]\ncite = "county"\nchecks = ["nothing"]', ("tasks.in_force.checks", "nothing")),
        ('[tasks.checks.overdue]\ncite = "county"\nfinds = "luck"', ("tasks.checks.overdue.finds", "luck")),
        ('[tasks.checks.overdue]\ncite = "county"\nended_by = "time"', ("tasks.checks.overdue.ended_by", "time")),
        ('[tasks.checks.danger]\ncite = "county"\nfinds = "overdue"', ("tasks.checks.danger.after", "missing")),
        ('[tasks.checks.missing]\ncite = "county"\nfields = ["name"]', ("tasks.checks.missing.fields", "name")),
        ('[tasks.checks.missing]\ncite = "county"\nfields = []', ("tasks.checks.missing.fields", "missing")),
        ('[tasks.checks.notice]\ncite = "county"\ntags = []', ("tasks.checks.notice.tags", "missing")),
        (
            '[tasks.checks.overdue]\ncite = "county"\nsays = { zh = "逾期{days}天", en = "late {days}" }',
            ("tasks.checks.overdue.says", "days"),
        ),
        ('[tasks.checks.overdue]\ncite = "county"\nafter = "0 days"', ("tasks.checks.overdue.after", "'0 days'")),
        (
            '[tasks.checks.typed]\ncite = "county"\nfinds = "danger"\nname = { zh = "x", en = "x" }\nwithin = "1 days"\n'
            'ended_by = "fact"\nsays = { zh = "x", en = "x" }',
            ("tasks.checks.typed", "typed"),
        ),
        ('[education.topics.dengue]\ncite = "county"', ("education.topics.dengue.name", "missing")),
    ],
)
def test_a_wrong_word_about_work_is_named_with_its_address(table: str, wrong: tuple[str, str]) -> None:
    assert refused(table) == wrong


def test_a_county_adds_a_topic_and_its_own_tag_of_monitored_households() -> None:
    own = county(
        '[education.topics.dengue]\ncite = "county"\nname = { zh = "登革热", en = "dengue" }',
        '[tasks.checks.notice]\ncite = "county"\ntags = ["三类户"]',
    )
    assert "dengue" in Education.of(own).topics
    assert Tasks.of(own).checks["notice"].tags == ["三类户"]
    assert Tasks.of(NATIONAL).checks["notice"].tags == ["monitored"]


def test_every_check_that_can_be_named_is_implemented_and_in_force() -> None:
    words = Tasks.of(NATIONAL)
    assert {check.finds for check in words.checks.values()} == set(tasks.FINDS)
    assert set(words.in_force.checks) == {*words.checks, "typed"}
    for check in words.checks.values():
        if check.finds not in ("finding", "quality"):
            assert queries(check)


def test_a_book_nobody_reads_is_refused() -> None:
    assert refused('[books]\nweather = "cn-advice"') == ("books.weather", "unknown")

"""Identity numbers: what is accepted, what is refused and why, and how little of it is shown."""

from datetime import date, timedelta

import pytest

from chronic.model.idcard import BadIdCard, IdCard, check_character, masked_id, masked_phone, parse_id, tidy

TODAY = date(2026, 11, 21)
SAMPLE = "11010519491231002X"  # the example in GB 11643-1999


def number(area: str = "370112", born: str = "19600229", serial: str = "123") -> str:
    """A number with its right check character. An odd serial is a man's."""
    first17 = area + born + serial
    return first17 + check_character(first17)


def reason(text: str, today: date = TODAY) -> str:
    """Why it is refused."""
    with pytest.raises(BadIdCard) as refused:
        parse_id(text, today)
    return str(refused.value.args[0])


def test_the_sample_of_the_standard_is_valid() -> None:
    assert parse_id(SAMPLE, TODAY) == IdCard(SAMPLE, date(1949, 12, 31), "F")


def test_the_other_sample_of_the_standard_is_valid_and_a_man() -> None:
    assert parse_id("440524188001010014", date(1980, 1, 1)) == IdCard("440524188001010014", date(1880, 1, 1), "M")


@pytest.mark.parametrize(
    "text",
    [
        "11010519491231002x",
        "11010519491231002Ⅹ",  # U+2169, from input methods
        "11010519491231002ⅹ",  # U+2179
        "１１０１０５１９４９１２３１００２Ｘ",
        " 11010519491231002X\n",
        "110105 19491231 002X",
        "110105-19491231-002X",
        "110105－19491231－002X",
        "110105\u300019491231\u00a0002X",
    ],
)
def test_a_number_is_read_however_it_was_typed(text: str) -> None:
    assert parse_id(text, TODAY).number == tidy(text) == SAMPLE


def test_a_wrong_check_character_is_refused() -> None:
    assert reason("110105194912310021") == "checksum"


@pytest.mark.parametrize("position", range(17))
def test_one_digit_mistyped_anywhere_is_noticed(position: int) -> None:
    wrong = str((int(SAMPLE[position]) + 1) % 10)
    assert reason(SAMPLE[:position] + wrong + SAMPLE[position + 1 :]) == "checksum"


@pytest.mark.parametrize("position", [at for at in range(16) if SAMPLE[at] != SAMPLE[at + 1]])
def test_two_neighbours_swapped_are_noticed(position: int) -> None:
    swapped = SAMPLE[:position] + SAMPLE[position + 1] + SAMPLE[position] + SAMPLE[position + 2 :]
    assert reason(swapped) == "checksum"


@pytest.mark.parametrize(
    "text",
    [
        "", "无", "0", "1101051949123100",
        "11010519491231002", "11010519491231002XX", "X1010519491231002X", "1101051949123100XX",
        "11010519491231002Y", "11010519491231002K", "4.40981E+17",
        "440981000000000000.0", "11010549123100", "1101054912310021",
        "11010549123100X", "110105194912310O2X", "١١٠١٠٥١٩٤٩١٢٣١٠٠٢X", "११०१०५४९१२३१००२",
    ],
)  # fmt: skip
def test_anything_not_shaped_like_a_number_is_refused(text: str) -> None:
    assert reason(text) == "shape"


def test_fifteen_digits_get_the_century_19_and_a_check_character() -> None:
    assert parse_id("110105491231002", TODAY) == IdCard(SAMPLE, date(1949, 12, 31), "F", upgraded=True)


def test_fifteen_digits_may_be_typed_full_width_and_with_spaces() -> None:
    assert parse_id("１１０１０５ ４９１２３１ ００２", TODAY).number == SAMPLE


def test_eighteen_characters_are_not_called_upgraded() -> None:
    assert not parse_id(SAMPLE, TODAY).upgraded


def test_fifteen_digits_with_an_impossible_day_are_refused() -> None:
    assert reason("110105491331002") == "birth_date"


@pytest.mark.parametrize("born", ["19600230", "19610229", "19001301", "19600001", "19600100", "00000101", "19600631"])
def test_a_birth_date_that_does_not_exist_is_refused(born: str) -> None:
    assert reason(number(born=born)) == "birth_date"


def test_a_birth_on_29_february_of_a_leap_year_is_accepted() -> None:
    assert parse_id(number(born="19600229"), TODAY).birth_date == date(1960, 2, 29)


def test_someone_born_today_is_accepted_and_tomorrow_refused() -> None:
    card = number(born="20261121")
    assert parse_id(card, TODAY).birth_date == TODAY
    assert reason(card, TODAY - timedelta(days=1)) == "future"


def test_a_person_of_125_is_accepted_and_an_older_one_refused() -> None:
    assert parse_id(number(born="19011121"), TODAY).birth_date == date(1901, 11, 21)
    assert reason(number(born="19001121")) == "birth_date"
    assert reason(number(born="17760704")) == "birth_date"


@pytest.mark.parametrize("area", ["810000", "820000", "830000"])
def test_residence_permits_of_hong_kong_macau_and_taiwan_are_accepted(area: str) -> None:
    assert parse_id(number(area, "19850312", "001"), TODAY).birth_date == date(1985, 3, 12)


def test_the_permit_of_a_foreigner_is_accepted() -> None:
    assert parse_id(number("911124", "19810303", "003"), TODAY).sex == "M"


@pytest.mark.parametrize(
    ("serial", "sex"), [("001", "M"), ("002", "F"), ("999", "M"), ("000", "F"), ("018", "F"), ("107", "M")]
)
def test_an_odd_seventeenth_digit_is_a_man(serial: str, sex: str) -> None:
    assert parse_id(number(serial=serial), TODAY).sex == sex


def test_a_county_younger_than_its_people_is_accepted_though_python_stdnum_refuses_it() -> None:
    ric = pytest.importorskip("stdnum.cn.ric")
    card = number("370112", "19600305", "123")  # 历城区 became a district of Jinan in 1987
    assert not ric.is_valid(card)
    assert parse_id(card, TODAY) == IdCard(card, date(1960, 3, 5), "M")


def test_check_characters_agree_with_python_stdnum() -> None:
    hypothesis = pytest.importorskip("hypothesis")
    ric = pytest.importorskip("stdnum.cn.ric")

    def agree(first17: str) -> None:
        assert check_character(first17) == ric.calc_check_digit(first17 + "?")

    hypothesis.given(hypothesis.strategies.from_regex(r"[0-9]{17}", fullmatch=True))(agree)()


def test_any_day_of_birth_and_serial_is_read_back() -> None:
    hypothesis = pytest.importorskip("hypothesis")
    some = hypothesis.strategies

    def agree(born: date, serial: int, area: int) -> None:
        card = number(str(area), born.strftime("%Y%m%d"), f"{serial:03}")
        assert parse_id(card, TODAY) == IdCard(card, born, "M" if serial % 2 else "F")

    hypothesis.given(some.dates(date(1902, 1, 1), TODAY), some.integers(0, 999), some.integers(110000, 839999))(agree)()


def test_any_text_is_either_a_number_of_ascii_digits_or_refused() -> None:
    hypothesis = pytest.importorskip("hypothesis")
    some = hypothesis.strategies

    reasons: set[str] = set()

    def agree(text: str) -> None:
        try:
            card = parse_id(text, TODAY)
        except BadIdCard as refused:
            reasons.add(refused.args[0])
        else:
            assert len(card.number) == 18
            assert card.number.isascii()

    hypothesis.given(some.text(max_size=24) | some.from_regex(r"\d{15}|\d{17}[\dxX]", fullmatch=True))(agree)()
    assert reasons <= {"shape", "checksum", "birth_date", "future"}


def test_a_masked_number_shows_the_first_six_and_the_last_four() -> None:
    assert masked_id(SAMPLE) == "110105********002X"


def test_the_masked_number_hides_the_birth_date() -> None:
    assert "1949" not in str(masked_id(SAMPLE))


@pytest.mark.parametrize("nothing", [None, ""])
def test_masking_nothing_shows_nothing(nothing: str | None) -> None:
    assert masked_id(nothing) == nothing
    assert masked_phone(nothing) == nothing


@pytest.mark.parametrize(
    ("phone", "shown"),
    [
        ("13812345512", "138****5512"),
        ("053412345678", "053*****5678"),
        ("2345678", "*****78"),
        ("110", "*10"),
        ("8", "8"),
    ],
)
def test_a_masked_phone_shows_three_and_four_digits_and_a_short_one_only_two(phone: str, shown: str) -> None:
    assert masked_phone(phone) == shown

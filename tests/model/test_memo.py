"""A memory that asks once and never grows beyond its limit."""

from chronic.model.memo import Memo


def test_each_value_is_asked_for_once() -> None:
    asked: list[int] = []

    def ask(key: int) -> str:
        asked.append(key)
        return f"<{key}>"

    memo = Memo(ask, limit=10)
    assert [memo[1], memo[2], memo[1]] == ["<1>", "<2>", "<1>"]
    assert asked == [1, 2]


def test_it_is_bounded_and_right_after_forgetting() -> None:
    memo = Memo[int, int](lambda key: key * key, limit=10)
    assert [memo[key % 37] for key in range(1000)] == [(key % 37) ** 2 for key in range(1000)]
    assert len(memo) <= 10

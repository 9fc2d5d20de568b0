"""A refusal names the argument, the row and the rule, in Chinese and in English."""

from chedai.engine.errors import EngineError, InvalidArgument


def test_refusal_of_one_value_names_argument_rule_and_value() -> None:
    refusal = InvalidArgument("principal", "must be at least 1", "不得小于 1", value=-5)
    assert refusal.text("en") == "principal: must be at least 1 (got -5)"
    assert refusal.text("zh") == "principal:不得小于 1(现为 -5)"
    assert str(refusal) == refusal.text("en")


def test_refusal_in_a_column_counts_rows_from_one() -> None:
    refusal = InvalidArgument("principal", "must be at least 1", "不得小于 1", row=2)
    assert refusal.text("en") == "principal, row 3: must be at least 1"
    assert refusal.text() == "principal 第 3 行:不得小于 1"


def test_every_refusal_is_a_value_error() -> None:
    assert issubclass(EngineError, ValueError)

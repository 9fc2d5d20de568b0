"""`chedai policies` as a person at the desk uses it."""

from __future__ import annotations

import re

import pytest

from chedai.cli import policies
from chedai.cli.say import Refused, Say
from chedai.platform.policies import shipped_book


def shown(capsys: pytest.CaptureFixture[str], *arguments: str, language: str = "zh") -> list[str]:
    """What the command prints, line by line."""
    assert policies.main(arguments, Say("zh" if language == "zh" else "en")) == 0
    return capsys.readouterr().out.splitlines()


def test_the_caps_of_a_bank_on_a_day(capsys: pytest.CaptureFixture[str]) -> None:
    lines = shown(capsys, "rate_caps.loan", "--on", "2026-11-21", "--lender-type", "bank", "--region", "henan")
    assert lines[-1] == "共 3 条"
    assert lines[4] == "地方银行车贷自律上限: 取低 2 x LPR1Y, 6% 每年"
    assert lines[5] == (
        "  rate_caps.loan.regional_self_discipline/henan-2025 · bank · henan · 2025-06-16 起 · B · 银行声明/自律"
    )


def test_a_stale_series_is_told_under_the_table(capsys: pytest.CaptureFixture[str]) -> None:
    lines = shown(capsys, "lpr", "--on", "2026-11-21", language="en")
    assert lines[0] == "Loan prime rate, one year: 3% per year"
    assert [line[:20] for line in lines if line.startswith("! ")] == ["! lpr.toml, lpr.1y [", "! lpr.toml, lpr.5y ["]


def test_without_a_day_closed_rows_are_listed_too(capsys: pytest.CaptureFixture[str]) -> None:
    lines = shown(capsys, "lpr.1y")
    assert lines[1].split(" · ")[1] == "2019-08-20 至 2019-09-19"
    assert lines[-1] == "共 15 条"


@pytest.mark.parametrize(
    ("prefix", "zh", "en"),
    [
        ("loan_ratio.max", "无监管上限,贷款人自定", "no limit, the lender decides"),
        ("contract.cooling_off", "未查到规定", "no rule found"),
        ("loan_amount.internet", "300,000.00 元", "300,000.00 yuan"),
        ("loan_term.dealer_stock", "12 个月", "12 months"),
        ("penalty.overdue", "30%-50% 占合同利率", "30%-50% of contract rate"),
        ("penalty.judgment", "0.0175% 每日", "0.0175% per day"),
        ("collection_conduct.quiet", "22:00-08:00", "22:00-08:00"),
        ("collateral.waivable", "是", "yes"),
        ("allocation.statutory", "fee > interest > principal", "fee > interest > principal"),
        ("aging.buckets", "M1 1-30; M2 31-60; ", "M6 151-180; M7+ 181-"),
        ("personal_data.classes", "C3 鉴别信息", "C3 what authenticates"),
        ("tax.labour.brackets", "<= 20,000.00: 20% - 0.00; ", "; 40% - 7,000.00"),
        ("rate_caps.loan.private_lending_void", "36% 每年", "36% per year"),
        ("rate_caps.loan.micro_loan_target", "4 x LPR1Y 每年", "4 x LPR1Y per year"),
        ("calendar_cn", "放假 33 天,调休上班 6 天", "33 days off, 6 worked in exchange"),
        ("loan_ratio.price_base", "不含各类附加税、费及保费", "taxes, fees and insurance premiums left out"),
    ],
)
def test_every_kind_of_value_is_written_for_people(
    capsys: pytest.CaptureFixture[str], prefix: str, zh: str, en: str
) -> None:
    assert zh in "\n".join(shown(capsys, prefix))
    assert en in "\n".join(shown(capsys, prefix, language="en"))


def test_every_row_of_the_book_can_be_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert re.fullmatch(r"共 (\d+) 条", shown(capsys)[-1]) is not None
    assert shown(capsys)[-1] == f"共 {len(shipped_book().rows())} 条"


@pytest.mark.parametrize("arguments", [("--on", "yesterday"), ("--region", "atlantis")])
def test_a_wrong_call_is_one_line(arguments: tuple[str, str]) -> None:
    with pytest.raises(Refused, match=arguments[1]):
        policies.main(arguments, Say("zh"))

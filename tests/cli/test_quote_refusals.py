"""What `chedai quote` refuses: one line that names the option, the value and the rule."""

from __future__ import annotations

import pytest

from tests.cli.run import chedai

BASE = ("--price", "100000", "--rate", "5.88", "--term", "36")


def _refused(capsys: pytest.CaptureFixture[str], *options: str) -> str:
    ran = chedai(capsys, "quote", *options)
    assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 1)
    return ran.err.removeprefix("chedai: ").rstrip("\n")


@pytest.mark.parametrize(
    ("options", "line"),
    [
        (("--price", "abc", "--term", "36", "--rate", "5"), "--price:必须是以元为单位的金额(现为 abc)"),
        (("--price", "0", "--term", "36", "--rate", "5"), "--price:必须大于 0(现为 0)"),
        (("--price", "1e30", "--term", "36", "--rate", "5"), "--price:超出可表示的金额范围(现为 1e30)"),
        (("--price", "1000", "--rate", "5"), "--term:必须给出"),
        (("--price", "1000", "--term", "0", "--rate", "5"), "--term:必须是不小于 1 的整数(现为 0)"),
        (("--price", "1000", "--term", "3.5", "--rate", "5"), "--term:必须是不小于 1 的整数(现为 3.5)"),
        (("--price", "1000", "--term", "36"), "--rate:必须给出"),
        (("--price", "1000", "--term", "36", "--rate", "nan"), "--rate:必须是有限的百分数(现为 nan)"),
        (
            ("--price", "1000", "--term", "36", "--rate", "5", "--monthly-rate", "1"),
            "--monthly-rate:与 --rate 只能给一个",
        ),
        (
            ("--price", "1000", "--term", "36", "--monthly-rate", "1", "--method", "level"),
            "--monthly-rate:按原始本金计费，只能与 --method flat 同用(现为 level)",
        ),
        (
            ("--price", "1000", "--term", "36", "--monthly-rate", "1", "--method", "level", "--lang", "en"),
            "--monthly-rate: counts on the original principal: it goes with --method flat alone (got level)",
        ),
        (("--price", "1000", "--term", "36", "--monthly-rate", "100"), "--monthly-rate:超出利率的合理范围(现为 100)"),
        (("--price", "1000", "--term", "12", "--rate", "1e6"), "--rate:超出利率的合理范围(现为 1e6)"),
        (("--price", "1000", "--term", "12", "--rate", "1e8", "--compare"), "--rate:超出利率的合理范围(现为 1e8)"),
        (("--price", "1000", "--term", "12", "--rate", "1e9"), "--rate:超出利率的合理范围(现为 1e9)"),
        (("--price", "1000", "--term", "12", "--rate", "1000.01"), "--rate:超出利率的合理范围(现为 1000.01)"),
        (
            (*BASE, "--standard-rate", "1e9", "--subsidy", "厂家"),
            "--standard-rate:超出利率的合理范围(现为 1e9)",
        ),
        (
            ("--price", "1000", "--down", "100%", "--term", "36", "--rate", "5"),
            "--down:首付已付清车价，没有贷款可测算(现为 100%)",
        ),
        (
            (*BASE, "--method", "magic"),
            "--method:必须是 level, equal-principal, interest-first, bullet, flat, balloon, stepped 之一(现为 magic)",
        ),
        ((*BASE, "--method", "balloon"), "--balloon:气球贷须给出尾款，或用 --instalment 反求"),
        ((*BASE, "--method", "balloon", "--instalment", "400"), "--instalment:不足以支付第 1 期利息(现为 400.00)"),
        (
            (*BASE, "--method", "stepped", "--steps", "36:magic"),
            "--steps:每段为 期数:方式，方式可选 interest-only, instalment, principal, solve(现为 36:magic)",
        ),
        (
            (*BASE, "--fee", "费:1:never"),
            "--fee:必须是 upfront, first_instalment, periodic, contingent 之一(现为 never)",
        ),
        ((*BASE, "--fee", "费:-3:upfront"), "--fee:不得为负(现为 -3)"),
        ((*BASE, "--fee", "费:-3%"), "--fee:不得为负(现为 -3%)"),
        (("--price", "1,85", "--term", "36", "--rate", "5"), "--price:逗号须每三位一节(现为 1,85)"),
        ((*BASE, "--fee", "费:100001"), "--fee:前置费用不得超过本金(现为 (1.00))"),
        ((*BASE, "--start", "2026-02-30"), "--start:必须是 2026-11-20 这样的日期(现为 2026-02-30)"),
        ((*BASE, "--first-due", "2026-03-01"), "--start:按实际日期计算须给出放款日"),
        ((*BASE, "--day-count", "act/365"), "--start:按实际日期计算须给出放款日"),
        (
            (*BASE, "--day-count", "act"),
            "--day-count:必须是 30/360, act/365, act/360, act/act, act/act-feb29, period, month+odd 之一(现为 act)",
        ),
        ((*BASE, "--start", "2026-11-20", "--first-due", "2026-11-20"), "--first-due:必须晚于放款日(现为 2026-11-20)"),
        ((*BASE, "--subsidy", "厂家"), "--subsidy:须与 --standard-rate 一起给出"),
        ((*BASE, "--subsidy", "厂家:50%", "--standard-rate", "7"), "--subsidy:各方比例之和必须为 100%(现为 厂家:50%)"),
        ((*BASE, "--subsidy", "厂家", "--standard-rate", "5"), "--standard-rate:客户还款现值已超过本金,无息可贴"),
        ((*BASE, "--ceiling", "3000"), "--ceiling:须与 --compare 或 --catalogue 同用"),
        ((*BASE, "--compare", "--start", "2026-11-20"), "--start:只用于单个方案，不用于比较"),
        (
            (*BASE, "--compare", "--prefer", "luck"),
            "--prefer:必须是 total-cost, instalment, down-payment, rate, flexibility 之一(现为 luck)",
        ),
        ((*BASE[:-2], "--compare"), "--term:必须给出"),
        (
            (*BASE, "--compare", "--vehicle", "boat"),
            "--vehicle:必须是 own_ice, own_nev, commercial_ice, commercial_nev, used 之一(现为 boat)",
        ),
        ((*BASE, "--compare", "--down", "200000"), "--down 第 1 行:必须在 0 与车价之间(现为 200,000.00)"),
        (("--price", "1000", "--catalogue", "nowhere.toml"), "nowhere.toml:无法读取(No such file or directory)"),
    ],
)
def test_a_refusal_names_its_option(capsys: pytest.CaptureFixture[str], options: tuple[str, ...], line: str) -> None:
    assert _refused(capsys, *options).startswith(line)

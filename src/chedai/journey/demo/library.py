"""The texts a dealer sends along with a plan: written by one person of compliance, read and published by another."""

from __future__ import annotations

from typing import Final

from chedai.deals.quotes.advice import advice_publish, advice_write
from chedai.journey.demo.house import House, acting

TEXTS: Final = (
    (
        "total-cost",
        "看总成本，不只看月供",
        "您看的{product}：首付 {down_payment} 元，贷款 {principal} 元，{periods} 期，月供 {instalment} 元。"
        "利息 {interest} 元、费用 {fees} 元，连同车价共支出 {total} 元，年化利率 {rate}（单利，含全部费用）。"
        "月供低的方案期数往往更长，请比较总支出。",
    ),
    (
        "early-settlement",
        "打算提前还清，先看违约金",
        "您看的{product}共 {periods} 期，月供 {instalment} 元。提前结清可能收取违约金，按结清的月份不同而不同，"
        "报价单上列有第 12、24、36 个月结清时的合计支出；有提前还清打算的，请以那一行比较。",
    ),
    (
        "before-signing",
        "签约前请核对三件事",
        "一、贷款 {principal} 元、{periods} 期、月供 {instalment} 元与报价一致；"
        "二、综合融资成本明示表列明每项费用和收取方，未列的不必支付；三、收款账户为合同所载账户。有一项不符，请先不签，联系您的金融专员。",
    ),
)


def library_build(house: House) -> None:
    """Three texts in force, and a draft of the first that waits for a second person."""
    writer, reader = house.group["compliance"]
    for code, title, body in TEXTS:
        text = advice_write(code=code, title=title, body=body, staff_id=writer.pk, actor=acting(writer))
        advice_publish(text_id=text.pk, staff_id=reader.pk, actor=acting(reader))
    code, title, body = TEXTS[0]
    advice_write(code=code, title=title, body=f"{body}费用以明示表为准。", staff_id=writer.pk, actor=acting(writer))

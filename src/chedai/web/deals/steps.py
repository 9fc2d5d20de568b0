"""What the turn bar says is to be done, in the language of the reader.

A deal keeps the sentence its room wrote, in Chinese (`Deal.next_step`). The sentences the rooms write are known here,
with their parameters; what is in no line, because a person wrote it, is shown as it stands.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from django.utils.translation import gettext, gettext_noop

STEPS: Final = (
    gettext_noop("等客户确认报价"),
    gettext_noop("补全申请表与资料，提交进件"),
    gettext_noop("按退回意见补件，再次提交"),
    gettext_noop("贷款机构要求补件"),
    gettext_noop("审核资料并作出决定"),
    gettext_noop("把进件送给贷款机构"),
    gettext_noop("等待贷款机构答复"),
    gettext_noop("贷款机构已批复，请选定一家"),
    gettext_noop("调整方案，重新报价"),
    gettext_noop("各家均未通过，请调整方案"),
    gettext_noop("审核资料并提出结论"),
    gettext_noop("复核审批结论"),
    gettext_noop("向客户说明拒绝原因，改报可行方案"),
    gettext_noop("批准后有变更，重新审批"),
    gettext_noop("出具融资成本明示表并签约"),
    gettext_noop("出示综合融资成本明示表"),
    gettext_noop("阅读并确认综合融资成本明示表"),
    gettext_noop("客户不同意费用，请联系客户"),
    gettext_noop("该案卷没有有效批复"),
    gettext_noop("金额：方案 %(asked)s，批复 %(given)s；请按批复重新报价并由客户确认"),
    gettext_noop("年利率：方案 %(asked)s，批复 %(given)s；请按批复重新报价并由客户确认"),
    gettext_noop("期数：方案 %(asked)s，批复 %(given)s；请按批复重新报价并由客户确认"),
    gettext_noop("资方：方案 %(asked)s，批复 %(given)s；请按批复重新报价并由客户确认"),
    gettext_noop("批复所依据的方案已变更，须重新审批"),
    gettext_noop("审批后变更：%(before)s → %(after)s"),
    gettext_noop("生成并签署合同"),
    gettext_noop("复核纸质合同签字"),
    gettext_noop("纸质合同被退回，请重新签署"),
    gettext_noop("补齐放款条件并申请放款"),
    gettext_noop("资方已放款，核对并登记放款"),
    gettext_noop("资方放款金额与合同不符，请核对"),
    gettext_noop("资方放款日早于合同签署日，请核对"),
    gettext_noop("资方已放款，但放款条件未满足"),
    gettext_noop("复核并放款 %(order)s"),
    gettext_noop("放款被退回，请处理后重新申请"),
    gettext_noop("上牌、抵押登记、收回绿本"),
    gettext_noop("第一受益人已失效，请补办批单或续保"),
    gettext_noop("结清已冲销，请重新办理抵押登记、收回绿本"),
    gettext_noop("资料已齐，归档"),
)
_PLACE: Final = re.compile(r"%\((\w+)\)s")


def step_words(said: str) -> str:
    """What is to be done, in the language of the reader; what no room wrote stays as it is."""
    for text, pattern in _patterns():
        if found := pattern.fullmatch(said):
            return gettext(text) % found.groupdict()
    return said


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Each sentence with what finds its parameters."""
    made = []
    for text in STEPS:
        parts = _PLACE.split(text)
        words = [f"(?P<{part}>.+?)" if at % 2 else re.escape(part) for at, part in enumerate(parts)]
        made.append((text, re.compile("".join(words))))
    return tuple(made)

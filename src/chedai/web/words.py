"""Codes of the audit log and of approvals in the words of the desk. A code nobody named yet is shown as it is."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from chedai.org.permissions import table
from chedai.platform.accounts.selectors import names
from chedai.platform.approvals import states as approvals
from chedai.web.acts import ACTIONS

_PERSON: Final = "person:"

FACTS: Final[dict[str, Promise]] = {
    "action": _("事项"),
    "active": _("启用"),
    "address": _("地址"),
    "amount": _("金额（分）"),
    "bank_account": _("银行账号"),
    "columns": _("列"),
    "deviation": _("偏离（基点）"),
    "delivery": _("投递记录"),
    "digest": _("内容校验值"),
    "entries": _("凭证数"),
    "events": _("事件"),
    "evidence": _("凭证"),
    "field": _("哪一项"),
    "from": _("从"),
    "filled": _("补入的项"),
    "gone": _("并入的档案"),
    "host": _("对方主机"),
    "id_number": _("证件号"),
    "keep": _("保留的档案"),
    "kind": _("种类"),
    "name": _("姓名"),
    "of": _("对什么"),
    "other": _("另一方"),
    "owner": _("负责人"),
    "phone": _("电话号码"),
    "purpose": _("用途"),
    "rate": _("利率"),
    "reason": _("理由"),
    "rows": _("行数"),
    "rule": _("依据"),
    "state": _("状态"),
    "step": _("级次"),
    "steps": _("审批级次"),
    "store": _("门店"),
    "through": _("截至"),
    "to": _("到"),
    "trade": _("特定行业"),
    "until": _("截止"),
    "verdict": _("结论"),
    "version": _("版本"),
    "wording": _("文本版本"),
    "add_on": _("加装"),
    "bespoke": _("个性化申请"),
    "choice": _("答复"),
    "deviation_bp": _("偏离（基点）"),
    "expires_at": _("到期"),
    "financed": _("并入贷款"),
    "lender": _("机构"),
    "lines": _("偏离项"),
    "link": _("校验值"),
    "need": _("需求版本"),
    "period": _("期间"),
    "periods": _("期数"),
    "plan": _("方案"),
    "plan_digest": _("方案校验值"),
    "plans": _("方案数"),
    "price": _("价格（分）"),
    "principal": _("贷款额（分）"),
    "product": _("产品"),
    "quote": _("报价单"),
    "share": _("链接"),
    "valid_until": _("有效至"),
    "what": _("打开的内容"),
}
SUBJECTS: Final[dict[str, Promise]] = {
    "advice": _("建议文库"),
    "agency": _("委外机构"),
    "authority": _("审批权限额度"),
    "business_date": _("营业日期"),
    "collection": _("催收案件"),
    "debit": _("代扣批次"),
    "import": _("导入"),
    "signing-key": _("签名密钥"),
    "visit": _("到店接待"),
    "alert": _("预警"),
    "approval": _("审批"),
    "batch": _("导入"),
    "close": _("日终"),
    "customer": _("客户号"),
    "day": _("营业日"),
    "deal": _("案卷"),
    "job": _("任务"),
    "journal": _("记账凭证"),
    "lead": _("线索"),
    "list": _("列表"),
    "loan": _("贷款"),
    "message": _("消息"),
    "paper": _("文件"),
    "month": _("月末"),
    "period": _("会计期间"),
    "playbook": _("预案"),
    "policy": _("草案"),
    "quote": _("报价"),
    "review": _("权限复核"),
    "staff": _("员工"),
    "store": _("门店"),
    "template": _("模板"),
    "token": _("接口密钥"),
    "user": _("账号"),
    "add-on": _("加装"),
    "lender": _("机构"),
    "product": _("产品"),
    "product-version": _("产品版本"),
    "promotion": _("活动"),
    "shelf-rule": _("报价规则"),
    "vehicle": _("车辆"),
    "vehicle-model": _("车型"),
    "webhook": _("回调"),
}
ACTORS: Final[dict[str, Promise]] = {
    "system": _("系统"),
    "token": _("接口密钥"),
    "guest": _("外部链接"),
    "person": _("账号"),
}
VERDICTS: Final[dict[str, Promise]] = {
    approvals.Verdict.APPROVE: _("通过"),
    approvals.Verdict.RETURN: _("退回"),
    approvals.Verdict.DECLINE: _("拒绝"),
}
APPROVAL_TINTS: Final[dict[str, str]] = {
    approvals.State.PENDING: "blue",
    approvals.State.APPROVED: "green",
    approvals.State.RETURNED: "red",
    approvals.State.DECLINED: "red",
    approvals.State.VOID: "amber",
}


def approval_state(state: str) -> str:
    """`pending` as 待审批."""
    zh, en = approvals.WORDS[approvals.State(state)]
    return zh if (get_language() or "zh").startswith("zh") else en


def action(code: str) -> str:
    """`approval.decided` as 作出审批."""
    return str(ACTIONS.get(code, code))


def role(name: str) -> str:
    """A role in words; one that the table no longer knows as it is written."""
    known = table().roles.get(name)
    if known is None:
        return name
    return known.zh if (get_language() or "zh").startswith("zh") else known.en


def actor(key: str) -> str:
    """`system:scheduler` as 系统 scheduler."""
    kind, _colon, name = key.partition(":")
    return f"{ACTORS[kind]} {name}" if kind in ACTORS else key


def people(keys: Iterable[str]) -> dict[str, str]:
    """The names behind keys of actors, in one query: person:3 as 林晓, system:retention as 系统 retention."""
    wanted = {key for key in keys if key}
    numbers = {key: int(key.removeprefix(_PERSON)) for key in wanted if key.startswith(_PERSON)}
    found = names(numbers.values()) if numbers else {}
    return {key: found.get(numbers[key], "") if key in numbers else actor(key) for key in wanted}


def fact(name: str) -> str:
    """The name of a fact in words."""
    return str(FACTS.get(name, name))


def subject(code: str) -> str:
    """`staff:17` as 员工 17."""
    kind, _colon, number = code.partition(":")
    return f"{SUBJECTS[kind]} {number}" if kind in SUBJECTS else code

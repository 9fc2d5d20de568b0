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

_PERSON: Final = "person:"

ACTIONS: Final[dict[str, Promise]] = {
    "account.closed": _("停用账号"),
    "account.described": _("更改姓名或邮箱"),
    "account.factor_added": _("添加第二重验证"),
    "account.factor_removed": _("移除第二重验证"),
    "account.factors_reset": _("重置第二重验证"),
    "account.link_sent": _("发送设置密码的链接"),
    "account.linked": _("关联单点登录"),
    "account.locked": _("锁定登录"),
    "account.opened": _("建立账号"),
    "account.password_set": _("设置密码"),
    "account.session_ended": _("结束一处登录"),
    "account.sessions_ended": _("结束全部登录"),
    "account.sign_in_failed": _("登录失败"),
    "account.signed_in": _("登录"),
    "account.signed_out": _("退出登录"),
    "account.unlocked": _("解锁"),
    "answers.confirmed": _("重新确认数据"),
    "answers.written": _("填写申请表"),
    "application.back_to_quote": _("改方案，回到报价"),
    "application.closed": _("关闭进件"),
    "application.down_payment": _("登记首付款付款人"),
    "application.lenders": _("选择送审对象"),
    "application.opened": _("开立进件"),
    "application.returned": _("退回进件"),
    "application.title_moved": _("登记过户日"),
    "application.submitted": _("提交进件"),
    "bureau.read": _("查看信用报告"),
    "bureau.written": _("录入信用报告"),
    "check.accepted": _("通过资料"),
    "check.expired": _("资料过期"),
    "check.handed_in": _("上传资料"),
    "check.returned": _("退回资料"),
    "checklist.changed": _("更新资料清单"),
    "difference.acknowledged": _("客户确认修改"),
    "flag.resolved": _("写下核实情况"),
    "flags.found": _("发现疑点"),
    "link.made": _("发客户链接"),
    "link.opened": _("客户打开链接"),
    "link.revoked": _("收回客户链接"),
    "party.added": _("加入当事人"),
    "party.changed": _("更改责任方式"),
    "party.removed": _("移除当事人"),
    "statement.removed": _("移除流水"),
    "statement.written": _("录入流水"),
    "submission.answered": _("机构答复"),
    "submission.arrived": _("送达机构"),
    "submission.funded": _("机构放款"),
    "submission.heard": _("收到机构消息"),
    "submission.sent": _("送审"),
    "submission.withdrawn": _("撤回送审"),
    "submission.won": _("选定机构"),
    "amendment.made": _("登记变更"),
    "clause.publish": _("发布合同条款"),
    "clause.published": _("发布合同条款"),
    "clause.shipped": _("载入合同条款"),
    "collateral.finished": _("完成贷后事项"),
    "collateral.lapsed": _("贷后事项失效"),
    "collateral.opened": _("列出贷后事项"),
    "collateral.started": _("开始计时"),
    "contract.drafted": _("生成合同"),
    "contract.handed_in": _("上传签字合同"),
    "contract.returned": _("退回签字合同"),
    "contract.signed": _("签署合同"),
    "contract.voided": _("合同作废"),
    "deal.amended": _("审批后变更"),
    "funding.checked": _("复核首付凭证"),
    "funding.proved": _("上传首付凭证"),
    "insurance.recorded": _("登记保单"),
    "insurance.withdrawn": _("注销保单"),
    "lender.paid": _("资方回执放款"),
    "payee.accepted": _("通过账户变更"),
    "payee.proposed": _("提交账户变更"),
    "payee.refused": _("退回账户变更"),
    "payee.set": _("登记收款账户"),
    "payout.released": _("放款"),
    "payout.requested": _("申请放款"),
    "payout.returned": _("退回放款"),
    "promise.struck": _("删除承诺"),
    "promise.written": _("写下承诺"),
    "signing_key.made": _("生成签名密钥"),
    "statement.confirmed": _("确认明示表"),
    "statement.declined": _("客户不同意费用"),
    "statement.made": _("出具明示表"),
    "statement.opened": _("打开明示表"),
    "statement.voided": _("明示表作废"),
    "approval.decided": _("作出审批"),
    "approval.requested": _("提交审批"),
    "approval.voided": _("审批作废"),
    "approval.withdrawn": _("撤回审批"),
    "consent.given": _("登记授权"),
    "consent.withdrawn": _("撤回授权"),
    "customer.changed": _("更正资料"),
    "customer.merged": _("合并客户档案"),
    "customer.registered": _("登记客户"),
    "deal.advanced": _("进入下一环节"),
    "deal.described": _("更新案卷"),
    "deal.handed_over": _("转交"),
    "deal.lost": _("关闭案卷"),
    "deal.noted": _("写备注"),
    "deal.opened": _("建立案卷"),
    "deal.turned": _("轮到下一位"),
    "import.brought": _("上传导入文件"),
    "import.undone": _("撤销导入"),
    "import.written": _("写入导入"),
    "job.cancelled": _("取消任务"),
    "job.retried": _("重试任务"),
    "authority.set": _("设定额度"),
    "lead.closed": _("关闭线索"),
    "lead.contacted": _("联系线索"),
    "lead.pooled": _("进入公海"),
    "lead.registered": _("登记线索"),
    "lead.taken": _("领取线索"),
    "list.exported": _("导出列表"),
    "message.asked": _("发送消息"),
    "message.opted_out": _("拒收消息"),
    "need.recorded": _("记下需求"),
    "paper.handed_in": _("上传文件"),
    "paper.removed": _("移除文件"),
    "personal.erased": _("删除个人信息"),
    "personal.restricted": _("停用个人信息"),
    "personal.revealed": _("查看完整信息"),
    "relation.added": _("登记关系"),
    "relation.ended": _("解除关系"),
    "responsibility.published": _("发布职责表"),
    "price.deviation": _("个性化定价"),
    "quote.accepted": _("接受报价"),
    "quote.add_on_answered": _("加装答复"),
    "quote.attached": _("报价归入案卷"),
    "quote.bespoke_asked": _("申请个性化条件"),
    "quote.expired": _("报价过期"),
    "quote.offered": _("报出"),
    "quote.opened": _("客户打开报价"),
    "quote.prepared": _("测算报价"),
    "quote.replaced": _("草稿被新版替换"),
    "quote.revised": _("修订报价"),
    "quote.share_revoked": _("收回报价链接"),
    "quote.shared": _("发出报价链接"),
    "quote.withdrawn": _("撤回报价"),
    "review.begun": _("发起复核"),
    "review.closed": _("完成复核"),
    "review.decided": _("复核一项角色"),
    "role.granted": _("授予角色"),
    "role.withdrawn": _("收回角色"),
    "staff.joined": _("入职"),
    "staff.left": _("离职交接"),
    "policy.drafted": _("起草政策"),
    "policy.publish": _("发布政策"),
    "policy.published": _("发布政策"),
    "policy.submitted": _("提交政策"),
    "policy.withdrawn": _("撤回政策草案"),
    "staff.taken_back": _("撤销新建员工"),
    "template.written": _("编辑消息模板"),
    "token.made": _("生成密钥"),
    "token.revoked": _("收回密钥"),
    "visit.left": _("客户离店"),
    "visit.registered": _("登记到店"),
    "visit.served": _("开始接待"),
    "add_on.changed": _("更改加装"),
    "add_on.registered": _("登记加装"),
    "agreement.signed": _("登记协议"),
    "lender.blocked": _("停用机构"),
    "lender.changed": _("更改机构"),
    "lender.contact_added": _("添加联系人"),
    "lender.registered": _("登记机构"),
    "lender.unblocked": _("恢复合作"),
    "model.changed": _("更改车型"),
    "model.listed": _("登记车型"),
    "product.drafted": _("起草产品版本"),
    "product.publish": _("发布产品版本"),
    "product.published": _("发布产品版本"),
    "product.registered": _("登记产品"),
    "product.submitted": _("提交产品版本"),
    "product.withdrawn": _("撤回产品版本"),
    "promotion.given_back": _("退回活动名额"),
    "promotion.opened": _("开设活动"),
    "promotion.stopped": _("停止活动"),
    "promotion.taken": _("占用活动名额"),
    "shelf.rule_set": _("设定报价规则"),
    "vehicle.bound": _("车辆进入业务"),
    "vehicle.bundled": _("登记捆绑项目"),
    "vehicle.changed": _("更改车辆"),
    "vehicle.registered": _("登记车辆"),
    "vehicle.released": _("释放车辆"),
    "vehicle.valued": _("登记估值"),
    "case.opened": _("开始审批"),
    "case.assessed": _("重新评估"),
    "case.rated": _("定性评估"),
    "credit.decide": _("授信审批"),
    "decision.proposed": _("提出审批结论"),
    "decision.closed": _("审批结论"),
    "decision.voided": _("批准作废"),
    "condition.met": _("放款前提已满足"),
    "conditions.taken": _("登记机构前提"),
    "rules.drafted": _("起草审批规则"),
    "rules.publish": _("发布审批规则"),
    "rules.published": _("发布审批规则"),
    "rules.submitted": _("提交审批规则"),
    "rules.withdrawn": _("撤回规则草案"),
    "webhook.added": _("添加回调"),
    "webhook.changed": _("更改回调"),
    "webhook.retried": _("重发回调"),
    "webhook.tested": _("测试回调"),
}
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
    "events": _("事件"),
    "evidence": _("凭证"),
    "field": _("哪一项"),
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
    "trade": _("特定行业"),
    "until": _("截止"),
    "verdict": _("结论"),
    "version": _("版本"),
    "wording": _("文本版本"),
}
SUBJECTS: Final[dict[str, Promise]] = {
    "approval": _("审批"),
    "batch": _("导入"),
    "customer": _("客户号"),
    "deal": _("案卷"),
    "job": _("任务"),
    "lead": _("线索"),
    "list": _("列表"),
    "message": _("消息"),
    "paper": _("文件"),
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

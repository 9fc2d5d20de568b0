"""The catalogue in the words of the desk."""

from __future__ import annotations

from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from chedai.engine.compare.methods import METHODS
from chedai.web.policies.words import LENDERS, REGIONS, VEHICLES

__all__ = ["LENDERS", "REGIONS", "VEHICLES"]

PRODUCTS: Final[dict[str, Promise]] = {
    "loan": _("专项车贷"),
    "card_instalment": _("信用卡分期"),
    "finance_lease": _("融资租赁"),
    "operating_lease": _("经营租赁"),
}
CHANNELS: Final[dict[str, Promise]] = {"manual": _("人工送件"), "http": _("接口对接")}
CUSTOMERS: Final[dict[str, Promise]] = {"person": _("个人"), "business": _("企业")}
VERSIONS: Final[dict[str, tuple[Promise, str]]] = {
    "draft": (_("起草中"), "blue"),
    "pending": (_("待发布"), "amber"),
    "published": (_("已发布"), "green"),
    "withdrawn": (_("已撤回"), ""),
}
ENERGIES: Final[dict[str, Promise]] = {
    "petrol": _("汽油"),
    "diesel": _("柴油"),
    "hybrid": _("油电混动"),
    "plug_in": _("插电混动"),
    "extended": _("增程"),
    "electric": _("纯电"),
}
ADD_ONS: Final[dict[str, Promise]] = {
    "insurance": _("保险"),
    "warranty": _("延保"),
    "accessory": _("精品"),
    "service": _("服务"),
}
PAYEES: Final[dict[str, Promise]] = {
    "lender": _("贷款人"),
    "dealer": _("经销商"),
    "insurer": _("保险公司"),
    "guarantor": _("担保机构"),
    "government": _("政府部门"),
    "other": _("其他机构"),
}
WHEN: Final[dict[str, Promise]] = {
    "upfront": _("放款前一次"),
    "first_instalment": _("随首期"),
    "periodic": _("每期"),
    "contingent": _("违约时"),
}
CONFLICTS: Final[dict[str, Promise]] = {"lowest_cost": _("取客户成本最低者"), "priority": _("取优先级最高者")}
SOURCES: Final[dict[str, Promise]] = {
    "valuer": _("评估机构"),
    "market": _("市场成交价"),
    "auction": _("拍卖价"),
    "dealer": _("本店评估师"),
    "invoice": _("发票"),
}
PAPERS: Final[dict[str, Promise]] = {
    "id_card": _("身份证"),
    "driving_licence": _("驾驶证"),
    "household_register": _("户口本"),
    "marriage_certificate": _("结婚证"),
    "divorce_papers": _("离婚证或判决书"),
    "income_proof": _("收入证明"),
    "bank_statement": _("银行流水"),
    "residence_proof": _("居住证明"),
    "social_insurance": _("社保记录"),
    "own_licence": _("本人营业执照"),
    "business_licence": _("企业营业执照"),
    "articles_of_association": _("公司章程"),
    "legal_representative_id": _("法定代表人身份证"),
    "financial_statements": _("财务报表"),
}
JOBS: Final[dict[str, Promise]] = {
    "salaried": _("受薪"),
    "civil_servant": _("公职"),
    "self_employed": _("个体经营"),
    "firm_owner": _("企业主"),
    "freelance": _("自由职业"),
    "farmer": _("务农"),
    "retired": _("退休"),
    "unemployed": _("无业"),
}
MARITAL: Final[dict[str, Promise]] = {
    "single": _("未婚"),
    "married": _("已婚"),
    "divorced": _("离异"),
    "widowed": _("丧偶"),
}


def is_chinese() -> bool:
    """Whether the page is in Chinese."""
    return (get_language() or "zh").startswith("zh")


def name(thing: Any) -> str:
    """The name of a lender, product, promotion or add-on in the language of the page."""
    return str(thing.name if is_chinese() else thing.name_en or thing.name)


def either(text: str) -> str:
    """The half of `中文|English` in the language of the page."""
    zh, _bar, en = text.partition("|")
    return zh if is_chinese() else en or zh


def method(code: str) -> str:
    """A method of repayment."""
    found = next((one for one in METHODS if one.code == code), None)
    return code if found is None else found.zh if is_chinese() else found.en


def said(table: dict[str, Promise], code: str) -> str:
    """A code in words; one nobody named stands for itself."""
    return str(table.get(code, code))


def listed(table: dict[str, Promise], codes: Any) -> str:
    """Several codes in words; none at all means no limit."""
    comma = "、" if is_chinese() else ", "
    return comma.join(said(table, str(code)) for code in codes)

"""The words rules are written in: every field a table may ask for, its name, its unit and, for words, its values.

ASCII only: the rule engine silently never matches a field named in Chinese. `rising` says which way a figure is good
news; it is what the monotone check of the scorecard holds the points against.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class Unit(StrEnum):
    """What a number counts."""

    YEARS = "years"
    MONTHS = "months"
    DAYS = "days"
    COUNT = "count"
    YUAN = "yuan"
    BP = "bp"  # basis points: 5500 is 55 %
    POINTS = "points"
    WORD = "word"
    FLAG = "flag"  # true or false


@dataclass(frozen=True, slots=True)
class Field:
    """One fact under the name rules use for it."""

    name: str
    zh: str
    en: str
    unit: Unit
    words: tuple[tuple[str, str, str], ...] = ()  # value, 中文, English
    rising: bool | None = None  # more is better (True), worse (False), neither (None)

    @property
    def values(self) -> frozenset[str]:
        """The words it may hold; empty for numbers."""
        return frozenset(value for value, _zh, _en in self.words)


_JOBS: Final = (
    ("salaried", "受薪", "salaried"),
    ("civil_servant", "公职", "civil servant"),
    ("self_employed", "个体经营", "self-employed"),
    ("firm_owner", "企业主", "firm owner"),
    ("freelance", "自由职业", "freelance"),
    ("farmer", "务农", "farmer"),
    ("retired", "退休", "retired"),
    ("unemployed", "无业", "unemployed"),
)
_HOMES: Final = (
    ("owned", "自有无贷", "owned"),
    ("mortgaged", "自有按揭", "mortgaged"),
    ("rented", "租住", "rented"),
    ("family", "与家人同住", "with family"),
    ("employer", "单位宿舍", "employer's"),
)
_LICENCES: Final = (("own", "本人持证", "own"), ("family", "家人持证", "family"), ("none", "无", "none"))
_PAYERS: Final = (
    ("self", "本人", "self"),
    ("spouse", "配偶", "spouse"),
    ("parent", "父母", "parent"),
    ("third_party", "第三方", "third party"),
)
_VEHICLES: Final = (
    ("own_ice", "自用燃油", "own, fuel"),
    ("own_nev", "自用新能源", "own, electric"),
    ("commercial_ice", "商用燃油", "commercial, fuel"),
    ("commercial_nev", "商用新能源", "commercial, electric"),
    ("used", "二手车", "used"),
)
_LENDERS: Final = (
    ("bank", "银行", "bank"),
    ("auto_finance", "汽车金融公司", "auto finance company"),
    ("consumer_finance", "消费金融公司", "consumer finance company"),
    ("trust", "信托公司", "trust"),
    ("micro_loan", "小额贷款公司", "micro-loan company"),
    ("leasing", "融资租赁公司", "leasing company"),
    ("unlicensed", "无放贷资质", "unlicensed"),
)
_MARITAL: Final = (
    ("single", "未婚", "single"),
    ("married", "已婚", "married"),
    ("divorced", "离异", "divorced"),
    ("widowed", "丧偶", "widowed"),
)
_KINDS: Final = (("person", "个人", "person"), ("firm", "企业", "firm"))
_MODES: Final = (
    ("dealer_desk", "4S 店金融", "dealer desk"),
    ("broker", "居间", "broker"),
    ("own_book", "自营", "own book"),
)
_GRADES: Final = tuple((grade, grade, grade) for grade in "ABCDE")

_ALL: Final = (
    Field("mode", "业务模式", "mode", Unit.WORD, _MODES),
    Field("kind", "客户类型", "kind of customer", Unit.WORD, _KINDS),
    Field("age_years", "年龄", "age", Unit.YEARS),
    Field("age_end_years", "到期时年龄", "age at maturity", Unit.YEARS),
    Field("out_of_province", "户籍或居住在外省", "from another province", Unit.FLAG),
    Field("residence", "住房", "home", Unit.WORD, _HOMES),
    Field("residence_months", "现住址居住", "at this address", Unit.MONTHS, rising=True),
    Field("job", "职业", "job", Unit.WORD, _JOBS),
    Field("job_months", "现单位工作", "with this employer", Unit.MONTHS, rising=True),
    Field("licence", "驾驶证", "driving licence", Unit.WORD, _LICENCES),
    Field("marital", "婚姻", "marital state", Unit.WORD, _MARITAL),
    Field("income_yuan", "核实月收入", "proven income a month", Unit.YUAN, rising=True),
    Field("bureau_stale", "征信报告过期", "credit report too old", Unit.FLAG),
    Field("bad_debt", "呆账或代偿", "bad debt", Unit.FLAG),
    Field("overdue_now_yuan", "当前逾期金额", "overdue now", Unit.YUAN, rising=False),
    Field("worst_run", "24 个月内最长连续逾期", "longest run overdue in 24 months", Unit.MONTHS, rising=False),
    Field("overdue_months", "24 个月内累计逾期", "months overdue in 24 months", Unit.MONTHS, rising=False),
    Field("queries_3m", "近 3 个月贷款审批查询", "lenders' queries in 3 months", Unit.COUNT, rising=False),
    Field("card_use_bp", "信用卡使用率", "use of card limits", Unit.BP, rising=False),
    Field("guaranteed_yuan", "对外担保", "guaranteed for others", Unit.YUAN, rising=False),
    Field("lender_kind", "贷款人类型", "kind of lender", Unit.WORD, _LENDERS),
    Field("vehicle_kind", "车辆类别", "kind of car", Unit.WORD, _VEHICLES),
    Field("amount_yuan", "申请金额", "amount asked for", Unit.YUAN, rising=False),
    Field("periods", "期数", "months", Unit.MONTHS, rising=False),
    Field("car_age_months", "车龄", "age of the car", Unit.MONTHS, rising=False),
    Field("car_age_end_months", "到期时车龄", "age of the car at maturity", Unit.MONTHS, rising=False),
    Field("ltv_bp", "贷款成数（监管口径）", "loan to value, regulator's", Unit.BP, rising=False),
    Field("all_in_bp", "全口径成数", "loan to value, all in", Unit.BP, rising=False),
    Field("down_bp", "首付比例", "down payment", Unit.BP, rising=True),
    Field("dti_bp", "收入负债比", "debt to income", Unit.BP, rising=False),
    Field("pti_bp", "车贷月供比", "instalment to income", Unit.BP, rising=False),
    Field("stressed_dti_bp", "压力情形收入负债比", "debt to income under stress", Unit.BP, rising=False),
    Field("rate_bp", "综合年化", "all-in annual rate", Unit.BP, rising=False),
    Field("price_over_bp", "成交价高于参考价", "price above reference", Unit.BP, rising=False),
    Field("valuations", "估值来源数", "valuations", Unit.COUNT, rising=True),
    Field("spread_bp", "估值差距", "spread of valuations", Unit.BP, rising=False),
    Field("title_moved_days", "上次过户距今", "since the title last moved", Unit.DAYS, rising=True),
    Field(
        "employer_phone_deals", "单位电话相同的其他案卷", "deals with the same employer phone", Unit.COUNT, rising=False
    ),
    Field("same_phone_deals", "电话相同的其他案卷", "deals with the same phone", Unit.COUNT, rising=False),
    Field("same_address_deals", "地址相同的其他案卷", "deals with the same address", Unit.COUNT, rising=False),
    Field("same_employer_deals", "单位相同的其他案卷", "deals with the same employer", Unit.COUNT),
    Field("same_file_deals", "文件相同的其他案卷", "deals with the same file", Unit.COUNT, rising=False),
    Field("statement_faults", "流水断点", "faults in statements", Unit.COUNT, rising=False),
    Field("differences_open", "未确认的差异", "differences not acknowledged", Unit.COUNT, rising=False),
    Field("papers_missing", "缺少资料", "papers missing", Unit.COUNT, rising=False),
    Field("down_payment_payer", "首付款付款人", "who pays the down payment", Unit.WORD, _PAYERS),
    Field("down_payment_proved", "首付款已有凭证", "down payment evidenced", Unit.FLAG),
    Field("quality_bp", "定性得分", "qualitative points", Unit.BP, rising=True),
    Field("agreement_bp", "评估人一致度", "agreement of raters", Unit.BP, rising=True),
    Field("score", "评分", "score", Unit.POINTS, rising=True),
    Field("grade", "等级", "grade", Unit.WORD, _GRADES),
    Field("flags", "欺诈信号数", "fraud signals", Unit.COUNT, rising=False),
)

FIELDS: Final = MappingProxyType({field.name: field for field in _ALL})

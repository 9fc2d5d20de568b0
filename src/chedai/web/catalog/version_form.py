"""The form of a version: limits, rates by term, fees by line, conditions and papers, each in a table to type into."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, Final

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chedai.catalog.products.requirements import Requirements
from chedai.engine.compare.document import ProductTerms, RepaymentRow
from chedai.engine.money import fen, percent, rate_units, yuan
from chedai.engine.rates.fees import HALF_WIDTH
from chedai.web.catalog import words
from chedai.web.catalog.forms import options
from chedai.web.forms.fields import DayField, MoneyField, RateField
from chedai.web.forms.rows import rows_in

TERMS: Final = (6, 12, 18, 24, 36, 48, 60, 72, 84)
FEES: Final = 5
TIERS: Final = 3
"""How many lines of fees and steps of settlement stand ready; more are added."""
METHODS: Final = ("level", "equal-principal", "interest-first", "bullet", "flat")
_WANTED: Final[list[tuple[str, Promise | str]]] = [
    ("", "—"),
    ("required", gettext_lazy("必备")),
    ("optional", gettext_lazy("可选")),
]
_MONEY: Final = ("min_amount", "max_amount", "amount_step")
_RATES: Final = ("min_down", "max_down", "max_ltv", "rate_cap")


class VersionForm(forms.Form):
    """Days, scope, limits; the tables are added with their rows."""

    starts = DayField(label=gettext_lazy("生效日"))
    ends = DayField(label=gettext_lazy("截止日"), required=False)
    note = forms.CharField(label=gettext_lazy("这版改了什么"), max_length=200, required=False)
    kind = forms.ChoiceField(label=gettext_lazy("产品类别"), choices=options(words.PRODUCTS))
    advertised = forms.CharField(label=gettext_lazy("宣传口径"), max_length=60, required=False)
    advertised_en = forms.CharField(label=gettext_lazy("宣传口径（英文）"), max_length=60, required=False)
    vehicles = forms.MultipleChoiceField(
        label=gettext_lazy("车辆"),
        choices=options(words.VEHICLES),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("都不选即不限"),
    )
    customers = forms.MultipleChoiceField(
        label=gettext_lazy("客户"),
        choices=options(words.CUSTOMERS),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("都不选即不限"),
    )
    regions = forms.MultipleChoiceField(
        label=gettext_lazy("地区"),
        choices=options(words.REGIONS),
        required=False,
        widget=forms.SelectMultiple(attrs={"size": 5}),
        help_text=gettext_lazy("都不选即不限"),
    )
    min_down = RateField(label=gettext_lazy("最低首付"))
    max_down = RateField(label=gettext_lazy("最高首付"))
    max_ltv = RateField(label=gettext_lazy("贷款成数上限"))
    min_amount = MoneyField(label=gettext_lazy("最低金额"), least=1)
    max_amount = MoneyField(label=gettext_lazy("最高金额"), least=1, required=False)
    amount_step = MoneyField(label=gettext_lazy("金额取整"), least=1)
    max_age_plus_term = forms.IntegerField(label=gettext_lazy("车龄加期限（月）"), min_value=1, required=False)
    rate_cap = RateField(label=gettext_lazy("综合年化上限"), required=False)
    methods = forms.MultipleChoiceField(
        label=gettext_lazy("还款方式"),
        choices=lambda: [(code, words.method(code)) for code in METHODS],
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    grace = forms.IntegerField(label=gettext_lazy("前几期只还利息"), min_value=0, max_value=60, required=False)
    tail = RateField(label=gettext_lazy("气球贷尾款"), required=False)
    tail_of = forms.ChoiceField(
        label=gettext_lazy("尾款按"), choices=[("principal", gettext_lazy("本金")), ("price", gettext_lazy("车价"))]
    )
    residual_bearer = forms.ChoiceField(
        label=gettext_lazy("租赁残值"),
        choices=[("lessee", gettext_lazy("承租人留购")), ("lessor", gettext_lazy("出租人收回"))],
    )
    locked = forms.IntegerField(label=gettext_lazy("还满几期后可结清"), min_value=0, required=False)
    after = RateField(label=gettext_lazy("其后违约金"), required=False)
    fees_stop = forms.BooleanField(label=gettext_lazy("结清后，其后各期费用不再收取"), required=False)
    first_beneficiary = forms.BooleanField(label=gettext_lazy("车险第一受益人为贷款人"), required=False)
    gps = forms.BooleanField(label=gettext_lazy("安装 GPS"), required=False)
    down_payment_evidence = forms.BooleanField(label=gettext_lazy("首付凭证"), required=False)
    e_sign = forms.BooleanField(label=gettext_lazy("可以电子签约"), required=False)
    lien_days = forms.IntegerField(
        label=gettext_lazy("抵押登记"),
        min_value=0,
        required=False,
        help_text=gettext_lazy("放款后几天内；0 为放款前，不填为不要"),
    )
    reading_seconds = forms.IntegerField(label=gettext_lazy("明示表阅读（秒）"), min_value=0, max_value=600)

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        for term in TERMS:
            self._add(f"rate_{term}", RateField(required=False), _("%s 期年利率") % term)
        named = [*(self.data or ()), *(self.initial or ())]
        self.fees, self.tiers = rows_in(named, "fee", FEES), rows_in(named, "tier", TIERS)
        for row in self.fees:
            at = row + 1
            self._add(f"fee_{row}_name", forms.CharField(required=False, max_length=60), _("第 %s 项费用名称") % at)
            self._add(f"fee_{row}_measure", forms.CharField(required=False, max_length=20), _("第 %s 项金额") % at)
            when = forms.ChoiceField(choices=options(words.WHEN), required=False)
            self._add(f"fee_{row}_when", when, _("第 %s 项时点") % at)
            payee = forms.ChoiceField(choices=options(words.PAYEES), required=False)
            self._add(f"fee_{row}_payee", payee, _("第 %s 项收取方") % at)
            self._add(f"fee_{row}_in", forms.BooleanField(required=False), _("第 %s 项计入年化") % at)
        for row in self.tiers:
            months = forms.IntegerField(required=False, min_value=1, max_value=360)
            self._add(f"tier_{row}_months", months, _("第 %s 档月数") % (row + 1))
            self._add(f"tier_{row}_share", RateField(required=False), _("第 %s 档违约金") % (row + 1))
        for code, said in words.PAPERS.items():
            self._add(f"paper_{code}", forms.ChoiceField(choices=_WANTED, required=False), str(said))
            days = forms.IntegerField(required=False, min_value=1, max_value=3650)
            self._add(f"paper_{code}_days", days, _("%s 几天内有效") % said)

    def _add(self, name: str, field: forms.Field, label: str) -> None:
        field.label = label
        field.widget.attrs["aria-label"] = label
        self.fields[name] = field

    def head(self) -> list[forms.BoundField]:
        """The fields of days and scope."""
        return [self[n] for n in ("starts", "ends", "note", "kind", "advertised", "advertised_en")]

    def scope(self) -> list[forms.BoundField]:
        """For whom and what."""
        return [self[n] for n in ("vehicles", "customers", "regions")]

    def limits(self) -> list[forms.BoundField]:
        """The limits."""
        return [self[n] for n in (*_RATES[:3], *_MONEY, "max_age_plus_term", "rate_cap")]

    def paying(self) -> list[forms.BoundField]:
        """Repayment and settlement."""
        return [
            self[n] for n in ("methods", "grace", "tail", "tail_of", "residual_bearer", "locked", "after", "fees_stop")
        ]

    def conditions(self) -> list[forms.BoundField]:
        """Conditions of the payout."""
        names = ("first_beneficiary", "gps", "down_payment_evidence", "e_sign", "lien_days", "reading_seconds")
        return [self[name] for name in names]

    def rate_rows(self) -> list[tuple[int, forms.BoundField]]:
        """Term and rate."""
        return [(term, self[f"rate_{term}"]) for term in TERMS]

    def fee_rows(self) -> list[list[forms.BoundField]]:
        """The lines of fees."""
        return [[self[f"fee_{row}_{part}"] for part in ("name", "measure", "when", "payee", "in")] for row in self.fees]

    def tier_rows(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        """The steps of the charge for leaving early."""
        return [(self[f"tier_{row}_months"], self[f"tier_{row}_share"]) for row in self.tiers]

    def paper_rows(self) -> list[tuple[str, forms.BoundField, forms.BoundField]]:
        """Papers: which, whether, how old."""
        return [(str(said), self[f"paper_{code}"], self[f"paper_{code}_days"]) for code, said in words.PAPERS.items()]


def typed_terms(data: Mapping[str, Any], before: ProductTerms | None) -> dict[str, Any]:
    """The document of terms as it was typed. Terms the form does not ask for are taken over from `before`."""
    kept = {term: rate for term, rate in (before.rates if before else {}).items() if int(term) not in TERMS}
    rates = {str(term): _percent(data[f"rate_{term}"]) for term in TERMS if data[f"rate_{term}"] is not None}
    document: dict[str, Any] = {
        "kind": data["kind"],
        "advertised": data["advertised"],
        "advertised_en": data["advertised_en"],
        "vehicles": data["vehicles"],
        "customers": data["customers"],
        "regions": data["regions"],
        "models": list(before.models) if before else [],
        "rates": dict(sorted((kept | rates).items(), key=lambda one: int(one[0]))),
        "repayments": list(_ways(data)),
        "fees": list(_fees(data)),
        "fees_stop": data["fees_stop"],
        "residual_bearer": data["residual_bearer"],
        "settlement": _settlement(data, before),
        "max_age_plus_term": data["max_age_plus_term"],
        "rounding": before.rounding if before else "half_up",
    }
    document |= {name: None if data[name] is None else _percent(data[name]) for name in _RATES}
    return document | {name: None if data[name] is None else yuan(data[name]) for name in _MONEY}


def typed_needs(data: Mapping[str, Any], before: Requirements | None) -> dict[str, Any]:
    """The document of requirements as it was typed; of whom a paper is asked stays as it was."""
    rules = {paper.paper: paper for paper in (before.papers if before else ())}
    papers = []
    for code in words.PAPERS:
        if not data[f"paper_{code}"]:
            continue
        old = rules.get(code)
        papers.append(
            {
                "paper": code,
                "required": data[f"paper_{code}"] == "required",
                "valid_days": data[f"paper_{code}_days"],
                "jobs": list(old.jobs) if old else [],
                "marital": list(old.marital) if old else [],
                "customers": list(old.customers) if old else [],
            }
        )
    names = ("first_beneficiary", "gps", "down_payment_evidence", "e_sign", "lien_days", "reading_seconds")
    return {name: data[name] for name in names} | {"papers": papers}


def initial(terms: ProductTerms | None, needs: Requirements, starts: date, ends: date | None) -> dict[str, Any]:
    """What the form begins with."""
    given: dict[str, Any] = {"starts": starts, "ends": ends, "fees_stop": True, "tail_of": "principal"}
    given["residual_bearer"] = "lessee"
    given |= {name: getattr(needs, name) for name in ("first_beneficiary", "gps", "down_payment_evidence", "e_sign")}
    given |= {"lien_days": needs.lien_days, "reading_seconds": needs.reading_seconds}
    for paper in needs.papers:
        given[f"paper_{paper.paper}"] = "required" if paper.required else "optional"
        given[f"paper_{paper.paper}_days"] = paper.valid_days
    if terms is None:
        return given | {f"fee_{row}_in": True for row in range(FEES)} | {
            "methods": ["level"], "max_down": 100_000_000, "amount_step": 10_000, "kind": "loan",
        }  # fmt: skip
    same = ("kind", "advertised", "advertised_en", "vehicles", "customers", "regions", "max_age_plus_term", "fees_stop")
    given |= {name: getattr(terms, name) for name in (*same, "residual_bearer")}
    given |= {name: rate_units(value) for name in _RATES if (value := getattr(terms, name)) is not None}
    given |= {name: fen(value) for name in _MONEY if (value := getattr(terms, name)) is not None}
    given |= {f"rate_{term}": rate_units(rate) for term, rate in terms.rates.items()}
    return given | _fees_given(terms) | _paying_given(terms)


def _fees_given(terms: ProductTerms) -> dict[str, Any]:
    given: dict[str, Any] = {f"fee_{row}_in": True for row in range(FEES)}
    for row, text in enumerate(terms.fees):
        parts = [part.strip() for part in text.translate(HALF_WIDTH).split(":")]
        name, measure, when, payee, counted = [*parts, *("upfront", "lender", "in")[len(parts) - 2 :]]
        given |= {f"fee_{row}_name": name, f"fee_{row}_measure": measure, f"fee_{row}_when": when}
        given |= {f"fee_{row}_payee": payee, f"fee_{row}_in": counted == "in"}
    return given


def _paying_given(terms: ProductTerms) -> dict[str, Any]:
    ways = [RepaymentRow(method=way) if isinstance(way, str) else way for way in terms.repayments]
    given: dict[str, Any] = {"methods": [way.method for way in ways if way.method in METHODS]}
    for way in ways:
        if way.tail:
            given |= {"tail": rate_units(way.tail), "tail_of": way.tail_of}
        if way.grace_principal:
            given["grace"] = way.grace_principal
    settlement = terms.settlement
    given |= {"locked": settlement.locked or None, "after": rate_units(settlement.share) or None}
    for row, (months, share) in enumerate(sorted(settlement.tiers.items(), key=lambda step: int(step[0]))):
        given |= {f"tier_{row}_months": int(months), f"tier_{row}_share": rate_units(share)}
    return given


def _percent(units: int) -> str:
    return f"{percent(units):f}"


def _ways(data: Mapping[str, Any]) -> Iterator[str | dict[str, Any]]:
    grace = data["grace"] or 0
    for method in data["methods"]:
        is_graced = grace and method in ("level", "equal-principal")
        yield {"method": method, "grace_principal": grace} if is_graced else method
    if data["tail"]:
        yield {"method": "balloon", "tail": _percent(data["tail"]), "tail_of": data["tail_of"]}


def _fees(data: Mapping[str, Any]) -> Iterator[str]:
    for row in rows_in(data, "fee", FEES):
        name, measure = data[f"fee_{row}_name"], data[f"fee_{row}_measure"]
        if name or measure:
            counted = "in" if data[f"fee_{row}_in"] else "out"
            yield f"{name}:{measure}:{data[f'fee_{row}_when']}:{data[f'fee_{row}_payee']}:{counted}"


def _settlement(data: Mapping[str, Any], before: ProductTerms | None) -> dict[str, Any]:
    tiers = {
        str(data[f"tier_{row}_months"]): _percent(data[f"tier_{row}_share"] or 0)
        for row in rows_in(data, "tier", TIERS)
        if data[f"tier_{row}_months"]
    }
    old = before.settlement if before else None
    return {
        "locked": data["locked"] or 0,
        "tiers": tiers,
        "share": _percent(data["after"] or 0),
        "base": old.base if old else "remaining",
        "interest_months": old.interest_months if old else 0,
    }

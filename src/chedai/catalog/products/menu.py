"""The menu beside the car (加装项目): insurance, warranty, accessories, services. Cost stays on the house's side."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import QuerySet

from chedai.catalog.products import rules
from chedai.catalog.products.models import AddOn, AddOnCost
from chedai.catalog.products.states import AddOnKind
from chedai.engine.rates import Payee
from chedai.platform.actors import Actor
from chedai.platform.audit.entries import Scalar
from chedai.platform.errors import Conflict, NotFound, Refusal, Refusals
from chedai.platform.work import record, service


@dataclass(frozen=True, slots=True)
class MenuItem:
    """One line as a customer sees it: `price` in fen, `months` 0 for once and for all."""

    code: str
    kind: AddOnKind
    name: str
    name_en: str
    price: int
    months: int
    payee: Payee
    payee_name: str
    says: str


def menu() -> tuple[MenuItem, ...]:
    """What is offered, by kind. Nothing of it knows what it costs the house."""
    return tuple(_item(add_on) for add_on in AddOn.objects.filter(is_offered=True))


def menu_item(code: str) -> MenuItem:
    """One line that is offered. Errors: `NotFound`."""
    found = AddOn.objects.filter(code=code, is_offered=True).first()
    if found is None:
        raise _unknown()
    return _item(found)


def add_ons() -> QuerySet[AddOn]:
    """Every add-on with its cost, for who keeps the menu."""
    return AddOn.objects.select_related("costing").order_by("kind", "code")


def add_on_of(code: str) -> AddOn:
    """An add-on, whether it is offered or not. Errors: `NotFound`."""
    found = add_ons().filter(code=code).first()
    if found is None:
        raise _unknown()
    return found


def cost_of(code: str) -> int:
    """What an add-on costs the house, in fen. Errors: `NotFound`."""
    found = AddOnCost.objects.filter(add_on__code=code).first()
    if found is None:
        raise _unknown()
    return found.cost


def add_on_lock(code: str) -> AddOn:
    """An add-on, locked until the transaction ends. Errors: `NotFound`."""
    found = AddOn.objects.select_for_update(no_key=True).filter(code=code).first()
    if found is None:
        raise _unknown()
    return found


@service
def add_on_register(
    *,
    code: str,
    kind: AddOnKind,
    name: str,
    price: int,
    cost: int,
    payee: Payee,
    payee_name: str,
    actor: Actor,
    name_en: str = "",
    months: int = 0,
    says: str = "",
) -> AddOn:
    """Put a line on the menu. Errors: `Refusals` at their fields; `Conflict` where the code is taken."""
    _refuse(code, name, price, cost, payee_name)
    if AddOn.objects.filter(code=code).exists():
        raise Conflict("add-on-known", f"代码 {code} 已存在", f"there is an add-on {code} already", field="code")
    add_on = AddOn.objects.create(
        code=code,
        kind=kind,
        name=name.strip(),
        name_en=name_en.strip(),
        price=price,
        months=months,
        payee=payee,
        payee_name=payee_name.strip(),
        says=says.strip(),
    )
    AddOnCost.objects.create(add_on=add_on, cost=cost)
    facts: dict[str, Scalar] = {"code": code, "price": price, "months": months, "payee": payee.value}
    record(actor=actor, action="add_on.registered", subject=f"add-on:{add_on.pk}", facts=facts)
    return add_on


@service
def add_on_change(*, code: str, actor: Actor, price: int, cost: int, is_offered: bool) -> AddOn:
    """Change price and cost of a line (fen), or take it off the menu. Quotes that have it keep their price."""
    add_on = add_on_lock(code)
    _refuse(code, add_on.name, price, cost, add_on.payee_name)
    facts: dict[str, Scalar] = {"price": f"{add_on.price} -> {price}", "offered": is_offered}
    add_on.price, add_on.is_offered = price, is_offered
    add_on.save(update_fields=["price", "is_offered"])
    AddOnCost.objects.filter(add_on=add_on).update(cost=cost)
    record(actor=actor, action="add_on.changed", subject=f"add-on:{add_on.pk}", facts=facts)
    return add_on


def _refuse(code: str, name: str, price: int, cost: int, payee_name: str) -> None:
    found = [rules.code_refusal(code)]
    if not name.strip():
        found.append(Refusal("add-on-name", "请填写名称", "give its name", field="name"))
    if price < 1:
        found.append(Refusal("add-on-price", "价格须大于 0", "the price is above 0", field="price"))
    if cost < 0:
        found.append(Refusal("add-on-cost", "成本不得为负", "the cost is not below zero", field="cost"))
    if not payee_name.strip():
        found.append(Refusal("add-on-payee", "请写明收款方", "say who is paid", field="payee_name"))
    refused = [one for one in found if one is not None]
    if refused:
        raise Refusals(refused)


def _item(add_on: AddOn) -> MenuItem:
    return MenuItem(
        code=add_on.code,
        kind=AddOnKind(add_on.kind),
        name=add_on.name,
        name_en=add_on.name_en or add_on.name,
        price=add_on.price,
        months=add_on.months,
        payee=Payee(add_on.payee),
        payee_name=add_on.payee_name,
        says=add_on.says,
    )


def _unknown() -> NotFound:
    return NotFound("no-such-add-on", "没有这个加装项目", "there is no such add-on")

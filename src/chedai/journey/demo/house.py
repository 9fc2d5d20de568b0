"""The group: three stores, twenty-five people with their roles, limits of authority, the sample catalogue."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from django.contrib.auth.hashers import make_password

from chedai.catalog.starter.services import catalogue_load_starter
from chedai.deals.underwriting.services.proposing import DECIDE
from chedai.org.models import Staff, Store
from chedai.org.publication import PUBLICATIONS, PUBLISHER
from chedai.org.responsibility import responsibility_publish
from chedai.org.services import authority_set, role_grant, staff_join, store_open, team_form
from chedai.platform import clock
from chedai.platform.actors import Actor, ActorKind, system
from chedai.platform.work import service

BUILDER: Final = system("demo")
PASSWORD: Final = "chedai-demo-2026"

STORES: Final = (("A1", "城东店", "杭州"), ("A2", "城西店", "杭州"), ("B1", "滨江店", "杭州"))
_EACH: Final = (
    ("reception", ("何静", "吕欣", "蔡婷")),
    ("manager", ("许宁", "罗明辉", "韩雪")),
    ("officer", ("林晓", "曹阳", "谢文博")),
    ("officer", ("周敏", "梁宇", "傅佳")),
    ("officer", ("吴浩", "董洁", "彭磊")),
)
_GROUP: Final = (
    ("approver", "吴敏"),
    ("approver", "赵琳"),
    ("approver", "郑海"),
    ("finance", "方芸"),
    ("finance", "钱立"),
    ("compliance", "韩冰"),
    ("compliance", "石磊"),
    ("auditor", "沈涛"),
    ("collector", "马超"),
    ("admin", "周航"),
)
_LIMITS: Final = (
    (DECIDE, "approver", 20_000_000, 500),
    (DECIDE, "compliance", 100_000_000, 20_000),
    ("loan.advance", "manager", 5_000_000, 0),
    ("loan.refund", "manager", 1_000_000, 0),
    ("loan.change", "manager", 5_000_000, 0),
    ("loan.change", "approver", 200_000_000, 0),
    ("price.deviation", "manager", 20_000_000, 100),
    ("price.deviation", "compliance", 100_000_000, 1000),
)
_DUTIES: Final = {
    "reception": "reception",
    "quote": "officer",
    "application": "officer",
    "decision": "approver",
    "contract": "officer",
    "disbursement": "finance",
    "collateral": "officer",
    "collection": "collector",
}


@dataclass(slots=True)
class House:
    """Who works where."""

    stores: list[Store] = field(default_factory=list)
    officers: dict[int, list[Staff]] = field(default_factory=dict)
    receptions: dict[int, Staff] = field(default_factory=dict)
    managers: dict[int, Staff] = field(default_factory=dict)
    group: dict[str, list[Staff]] = field(default_factory=dict)

    @property
    def everybody(self) -> list[Staff]:
        """All of them, by store, then the group."""
        local = [p for s in self.stores for p in (self.receptions[s.pk], self.managers[s.pk], *self.officers[s.pk])]
        return [*local, *(person for people in self.group.values() for person in people)]


def acting(staff: Staff) -> Actor:
    """A person of the house as actor."""
    return Actor(ActorKind.PERSON, staff.user_id, staff.user.display_name)


@service
def house_build() -> House:
    """Open the stores, let the people in, give them their roles and limits, and fill the shelf."""
    made = House()
    password = make_password(PASSWORD)
    counted = 0
    for at, (code, name, city) in enumerate(STORES):
        store = store_open(code=code, name=name, city=city, region="zhejiang", actor=BUILDER)
        made.stores.append(store)
        people = []
        for role, names in _EACH:
            counted += 1
            people.append((role, _join(counted, names[at], store, role, store.pk, password)))
        made.receptions[store.pk] = people[0][1]
        made.managers[store.pk] = people[1][1]
        made.officers[store.pk] = [person for role, person in people if role == "officer"]
        team_form(store_id=store.pk, name="金融一组", members=[p.pk for p in made.officers[store.pk]], actor=BUILDER)
    for role, name in _GROUP:
        counted += 1
        made.group.setdefault(role, []).append(_join(counted, name, made.stores[0], role, None, password))
    for action in PUBLICATIONS:
        authority_set(action=action, role=PUBLISHER, amount=0, deviation=0, actor=BUILDER)
    for action, role, amount, deviation in _LIMITS:
        authority_set(action=action, role=role, amount=amount, deviation=deviation, actor=BUILDER)
    for store in made.stores:
        responsibility_publish(store_id=store.pk, roles=_DUTIES, version=0, actor=acting(made.group["compliance"][0]))
    catalogue_load_starter(actor=BUILDER)
    return made


def _join(number: int, name: str, store: Store, role: str, reach: int | None, password: str) -> Staff:
    staff = staff_join(
        number=f"N{number:03}",
        name=name,
        username=f"{role}{number}",
        home_id=store.pk,
        joined_on=clock.business_date(),
        actor=BUILDER,
    )
    role_grant(staff_id=staff.pk, role=role, store_id=reach, actor=BUILDER)
    staff.user.password, staff.user.language = password, ""  # who looks around reads the language of their browser
    staff.user.save(update_fields=["password", "language"])
    return staff

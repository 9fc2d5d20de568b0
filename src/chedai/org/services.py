"""Staff come, take roles, lose them, and leave with everything handed over."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from django.db.models import Q

from chedai.org import rules, selectors
from chedai.org.handover import belongings
from chedai.org.models import AuthorityLimit, RoleGrant, Staff, Store, Team
from chedai.org.permissions import Role, table
from chedai.org.rules import Holding
from chedai.platform import clock
from chedai.platform.accounts.services import account_close, account_open
from chedai.platform.actors import Actor
from chedai.platform.audit.entries import Scalar
from chedai.platform.errors import Conflict, NotAllowed, Refusal
from chedai.platform.policies.scope import Region
from chedai.platform.work import record, service


@service
def store_open(*, code: str, name: str, actor: Actor, city: str = "", region: str = "") -> Store:
    """Open a store; `region` is its province. Errors: `Conflict` where the code is taken, `Refusal` for no province."""
    _refuse_region(region)
    if Store.objects.filter(code__iexact=code).exists():
        raise Conflict("store-code", "门店编号已存在", "the code of the store is taken", field="code")
    store = Store.objects.create(code=code, name=name.strip(), city=city.strip(), region=region)
    record(actor=actor, action="store.opened", subject=f"store:{store.pk}", facts={"code": code, "region": region})
    return store


@service
def store_change(*, store_id: int, name: str, city: str, region: str, actor: Actor) -> Store:
    """Correct what a store is called and where it stands. Errors: `NotFound`; `Refusal` for no province."""
    _refuse_region(region)
    store = selectors.store_lock(store_id)
    given = {"name": name.strip(), "city": city.strip(), "region": region}
    changed = {key: value for key, value in given.items() if getattr(store, key) != value}
    if changed:
        store.name, store.city, store.region = given["name"], given["city"], given["region"]
        store.save(update_fields=list(changed))
        facts: dict[str, Scalar] = dict(changed)
        record(actor=actor, action="store.changed", subject=f"store:{store.pk}", facts=facts)
    return store


@service
def team_form(*, store_id: int, name: str, members: Sequence[int], actor: Actor) -> Team:
    """Form a team of people of one store; who was in another leaves it. Errors: `Refusal` for people of elsewhere."""
    store = selectors.store_lock(store_id)
    people = Staff.objects.filter(pk__in=members, home=store, left_on=None)
    if people.count() != len(set(members)):
        raise Refusal("not-of-the-store", "小组成员须为本店员工", "a team is of people of one store", field="members")
    team, _ = Team.objects.get_or_create(store=store, name=name.strip())
    people.update(team=team)
    facts: dict[str, Scalar] = {"team": team.pk, "members": len(set(members))}
    record(actor=actor, action="team.formed", subject=f"store:{store.pk}", facts=facts)
    return team


@service
def staff_join(
    *, number: str, name: str, username: str, home_id: int, joined_on: date, actor: Actor, email: str = ""
) -> Staff:
    """Open an account for somebody who joins. They set their own password at the first sign-in."""
    if Staff.objects.filter(number=number).exists():
        raise Refusal("staff-number", "工号已存在", "the staff number is taken", field="number")
    if not Store.objects.filter(pk=home_id, is_open=True).exists():
        raise Refusal("no-such-store", "没有这家门店", "there is no such store", field="home")
    user = account_open(username=username, display_name=name, email=email, actor=actor)
    staff = Staff.objects.create(user=user, number=number, home_id=home_id, joined_on=joined_on)
    record(actor=actor, action="staff.joined", subject=f"staff:{staff.pk}", facts={"number": number, "store": home_id})
    return staff


@service
def role_grant(*, staff_id: int, role: Role, store_id: int | None, actor: Actor) -> RoleGrant:
    """Give somebody a role, for one store or for the whole group. Nobody gives a role to themselves."""
    staff, today = selectors.staff_lock(staff_id), clock.business_date()
    if staff.user_id == actor.ref:
        raise NotAllowed("own-role", "不得给自己授权", "nobody grants a role to themselves")
    if staff.left_on is not None:
        raise Conflict("staff-left", "该员工已离职", "this person has left")
    held = RoleGrant.objects.filter(Q(until=None) | Q(until__gte=today), staff=staff)
    holdings = [Holding(grant.role, grant.store_id) for grant in held]
    refused = rules.grant_refusal(table(), holdings, Holding(role, store_id))
    if refused is not None:
        raise refused
    grant = RoleGrant.objects.create(staff=staff, role=role, store_id=store_id, since=today)
    facts: dict[str, Scalar] = {"role": role, "store": store_id}
    record(actor=actor, action="role.granted", subject=f"staff:{staff.pk}", facts=facts)
    return grant


@service
def role_withdraw(*, grant_id: int, reason: str, actor: Actor) -> None:
    """Take a role back, from now on."""
    grant = RoleGrant.objects.select_for_update(no_key=True).filter(pk=grant_id, until=None).first()
    if grant is None:
        raise Conflict("role-not-held", "角色已收回", "the role is no longer held")
    grant.until = clock.business_date() - timedelta(days=1)
    grant.save(update_fields=["until"])
    facts: dict[str, Scalar] = {"role": grant.role, "store": grant.store_id}
    record(actor=actor, action="role.withdrawn", subject=f"staff:{grant.staff_id}", facts=facts, reason=reason)


@service
def authority_set(
    *,
    action: str,
    role: Role,
    amount: int,
    deviation: int,
    actor: Actor,
    store_id: int | None = None,
    staff_id: int | None = None,
) -> AuthorityLimit:
    """Set how far a role's (or one person's) authority reaches from today; the limit before it ends yesterday."""
    if role not in table().roles:
        raise Refusal("no-such-role", "没有这个角色", "there is no such role", field="role")
    if amount < 0 or deviation < 0:
        raise Refusal("limit-negative", "额度不得为负", "a limit is not negative", field="amount")
    if staff_id is not None and selectors.staff_lock(staff_id).user_id == actor.ref:
        raise NotAllowed("own-authority", "不得给自己设定额度", "nobody sets their own authority")
    today = clock.business_date()
    same = AuthorityLimit.objects.select_for_update(no_key=True).filter(
        action=action, role=role, store=store_id, staff=staff_id
    )
    same.filter(until=None, since=today).delete()
    same.filter(until=None).update(until=today - timedelta(days=1))
    limit = AuthorityLimit.objects.create(
        action=action, role=role, store_id=store_id, staff_id=staff_id, amount=amount, deviation=deviation, since=today
    )
    facts: dict[str, Scalar] = {"action": action, "role": role, "amount": amount, "deviation": deviation}
    facts |= {"store": store_id, "staff": staff_id}
    record(actor=actor, action="authority.set", subject=f"authority:{limit.pk}", facts=facts)
    return limit


@service
def staff_leave(*, staff_id: int, successor_id: int, left_on: date, actor: Actor) -> dict[str, int]:
    """Somebody leaves: every thing they have goes to the successor, their roles end, their account closes. One act.

    Returns how many things of each kind have moved. Errors: `Conflict` where the successor has left or is the leaver.
    """
    first, second = sorted((staff_id, successor_id))
    people = {person.pk: person for person in (selectors.staff_lock(first), selectors.staff_lock(second))}
    leaver, successor = people[staff_id], people[successor_id]
    if leaver.left_on is not None:
        raise Conflict("staff-left", "该员工已离职", "this person has left")
    if staff_id == successor_id or successor.left_on is not None:
        zh, en = "接手人须为在职的另一名员工", "the successor must be another person who is here"
        raise Refusal("no-successor", zh, en, field="successor")
    moved = {kind: things.move(staff_id, successor_id, actor) for kind, things in belongings().items()}
    left_behind = {kind: count for kind, count in selectors.belongings_of(staff_id).items() if count}
    if left_behind:
        raise RuntimeError(f"not handed over: {left_behind}")
    RoleGrant.objects.filter(staff=leaver, until=None).update(until=left_on)
    leaver.left_on = left_on
    leaver.save(update_fields=["left_on"])
    account_close(user_id=leaver.user_id, actor=actor)
    facts: dict[str, Scalar] = {"to": successor_id, "on": left_on.isoformat(), **moved}
    record(actor=actor, action="staff.left", subject=f"staff:{staff_id}", facts=facts)
    return moved


def _refuse_region(region: str) -> None:
    if region and region not in {one.value for one in Region}:
        raise Refusal("no-such-region", "没有这个省份", "there is no such province", field="region")

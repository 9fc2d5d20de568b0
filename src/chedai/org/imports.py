"""Staff from a workbook: one row opens an account, gives it a place in a store and, where named, a role there.

Who brings the file in needs the rights the screen of staff asks for, in the store of each row. Within a day the import
can be taken back: an account nobody has used is closed, and its number and name are free again.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Final

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from chedai.org import selectors
from chedai.org.access import Access, access_of
from chedai.org.joining import Joining, joining_refusals, staff_join_many
from chedai.org.models import RoleGrant, Staff
from chedai.org.permissions import Role, table
from chedai.org.services import role_grant, staff_join
from chedai.platform import clock
from chedai.platform.accounts.selectors import username_taken
from chedai.platform.accounts.services import account_take_back
from chedai.platform.actors import Actor
from chedai.platform.errors import Conflict, NotFound, Refusal
from chedai.platform.imports.columns import Column
from chedai.platform.imports.kinds import ImportKind, Row
from chedai.platform.work import record, service

_USERNAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]*")

COLUMNS: Final = (
    Column("number", "工号", "staff number", required=True, also=("员工编号", "编号"), example="N0107", longest=20),
    Column("name", "姓名", "name", required=True, also=("员工姓名",), example="林晓", longest=60),
    Column("username", "登录名", "user name", required=True, also=("账号", "用户名"), example="lin.xiao", longest=60),
    Column("store", "门店编号", "store code", required=True, also=("门店", "店号"), example="A1", longest=20),
    Column("role", "角色", "role", also=("岗位", "职务"), example="金融专员", longest=40),
    Column("email", "邮箱", "e-mail", also=("电子邮箱", "email"), example="lin.xiao@example.com", longest=254),
)


def staff_key(row: Row) -> str:
    """A person is the same person in another file by their number."""
    return str(row["number"])


def staff_check(row: Row, actor: Actor) -> None:
    """What the columns alone cannot see. Errors: `Refusal`, `NotAllowed`, `Conflict`."""
    if Staff.objects.filter(number=row["number"]).exists():
        raise Refusal("staff-number", "工号已存在", "the staff number is taken", field="number")
    _username(row)
    if username_taken(row["username"]):
        raise Refusal("username-taken", "登录名已被使用", "the name is taken", field="username")
    _email(row)
    _placed(row, access_of(actor.ref), selectors.stores_of_codes([row["store"]]))


def staff_write(row: Row, actor: Actor) -> str:
    """One row as a member of staff. Errors: as above."""
    home_id, role = _placed(row, access_of(actor.ref), selectors.stores_of_codes([row["store"]]))
    staff = staff_join(
        number=row["number"],
        name=row["name"],
        username=row["username"],
        home_id=home_id,
        joined_on=clock.business_date(),
        email=_email(row),
        actor=actor,
    )
    if role is not None:
        role_grant(staff_id=staff.pk, role=role, store_id=home_id, actor=actor)
    return f"staff:{staff.pk}"


def staff_check_many(rows: Sequence[Row], actor: Actor) -> list[Refusal | None]:
    """`staff_check` of a piece of rows, in a few queries."""
    people = _people(rows, actor)
    refused = iter(joining_refusals([one for one in people if isinstance(one, Joining)]))
    return [next(refused) if isinstance(one, Joining) else one for one in people]


def staff_write_many(rows: Sequence[Row], actor: Actor) -> list[str | Refusal]:
    """`staff_write` of a piece of rows. Errors: `IntegrityError` where somebody takes a name in this moment."""
    people = _people(rows, actor)
    joining = [one for one in people if isinstance(one, Joining)]
    came = iter(staff_join_many(joining=joining, joined_on=clock.business_date(), actor=actor))
    found = [next(came) if isinstance(one, Joining) else one for one in people]
    return [one if isinstance(one, Refusal) else f"staff:{one.pk}" for one in found]


def _people(rows: Sequence[Row], actor: Actor) -> list[Joining | Refusal]:
    """Each row as somebody who joins, or why it cannot be one."""
    access, stores = access_of(actor.ref), selectors.stores_of_codes(row["store"] for row in rows)
    found: list[Joining | Refusal] = []
    for row in rows:
        try:
            _username(row)
            email = _email(row)
            home_id, role = _placed(row, access, stores)
            found.append(Joining(row["number"], row["name"], row["username"], home_id, role, email))
        except Refusal as refused:
            found.append(refused)
    return found


def staff_undo(subject: str, actor: Actor) -> None:
    """Take back what a row became. Errors: `Conflict` where somebody works with it already."""
    staff_take_back(staff_id=int(subject.partition(":")[2]), actor=actor)


@service
def staff_take_back(*, staff_id: int, actor: Actor) -> None:
    """A member of staff who was entered by mistake and has not begun: roles end, the account closes."""
    staff, today = selectors.staff_lock(staff_id), clock.business_date()
    if staff.left_on is not None:
        raise Conflict("staff-left", "该员工已离职", "this person has left")
    if any(selectors.belongings_of(staff_id).values()):
        raise Conflict("staff-has-things", "名下已有业务，请走离职交接", "things were given to them; hand them over")
    account_take_back(user_id=staff.user_id, actor=actor)
    RoleGrant.objects.filter(staff=staff, until=None).update(until=today - timedelta(days=1))
    mark = f"~{staff_id}"
    staff.number, staff.left_on = staff.number[: 20 - len(mark)] + mark, today
    staff.save(update_fields=["number", "left_on"])
    record(actor=actor, action="staff.taken_back", subject=f"staff:{staff_id}")


def role_named(word: str) -> Role:
    """The role somebody means by its name in either language or by its code. Errors: `Refusal`."""
    plain = word.strip().lower()
    for role, words in table().roles.items():
        if plain in (role, words.zh.lower(), words.en.lower()):
            return role
    known = table().roles.values()
    zh = f"没有这个角色：{word}（可用：{'、'.join(w.zh for w in known)}）"
    en = f"there is no role {word} (known: {', '.join(w.en for w in known)})"
    raise Refusal("no-such-role", zh, en, field="role")


def _username(row: Row) -> None:
    if not _USERNAME.fullmatch(row["username"]):
        zh, en = "登录名只用字母、数字、点和连字符", "a user name is of letters, digits, dots and hyphens"
        raise Refusal("username-signs", zh, en, field="username")


def _placed(row: Row, access: Access, stores: Mapping[str, int]) -> tuple[int, Role | None]:
    """The store of a row and its role, where the person may enter staff there. Errors: `Refusal`, `NotAllowed`."""
    code = row["store"]
    if code.strip().lower() not in stores:
        zh, en = f"没有编号为 {code} 的门店", f"there is no store {code}"
        raise NotFound("no-such-store", zh, en)
    home_id = stores[code.strip().lower()]
    access.require_for("staff.manage", home_id)
    if not row["role"]:
        return home_id, None
    role = role_named(row["role"])
    access.require_for("role.grant", home_id)
    return home_id, role


def _email(row: Row) -> str:
    address = str(row["email"] or "").strip()
    if address:
        try:
            validate_email(address)
        except ValidationError:
            raise Refusal("email", "邮箱地址不对", "this is no e-mail address", field="email") from None
    return address


STAFF: Final = ImportKind(
    "staff",
    "员工",
    "staff",
    "staff.manage",
    COLUMNS,
    staff_key,
    staff_check,
    staff_write,
    staff_undo,
    staff_check_many,
    staff_write_many,
)

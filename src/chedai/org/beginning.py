"""The first store and the first person: from then on people are let in by people."""

from __future__ import annotations

import secrets

from chedai.org.models import Staff
from chedai.org.publication import PUBLICATIONS, PUBLISHER
from chedai.org.services import authority_set, role_grant, staff_join, store_open
from chedai.platform import clock
from chedai.platform.actors import system
from chedai.platform.errors import Conflict
from chedai.platform.work import service

BEGINNING = system("begin")


@service
def house_begin(*, code: str, store: str, number: str, name: str, username: str, email: str) -> tuple[Staff, str]:
    """Open the first store with an administrator; the password is returned this once.

    What holds for the whole group can be published from the first day: by compliance, of what somebody else wrote.
    Errors: `Conflict` where somebody is there already.
    """
    if Staff.objects.exists():
        raise Conflict("house-begun", "已有员工，不能再次初始化", "there are people already")
    first = store_open(code=code, name=store, actor=BEGINNING)
    today = clock.business_date()
    who = {"number": number, "name": name, "username": username, "email": email}
    staff = staff_join(home_id=first.pk, joined_on=today, actor=BEGINNING, **who)
    role_grant(staff_id=staff.pk, role="admin", store_id=None, actor=BEGINNING)
    for action in PUBLICATIONS:
        authority_set(action=action, role=PUBLISHER, amount=0, deviation=0, actor=BEGINNING)
    password = secrets.token_urlsafe(12)
    staff.user.set_password(password)
    staff.user.save(update_fields=["password"])
    return staff, password

"""Whether an identity can be one: check digits, dates and numbers, as pure questions."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import cache
from operator import mul
from typing import Final

import phonenumbers
from stdnum.cn import ric, uscc
from stdnum.exceptions import ValidationError

from chedai.crm.customers.kinds import FAMILY, CustomerKind, RelationKind
from chedai.platform.errors import Refusal
from chedai.platform.privacy.kinds import Kind, normal

_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS: Final = "10X98765432"


@dataclass(frozen=True, slots=True)
class Identity:
    """What was typed of a customer; empty where nothing was."""

    kind: CustomerKind
    name: str
    id_number: str = ""
    phone: str = ""


def identity_refusals(identity: Identity, on: date) -> list[Refusal]:
    """Everything that cannot be, each at its field."""
    found = []
    if not identity.name.strip():
        found.append(Refusal("name-missing", "请填写姓名或名称", "give a name", field="name"))
    if identity.id_number:
        refused = _person(identity.id_number, on) if identity.kind is CustomerKind.PERSON else _firm(identity.id_number)
        if refused is not None:
            found.append(refused)
    if identity.phone and not phone_is_valid(identity.phone):
        found.append(Refusal("phone-wrong", "电话号码不正确", "this is not a telephone number", field="phone"))
    return found


def relation_refusal(kind: RelationKind, of: CustomerKind, other: CustomerKind) -> Refusal | None:
    """Why `other` cannot be the `kind` of a customer; None where it can. Families are people, a firm is represented."""
    people = of is other is CustomerKind.PERSON
    if kind in FAMILY and not people:
        return Refusal("relation-family", "亲属关系只存在于个人之间", "only people are family", field="kind")
    represented = of is CustomerKind.FIRM and other is CustomerKind.PERSON
    if kind is RelationKind.LEGAL_REPRESENTATIVE and not represented:
        zh, en = "法定代表人是企业的代表，且为个人", "a legal representative is a person, of a firm"
        return Refusal("relation-representative", zh, en, field="kind")
    if kind is RelationKind.EMPLOYER and of is not CustomerKind.PERSON:
        return Refusal("relation-employer", "只有个人有工作单位", "only a person has an employer", field="kind")
    return None


def age(born: date, on: date) -> int:
    """Full years of life on a day."""
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def phone_is_valid(typed: str) -> bool:
    """A number that exists in the plan of China, mobile or fixed."""
    plain = normal(Kind.PHONE, typed)
    if _mobile().fullmatch(plain):
        return True
    try:
        number = phonenumbers.parse(plain, "CN")
    except phonenumbers.NumberParseException:
        return False
    return phonenumbers.is_valid_number_for_region(number, "CN")


def birthday(id_number: str) -> date:
    """The date of birth inside an 18-digit identity number."""
    born: date = ric.get_birth_date(normal(Kind.ID_NUMBER, id_number))
    return born


def is_female(id_number: str) -> bool:
    """The sex inside an identity number: an even 17th digit is a woman's."""
    return int(normal(Kind.ID_NUMBER, id_number)[16]) % 2 == 0


def _person(typed: str, on: date) -> Refusal | None:
    number = normal(Kind.ID_NUMBER, typed)
    if len(number) != 18:
        zh = f"身份证号应为 18 位，现为 {len(number)} 位"
        en = f"an identity number has 18 characters, not {len(number)}"
        return Refusal("id-length", zh, en, field="id_number")
    born = _day(number[6:14])
    if born is None or not _adds_up(number):
        zh, en = "身份证号校验不通过，请核对", "the check digit of the identity number does not fit"
        return Refusal("id-check", zh, en, field="id_number")
    if born > on:
        return Refusal("id-birthday", "出生日期在将来", "the date of birth lies ahead", field="id_number")
    return None


def _adds_up(number: str) -> bool:
    """Whether the check digit fits (GB 11643-1999, ISO 7064 MOD 11-2).

    The place is that of the register when the number was given out: a county younger than the person is no fault.
    """
    digits = number[:17]
    if not (digits.isascii() and digits.isdecimal()):
        return False
    weighed = sum(map(mul, _WEIGHTS, map(int, digits)))
    return _CHECKS[weighed % 11] == number[17]


def _day(digits: str) -> date | None:
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return None


@cache
def _mobile() -> re.Pattern[str]:
    """The mobile numbers of the plan, as `phonenumbers` has them: read at once, without its way through every kind.

    What could begin with the code of a carrier is left to it.
    """
    plan = phonenumbers.PhoneMetadata.metadata_for_region("CN")
    if plan is None or plan.mobile is None:
        raise RuntimeError("phonenumbers knows no plan of China")
    return re.compile(rf"(?!{plan.national_prefix_for_parsing})(?:{plan.mobile.national_number_pattern})", re.ASCII)


def _firm(typed: str) -> Refusal | None:
    try:
        uscc.validate(normal(Kind.ID_NUMBER, typed))
    except ValidationError:
        zh, en = "统一社会信用代码校验不通过，请核对", "the check digit of the social credit code does not fit"
        return Refusal("uscc-check", zh, en, field="id_number")
    return None

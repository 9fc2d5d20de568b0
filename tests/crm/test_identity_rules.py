"""What a number must look like, held against the libraries of the standards; how a name is read, against pypinyin."""

from __future__ import annotations

from datetime import date, timedelta

import phonenumbers
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pypinyin import Style, lazy_pinyin, pinyin
from stdnum.cn import ric

from chedai.crm.customers.kinds import CustomerKind
from chedai.crm.customers.rules import Identity, identity_refusals, phone_is_valid
from chedai.crm.search import rules
from chedai.platform.privacy.kinds import Kind, normal

ON = date(2026, 11, 22)
HAN = st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5)
COMMON = "王李张刘陈杨单解仇曾任区查盖朴翟乐覃缪冼伟芳娜重庆长行和了中国人银行成都会计音乐朝阳"


@given(st.from_regex(r"1\d{10}", fullmatch=True) | st.from_regex(r"0?\d{7,11}", fullmatch=True) | st.text(max_size=14))
@example("13800138000")
@example("17911234567")  # the code of a carrier, then too little
@example("12593138001")
@example("14100138000")
@example("１３８００１３８０００")
def test_a_telephone_number_is_one_where_the_plan_has_it(typed: str) -> None:
    try:
        number = phonenumbers.parse(normal(Kind.PHONE, typed), "CN")
    except phonenumbers.NumberParseException:
        assert not phone_is_valid(typed)
        return
    assert phone_is_valid(typed) is phonenumbers.is_valid_number_for_region(number, "CN")


@given(st.dates(date(1900, 1, 1), ON + timedelta(days=400)), st.integers(0, 10**9 - 1), st.sampled_from("0123456789Xx"))
def test_an_identity_number_is_one_where_day_and_check_digit_fit(born: date, other: int, last: str) -> None:
    body = f"{other // 1000:06}{born:%Y%m%d}{other % 1000:03}"
    refused = [one.code for one in identity_refusals(Identity(CustomerKind.PERSON, "王芳", body + last), ON)]
    if ric.calc_check_digit(body + "0") != last.upper():
        assert refused == ["id-check"]
    else:
        assert refused == (["id-birthday"] if born > ON else [])


@pytest.mark.parametrize("number", ["330106199002300015", "33010619900307001४", "33010619900O070014", "X" * 18])
def test_what_is_no_day_or_no_digit_is_refused(number: str) -> None:
    (refused,) = identity_refusals(Identity(CustomerKind.PERSON, "王芳", number), ON)
    assert (refused.code, refused.field) == ("id-check", "id_number")


@given(
    st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5) | st.sampled_from(COMMON), min_size=1, max_size=5)
)
@example("长春")
@example("王重庆")
@example("单雄")
def test_a_name_is_read_as_pypinyin_reads_it(name: str) -> None:
    rest = lazy_pinyin(name[1:])
    for first in {lazy_pinyin(name)[0], *pinyin(name[0], style=Style.NORMAL, heteronym=True)[0]}:
        assert {first, first + "".join(rest), "".join(one[0] for one in (first, *rest))} <= rules.name_words(name)
    assert len(rules.name_words(name) & {"".join(lazy_pinyin(name))}) == 1

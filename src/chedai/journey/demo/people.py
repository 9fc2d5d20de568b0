"""Invented people: names, identity numbers with their check digit, telephones, addresses, VINs with theirs. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Final

_SURNAMES: Final = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶"
_GIVEN: Final = (
    *("建国", "志强", "晓东", "海涛", "文博", "俊杰", "国庆", "立新", "宏伟", "永平", "振华", "明辉", "子轩", "浩然"),
    *("秀英", "丽娟", "晓燕", "雪梅", "玉兰", "婷婷", "静怡", "雨欣", "佳慧", "欣妍", "思琪", "梦洁", "春霞", "红梅"),
    *(
        "伟",
        "敏",
        "静",
        "磊",
        "洋",
        "艳",
        "勇",
        "杰",
        "娟",
        "涛",
        "明",
        "超",
        "霞",
        "平",
        "刚",
        "芳",
        "琳",
        "颖",
        "晨",
        "帆",
    ),
)
_AREAS: Final = ("330102", "330103", "330104", "330105", "330106", "330203", "330204", "330302", "330411", "330602")
_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS: Final = "10X98765432"
_ROADS: Final = (
    "文三路",
    "凤起路",
    "江南大道",
    "中山北路",
    "滨盛路",
    "体育场路",
    "古墩路",
    "金鸡路",
    "天目山路",
    "通惠路",
)
_DISTRICTS: Final = ("西湖区", "拱墅区", "滨江区", "上城区", "余杭区", "萧山区", "临平区", "钱塘区")
_PREFIXES: Final = ("136", "137", "138", "139", "150", "151", "158", "159", "186", "188")
_VIN_VALUES: Final = {
    **{str(n): n for n in range(10)},
    **dict(zip("ABCDEFGH", range(1, 9), strict=True)),
    **dict(zip("JKLMN", range(1, 6), strict=True)),
    "P": 7,
    "R": 9,
    **dict(zip("STUVWXYZ", range(2, 10), strict=True)),
}
_VIN_WEIGHTS: Final = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
_EMPLOYERS: Final = (
    *("云途科技", "江南机电", "恒通物流", "绿野食品", "钱潮机械", "西溪教育", "天元建设", "东港纺织", "华信软件"),
    *("九州医药", "城北中学", "安达快运", "金桥会计师事务所", "湖畔餐饮", "新安电气", "明珠酒店", "和瑞家居"),
)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who never was. Money in fen a month."""

    name: str
    id_number: str
    phone: str
    address: str
    employer: str
    employer_phone: str
    income: int
    debt: int
    married: bool


def person(rng: Random, number: int) -> Person:
    """The person with a number: numbers and telephones never repeat."""
    born = date(1984, 2, 1) + timedelta(days=rng.randrange(365 * 20))
    firm = rng.randrange(len(_EMPLOYERS))
    return Person(
        name=rng.choice(_SURNAMES) + rng.choice(_GIVEN),
        id_number=identity(rng.choice(_AREAS), born, number % 1000),
        phone=rng.choice(_PREFIXES) + f"{(number * 7_919 + 10_007) % 100_000_000:08}",
        address=f"浙江省杭州市{rng.choice(_DISTRICTS)}{rng.choice(_ROADS)} {rng.randrange(1, 400)} 号",
        employer=f"杭州{_EMPLOYERS[firm]}（{number + 1}）有限公司",
        employer_phone=f"0571{81_000_000 + number * 331:08}",
        income=rng.randrange(70, 320) * 10_000,
        debt=rng.choice((0, 0, 80_000, 150_000, 220_000)),
        married=rng.random() < 0.5,
    )


def identity(area: str, born: date, serial: int) -> str:
    """An identity number with its check digit (GB 11643-1999)."""
    body = f"{area}{born:%Y%m%d}{serial:03}"
    return body + _CHECKS[sum(int(digit) * weight for digit, weight in zip(body, _WEIGHTS, strict=True)) % 11]


def vin(number: int) -> str:
    """A VIN with its check digit (GB 16735-2019); the ninth place is the check."""
    draft = f"LDC12345XT{number:07}"[:8] + "0" + f"T1{number:06}"
    total = sum(_VIN_VALUES[sign] * weight for sign, weight in zip(draft, _VIN_WEIGHTS, strict=True))
    rest = total % 11
    return draft[:8] + ("X" if rest == 10 else str(rest)) + draft[9:]


def plate(number: int) -> str:
    """A plate of Hangzhou."""
    return f"浙A{number % 90_000 + 10_000}"

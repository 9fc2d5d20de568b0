"""`chedai example`: one customer, one car, the sample catalogue; what to look at first without the server."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from rich.text import Text

from chedai.cli import quote
from chedai.cli.output import page
from chedai.cli.parser import Parser
from chedai.cli.say import Say

WISH: Final = (
    *("--price", "185000", "--down", "30%", "--term", "24,36,48,84", "--ceiling", "4200", "--cash", "65000"),
    *("--vehicle", "own_nev", "--region", "hubei", "--catalogue", "sample"),
)

NEXT: Final = (
    'chedai quote --price 185000 --down 30% --term 36 --rate 5.88 --fee "{fee}:3000:upfront"',
    "chedai quote --price 185000 --down 30% --term 36 --rate 5.88 --compare --balloon 30%",
    "chedai quote --price 185000 --down 30% --catalogue sample --prefer instalment --full",
    "chedai policies loan_ratio --on 2026-11-20",
    "chedai replay --schema",
)


def parser(say: Say) -> Parser:
    """The example takes no options of its own."""
    return Parser(
        say=say, prog="chedai example", description=say("用样例目录比较一次", "a comparison on the sample catalogue")
    )


def main(arguments: Sequence[str], say: Say) -> int:
    """The story, the comparison, and what to type next."""
    parser(say).parse_args(arguments)
    story = say(
        "王女士买一辆 18.5 万元的新能源车：首付三成，手头 6.5 万元，月供不超过 4,200 元，两年到七年都可以看。",
        "Ms Wang buys an electric car for 185,000 yuan: 30 % down, 65,000 at hand, at most 4,200 a month.",
    )
    with page() as out:
        out.print(Text(story))
        out.print()
    quote.main(WISH, say)
    fee = say("服务费", "service")
    with page() as out:
        out.print()
        out.print(Text(say("接着试试", "Try next"), style="bold"))
        for command in NEXT:
            out.print(Text("  " + command.replace("{fee}", fee)), soft_wrap=True)
    return 0

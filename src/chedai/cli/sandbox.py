"""`chedai sandbox`: a lender to send files to, as a process of its own, until it is interrupted."""

from __future__ import annotations

from collections.abc import Sequence

from chedai.cli.parser import Parser
from chedai.cli.say import Say
from chedai.sandbox.server import Sandbox, Settings


def parser(say: Say) -> Parser:
    """The options."""
    made = Parser(say=say, prog="chedai sandbox", description=say("贷款机构沙箱", "a sandbox that plays the lenders"))
    made.add_argument("--port", type=int, required=True, help=say("端口", "port"))
    made.add_argument("--host", default="127.0.0.1", help=say("地址", "address"))
    made.add_argument("--secret", required=True, help=say("双方签名的密钥", "the secret both sides sign with"))
    made.add_argument(
        "--callback",
        required=True,
        help=say("回调地址，{lender} 处填机构代码", "where to answer; {lender} stands for its code"),
    )
    made.add_argument("--seed", type=int, default=1, help=say("种子：同一种子答复相同", "same seed, same answers"))
    return made


def main(arguments: Sequence[str], say: Say) -> int:
    """Listen until interrupted."""
    given = parser(say).parse_args(arguments)
    Sandbox(Settings(given.port, given.secret, given.callback, given.host, given.seed)).serve()
    return 0

"""The commands of the server, known here by name only: the command line runs without the server extra.

What they do is in `config/commands.py`, imported when one of them is asked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from importlib.util import find_spec
from typing import Final

from chedai.cli.say import Refused, Say

WORDS: Final = {
    "demo": ("建一个样例集团并打开：三家门店、二十五人、一年的业务", "build a sample dealer group and open it"),
    "serve": ("启动服务：网页、后台任务与定时任务", "serve: web, worker and scheduler"),
    "work": ("只执行后台任务与定时任务", "the worker and the scheduler alone"),
    "begin": ("建立第一家门店与管理员", "the first store and its administrator"),
    "close-day": ("日终：把账务推进到某一天", "close the day: bring the books to a day"),
    "prove-book": ("由合同与还款重算全账并逐项比对", "work the book out again and compare"),
    "catalogue-starter": ("载入样例目录", "load the sample catalogue"),
    "migrate": ("升级数据库结构", "bring the database up to date"),
    "keys": ("生成、更换、查看密钥", "make, renew or show the keys"),
    "backup": ("备份（不含密钥）", "back up everything but the keys"),
    "restore": ("从备份恢复", "restore a backup"),
    "audit": ("校验、导出、签署审计日志", "verify, export or sign the audit log"),
    "ledger": ("校验、导出总账", "verify or export the ledger"),
    "check-upgrade": ("升级前检查", "what an upgrade would meet"),
    "upgrade": ("备份后升级", "back up, then upgrade"),
}


def run(line: Sequence[str], say: Say) -> int:
    """Hand the line on. Errors: `Refused` where the server extra is not installed."""
    if find_spec("django") is None:
        raise Refused(
            say(
                "需要安装服务端：pip install 'chedai[server]'",
                "the server is not installed: pip install 'chedai[server]'",
            )
        )
    code: int = import_module("chedai.config.commands").main(list(line))
    return code

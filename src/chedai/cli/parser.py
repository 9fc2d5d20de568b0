"""argparse, speaking the reader's language: its own messages come in English only."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterable
from typing import Final, NoReturn

from chedai.cli.say import Refused, Say

_MESSAGES: Final = (
    (r"the following arguments are required: (.+)", r"缺少必填项：\1"),
    (r"argument (.+?): invalid choice: (.+?) \(choose from (.+)\)", r"\1：不支持 \2，可选 \3"),
    (r"argument (.+?): invalid (\w+) value: (.+)", r"\1：\3 不是有效的值"),
    (r"argument (.+?): expected one argument", r"\1：缺少取值"),
    (r"argument (.+?): ignored explicit argument (.+)", r"\1：不接受取值 \2"),
    (r"argument (.+?): not allowed with argument (.+)", r"\1 不能与 \2 同时使用"),
    (r"ambiguous option: (.+?) could match (.+)", r"\1 可能指 \2，请写全"),
    (r"unrecognized arguments: (.+)", r"不认识的参数：\1"),
)


class _Help(argparse.RawDescriptionHelpFormatter):
    """Headings in the reader's language, and one line an option."""

    say = Say("en")

    def __init__(self, prog: str) -> None:
        super().__init__(prog, max_help_position=34, width=100)

    def add_usage(
        self,
        usage: str | None,
        actions: Iterable[argparse.Action],
        groups: Iterable[argparse._MutuallyExclusiveGroup],
        prefix: str | None = None,
    ) -> None:
        super().add_usage(usage, actions, groups, self.say("用法：", "usage: ") if prefix is None else prefix)

    def _expand_help(self, action: argparse.Action) -> str:
        """The help as written: a percent sign in it is a percent sign."""
        return action.help or ""


class _ChineseHelp(_Help):
    say = Say("zh")


class Parser(argparse.ArgumentParser):
    """One command's parser. A wrong call raises `Refused` with one line; nothing exits on its own."""

    def __init__(self, *, say: Say, prog: str, description: str) -> None:
        formatter = _ChineseHelp if say.language == "zh" else _Help
        super().__init__(
            prog=prog, description=description, formatter_class=formatter, add_help=False, allow_abbrev=False
        )
        self.say = say
        self._positionals.title = say("参数", "arguments")
        self._optionals.title = say("选项", "options")
        self.add_argument("-h", "--help", action="help", help=say("显示本说明", "show this text"))
        self.add_argument(
            "--lang",
            choices=("zh", "en"),
            help=say("语言；也可用环境变量 CHEDAI_LANG", "language; also CHEDAI_LANG in the environment"),
        )

    def error(self, message: str) -> NoReturn:
        hint = self.say(f"用法见 {self.prog} --help", f"see {self.prog} --help")
        raise Refused(f"{self.in_language(message)}{self.say('。', '. ')}{hint}")

    def in_language(self, message: str) -> str:
        """argparse's English message in the reader's language; one it does not know stays as it is."""
        if self.say.language == "en":
            return message
        for pattern, words in _MESSAGES:
            if re.fullmatch(pattern, message, re.DOTALL):
                return re.sub(pattern, words, message, flags=re.DOTALL)
        return message

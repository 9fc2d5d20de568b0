"""`chedai <command>`: finds the command, speaks the reader's language, and turns every refusal into one clear line."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from chedai import __version__
from chedai.cli import example, policies, quote, replay, sandbox, server
from chedai.cli.output import can_show, never_fail_on_a_character
from chedai.cli.parser import Parser
from chedai.cli.say import Refused, Say, language_of
from chedai.engine.errors import EngineError
from chedai.platform.policies import PolicyError

Command = Callable[[Sequence[str], Say], int]

COMMANDS: Final[Mapping[str, tuple[Command, str, str]]] = {
    "quote": (
        quote.main,
        "测算一个方案，或比较还款方式与产品目录",
        "one plan, or methods and a catalogue side by side",
    ),
    "replay": (replay.main, "按事件重放一笔贷款，打印还款计划", "replay a loan's events and print its schedule"),
    "policies": (policies.main, "列出收录的监管与行业规则", "list the rules on file"),
    "sandbox": (sandbox.main, "运行贷款机构沙箱，用于测试与演示", "run a sandbox that plays the lenders"),
    "example": (example.main, "用样例目录看一次方案对比", "a comparison on a sample catalogue"),
}

REFUSED: Final = 2
INTERRUPTED: Final = 130
CLOSED_PIPE: Final = 1


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command and returns its exit code: 0 done, 2 refused with one line on standard error."""
    line = sys.argv[1:] if arguments is None else list(arguments)
    never_fail_on_a_character()
    say = Say(language_of(line, os.environ, can_show_chinese=can_show("中", sys.stdout)))
    try:
        code = run(line, say)
        sys.stdout.flush()
        return code
    except (EngineError, PolicyError) as refusal:
        return refused(refusal.text(say.language))
    except Refused as refusal:
        return refused(str(refusal))
    except BrokenPipeError:
        # The reader has gone (`| head`): nothing is wrong, and nothing may be flushed into the closed pipe at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return CLOSED_PIPE
    except KeyboardInterrupt:
        return INTERRUPTED


def run(line: Sequence[str], say: Say) -> int:
    """The command named first (after `--lang`), with the rest of the line."""
    known = COMMANDS.keys() | server.WORDS.keys()
    place = next((k for k, word in enumerate(line) if word in known and not _is_language(line, k)), len(line))
    made = parser(say)
    made.parse_args(line[:place])
    if place == len(line):
        made.print_help()
        return REFUSED
    if line[place] in server.WORDS:
        return server.run(line[place:], say)
    return COMMANDS[line[place]][0](line[place + 1 :], say)


def _is_language(line: Sequence[str], place: int) -> bool:
    return place > 0 and line[place - 1] == "--lang"


def parser(say: Say) -> Parser:
    """The options before a command, and the list of commands."""
    made = Parser(
        say=say,
        prog="chedai",
        description=say("车贷：测算、比较、重放，精确到分。", "Car loans: quoted, compared, replayed, to the fen."),
    )
    made.usage = say("chedai [选项] 命令 ...", "chedai [options] command ...")
    words = {name: (zh, en) for name, (_, zh, en) in COMMANDS.items()}
    made.epilog = _listed(say("命令：", "commands:"), words, say)
    made.epilog += _listed(say("\n服务端：", "\nof the server:"), server.WORDS, say)
    made.add_argument(
        "--version", action="version", version=f"chedai {__version__}", help=say("显示版本", "show the version")
    )
    return made


def _listed(title: str, words: Mapping[str, tuple[str, str]], say: Say) -> str:
    return title + "".join(f"\n  {name:<19}{say(zh, en)}" for name, (zh, en) in words.items())


def refused(text: str) -> int:
    """One line on standard error."""
    sys.stderr.write(f"chedai: {text}\n")
    return REFUSED


if __name__ == "__main__":
    sys.exit(main())

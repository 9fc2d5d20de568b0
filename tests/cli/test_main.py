"""The command line as people meet it: help, languages, refusals of one line, closed pipes, poor terminals."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence

import pytest

from chedai import __version__
from chedai.cli import main as program_module
from chedai.cli import server
from chedai.cli.main import main
from chedai.cli.parser import Parser
from chedai.cli.say import Refused, Say, language_of
from chedai.engine.errors import InvalidArgument
from chedai.platform.policies import PolicyError
from tests.cli.run import ROOT, chedai, program

QUOTE = ("quote", "--price", "100000", "--term", "36", "--rate", "5.88")


def test_the_version(capsys: pytest.CaptureFixture[str]) -> None:
    ran = chedai(capsys, "--version")
    assert (ran.code, ran.out) == (0, f"chedai {__version__}\n")


def test_without_a_command_the_commands_are_listed_and_nothing_was_done(capsys: pytest.CaptureFixture[str]) -> None:
    ran = chedai(capsys, "--lang", "en")
    assert ran.code == 2
    listed, of_the_server = ran.out.split("commands:\n")[1].split("of the server:\n")
    assert [line.split()[0] for line in listed.splitlines()] == ["quote", "replay", "policies", "sandbox", "example"]
    assert [line.split()[0] for line in of_the_server.splitlines()] == list(server.WORDS)


def test_a_command_of_the_server_is_handed_on_and_refused_without_the_server(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "find_spec", lambda name: None)
    ran = chedai(capsys, "--lang", "en", "serve")
    assert (ran.code, ran.err) == (2, "chedai: the server is not installed: pip install 'chedai[server]'\n")


@pytest.mark.parametrize("command", ["quote", "replay", "policies", "sandbox", "example"])
@pytest.mark.parametrize(("language", "heading"), [("zh", "用法："), ("en", "usage:")])
def test_every_command_explains_itself_in_both_languages(
    capsys: pytest.CaptureFixture[str], command: str, language: str, heading: str
) -> None:
    ran = chedai(capsys, command, "--help", "--lang", language)
    assert ran.code == 0
    assert ran.out.startswith(f"{heading} chedai {command}".replace("： ", "："))
    assert "--lang {zh,en}" in ran.out


@pytest.mark.parametrize(
    ("line", "zh", "en"),
    [
        (("wrong",), "不认识的参数：wrong", "unrecognized arguments: wrong"),
        (("quote",), "缺少必填项：--price", "the following arguments are required: --price"),
        (("quote", "--price"), "--price：缺少取值", "argument --price: expected one argument"),
        (
            (*QUOTE, "--json", "--csv"),
            "--csv 不能与 --json 同时使用",
            "argument --csv: not allowed with argument --json",
        ),
        ((*QUOTE, "--compare=1"), "--compare：不接受取值 '1'", "argument --compare: ignored explicit argument '1'"),
        ((*QUOTE, "--wrong"), "不认识的参数：--wrong", "unrecognized arguments: --wrong"),
        (("replay", "x", "--after", "no"), "--after：不支持 'no'", "argument --after: invalid choice: 'no'"),
    ],
)
def test_a_wrong_call_is_one_line_that_says_what_and_where_to_look(
    capsys: pytest.CaptureFixture[str], line: Sequence[str], zh: str, en: str
) -> None:
    for language, words in (("zh", zh), ("en", en)):
        ran = chedai(capsys, "--lang", language, *line)
        assert (ran.code, ran.out) == (2, "")
        assert ran.err.startswith(f"chedai: {words}") and ran.err.count("\n") == 1
        assert "--help" in ran.err


def test_a_message_of_the_parser_that_nobody_translated_is_shown_as_it_is() -> None:
    made = Parser(say=Say("zh"), prog="chedai", description="")
    with pytest.raises(Refused, match="something new。用法见 chedai --help"):
        made.error("something new")


def test_an_engine_refusal_names_the_option_and_leaves_no_traceback(capsys: pytest.CaptureFixture[str]) -> None:
    ran = chedai(capsys, *QUOTE[:-1], "-1")
    assert (ran.code, ran.out, ran.err) == (2, "", "chedai: --rate:不得小于 0(现为 -1%)\n")
    ran = chedai(capsys, "--lang=en", *QUOTE[:-1], "-1")
    assert ran.err == "chedai: --rate: must be at least 0 (got -1%)\n"


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (InvalidArgument("x", "is wrong", "有误"), "chedai: x:有误\n"),
        (PolicyError("loan_ratio.max", "is wrong", "有误"), "chedai: loan_ratio.max"),
        (Refused("一句话"), "chedai: 一句话\n"),
    ],
)
def test_whatever_a_command_refuses_is_told_in_one_line(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, error: Exception, line: str
) -> None:
    def refuse(arguments: Sequence[str], say: Say) -> int:
        raise error

    monkeypatch.setattr(program_module, "COMMANDS", {"example": (refuse, "", "")})
    ran = chedai(capsys, "example")
    assert ran.code == 2 and ran.err.startswith(line)


def test_an_interrupt_ends_quietly(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(arguments: Sequence[str], say: Say) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(program_module, "COMMANDS", {"example": (interrupt, "", "")})
    assert chedai(capsys, "example").code == 130


@pytest.mark.parametrize(
    ("line", "environment", "chinese", "language"),
    [
        ([], {}, True, "zh"),
        ([], {}, False, "en"),
        ([], {"CHEDAI_LANG": "en"}, True, "en"),
        (["--lang", "zh"], {"CHEDAI_LANG": "en"}, False, "zh"),
        (["quote", "--lang=en"], {"CHEDAI_LANG": "zh"}, True, "en"),
        (["--lang"], {"CHEDAI_LANG": "fr"}, True, "zh"),
    ],
)
def test_the_line_decides_the_language_then_the_environment_then_the_terminal(
    line: list[str], environment: dict[str, str], chinese: bool, language: str
) -> None:
    assert language_of(line, environment, can_show_chinese=chinese) == language


def test_a_name_in_two_languages_is_shown_in_one() -> None:
    assert (Say("zh").own("手续费|fee"), Say("en").own("手续费|fee"), Say("en").own("a|b|c")) == (
        "手续费",
        "fee",
        "a|b|c",
    )


def test_the_program_runs_and_speaks_the_language_of_its_environment() -> None:
    ran = program(*QUOTE, CHEDAI_LANG="en")
    assert ran.returncode == 0 and ran.stderr == b""
    assert ran.stdout.decode().startswith("Quote · level · 36 months\n")


def test_without_a_terminal_there_is_no_colour_and_no_trailing_blank() -> None:
    out = program("example").stdout.decode()
    assert "\x1b" not in out
    assert [line for line in out.splitlines() if line != line.rstrip()] == []


def test_a_reader_who_leaves_early_sees_no_error() -> None:
    command = f"{sys.executable} -m chedai quote --price 100000 --term 360 --rate 5 --full | head -n 1"
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT / "src"), "PYTHONIOENCODING": "utf-8"}
    ran = subprocess.run(["bash", "-c", command], env=environment, capture_output=True, check=False, timeout=60)
    assert (ran.stdout.decode(), ran.stderr) == ("报价 · 等额本息 · 360 期\n", b"")


def test_a_closed_pipe_has_its_own_code(monkeypatch: pytest.MonkeyPatch) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w", encoding="utf-8") as closed:
        monkeypatch.setattr(sys, "stdout", closed)
        assert main(QUOTE) == 1


@pytest.mark.parametrize("encoding", ["ascii", "latin-1"])
def test_a_terminal_without_chinese_gets_english_in_plain_characters(encoding: str) -> None:
    ran = program("example", PYTHONIOENCODING=encoding)
    assert ran.returncode == 0 and ran.stderr == b""
    text = ran.stdout.decode(encoding)
    assert "Plans compared" in text and "----" in text


def test_chinese_asked_for_on_such_a_terminal_becomes_question_marks_and_no_crash() -> None:
    ran = program(*QUOTE, "--lang", "zh", PYTHONIOENCODING="ascii")
    assert ran.returncode == 0 and b"3,036.76" in ran.stdout and b"?" in ran.stdout


def test_a_chinese_code_page_shows_chinese() -> None:
    ran = program(*QUOTE, PYTHONIOENCODING="gbk")
    assert ran.returncode == 0 and "报价 · 等额本息" in ran.stdout.decode("gbk")


def test_a_rule_that_is_not_on_file_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    ran = chedai(capsys, "policies", "nosuch", "--lang", "en")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("chedai: nosuch: is no known key; there are aging, allocation, ")

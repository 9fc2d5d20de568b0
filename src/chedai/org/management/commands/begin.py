"""`chedai begin`: the first store and its administrator, on an empty installation."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from chedai.org.beginning import house_begin
from chedai.platform.errors import Refusal


class Command(BaseCommand):
    """Let the first person in."""

    help = "建立第一家门店和管理员 · open the first store with its administrator"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The store and the person."""
        parser.add_argument("--code", required=True, help="门店编号 · code of the store")
        parser.add_argument("--store", required=True, help="门店名称 · name of the store")
        parser.add_argument("--number", required=True, help="工号 · staff number")
        parser.add_argument("--name", required=True, help="姓名 · name")
        parser.add_argument("--username", required=True, help="登录名 · user name")
        parser.add_argument("--email", default="", help="邮箱 · e-mail")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it, and show the password this once."""
        given = {name: options[name] for name in ("code", "store", "number", "name", "username", "email")}
        try:
            _, password = house_begin(**given)
        except Refusal as refused:
            raise CommandError(f"{refused.zh} / {refused.en}") from refused
        self.stdout.write(f"first password, change it after signing in / 初始密码，登录后请修改： {password}")

"""`chedai keys new`: keys for a new installation; `chedai keys renew`: a new key, and everything sealed anew."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from chedai.platform.audit.signing import fingerprint, sign
from chedai.platform.privacy.keys import NoKeys, add_key, keys, read, write_new
from chedai.platform.privacy.rotation import seal_anew


class Command(BaseCommand):
    """The keys to the personal data."""

    help = "生成或更换密钥 · make or renew the keys to the personal data"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """What to do."""
        parser.add_argument("act", choices=["new", "renew", "show"])

    def handle(self, *args: Any, act: str, **options: Any) -> None:
        """Do it, and say the number of the key in force."""
        path = Path(settings.KEYS_FILE)
        try:
            if act == "new":
                path.parent.mkdir(parents=True, exist_ok=True)
                write_new(path)
            elif act == "renew":
                add_key(path)
                keys.cache_clear()
                self.stdout.write(f"{seal_anew()} rows sealed anew / 已重新加密")
            found = read(path)
        except FileExistsError:
            raise CommandError(f"{path}: is there already / 已存在，未改动") from None
        except NoKeys as fault:
            raise CommandError(str(fault)) from fault
        public = sign(found.audit_seed, 0, bytes(32), "").key
        self.stdout.write(f"key {found.ring.active} in force; audit key {fingerprint(public)}")

"""Who upgrades or restores a house is told when its ledger was tampered with."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError

from chedai.book.ledger.models import Posting
from chedai.platform.audit.selectors import head
from chedai.platform.management.commands.upgrade import Command
from chedai.platform.operations.backup import BackupFault, read_over
from chedai.platform.operations.proofs import proofs_read
from tests.book.loans.lending import OUT, lend, on


@pytest.mark.django_db
def test_a_ledger_that_was_changed_by_hand_holds_up_an_upgrade_and_a_restore() -> None:
    lend()
    with on(OUT):
        (sound,) = proofs_read()
        assert (sound.findings, sound.line()) == ((), f"ledger / 总账: {sound.size} entries: sound / 完好")
        read_over(head()[0])
        Posting.objects.filter(pk=Posting.objects.first().pk).update(amount=1)  # type: ignore[union-attr]
        (broken,) = proofs_read()
        assert broken.findings
        with pytest.raises(BackupFault, match="ledger / 总账"):
            read_over(head()[0])
        out = StringIO()
        with pytest.raises(CommandError, match="not sound"):
            Command(stdout=out)._prove()
    assert out.getvalue().startswith("ledger / 总账")

"""Keeping the words of a customer in step with what is on file."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import repeat
from typing import Final

from chedai.crm.customers.events import CustomerRecorded, CustomersRecorded
from chedai.crm.customers.models import Customer
from chedai.crm.customers.selectors import IN_USE
from chedai.crm.search import rules
from chedai.crm.search.models import SearchWord
from chedai.platform.bulk import rows_among
from chedai.platform.inserting import Plain, rows_write
from chedai.platform.privacy.fields import columns_sealed
from chedai.platform.privacy.personal import Personal
from chedai.platform.work import service

_FOUND_BY: Final = ("state", "name", "phone", "id_number")


@service
def words_write(event: CustomerRecorded) -> None:
    """Keep the words of a customer as they are on file; a record that is merged away or erased has none."""
    _keep([event.customer_id])


@service
def words_write_many(event: CustomersRecorded) -> None:
    """The same for many who were registered at once."""
    _keep(event.customer_ids)


def _keep(customer_ids: Sequence[int]) -> None:
    held: dict[int, dict[str, int]] = {number: {} for number in customer_ids}
    standing = SearchWord.objects.filter(rows_among("customer_id", customer_ids))
    for customer, word, number in standing.values_list("customer_id", "word", "pk"):
        held[customer][word.in_full()] = number
    on_file = Customer.objects.filter(rows_among("id", customer_ids))
    wanted = {customer: words_of(*values) for customer, *values in on_file.values_list("pk", *_FOUND_BY)}
    gone = [pk for customer, words in wanted.items() for word, pk in held[customer].items() if word not in words]
    if gone:
        SearchWord.objects.filter(pk__in=gone).delete()
    owners, new = list[int](), list[str]()
    for customer, words in wanted.items():
        missing = words - held[customer].keys()
        owners += repeat(customer, len(missing))
        new += missing
    _write(owners, new)


def _write(customers: Sequence[int], words: Sequence[str]) -> None:
    """Keep words, in the order of their blind index: the database finds the places of neighbours side by side."""
    if not words:
        return
    sealed = columns_sealed(SearchWord, {"word": words})
    indexes = [index or b"" for index in sealed["word_index"]]
    order = sorted(range(len(words)), key=indexes.__getitem__)
    columns: dict[str, Sequence[Plain]] = {"customer_id": customers, **sealed}
    rows_write(SearchWord, {name: [column[at] for at in order] for name, column in columns.items()})


def words_of(state: str, name: Personal, phone: Personal | None, id_number: Personal | None) -> frozenset[str]:
    """The words by which a customer is found."""
    if state not in IN_USE:
        return frozenset()
    words = set(rules.name_words(name.in_full()))
    for value in (phone, id_number):
        if value is not None:
            words |= rules.number_words(value.in_full())
    return frozenset(words)

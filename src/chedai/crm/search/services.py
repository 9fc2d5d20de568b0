"""Keeping the words of a customer in step with what is on file."""

from __future__ import annotations

from collections.abc import Sequence

from chedai.crm.customers.events import CustomerRecorded, CustomersRecorded
from chedai.crm.customers.kinds import CustomerState
from chedai.crm.customers.models import Customer
from chedai.crm.search import rules
from chedai.crm.search.models import SearchWord
from chedai.platform.privacy.personal import Personal
from chedai.platform.work import service


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
    for one in SearchWord.objects.filter(customer__in=customer_ids):
        held[one.customer_id][one.word.in_full()] = one.pk
    wanted = {customer: words_of(customer) for customer in Customer.objects.filter(pk__in=customer_ids)}
    gone = [pk for customer, words in wanted.items() for word, pk in held[customer.pk].items() if word not in words]
    if gone:
        SearchWord.objects.filter(pk__in=gone).delete()
    SearchWord.objects.bulk_create(
        SearchWord(customer=customer, word=word)
        for customer, words in wanted.items()
        for word in sorted(words - held[customer.pk].keys())
    )


def words_of(customer: Customer) -> frozenset[str]:
    """The words by which a customer is found."""
    if customer.state not in (CustomerState.ACTIVE, CustomerState.RESTRICTED):
        return frozenset()
    words = rules.name_words(customer.name.in_full())
    for value in (customer.phone, customer.id_number):
        words |= rules.number_words(_plain(value))
    return words


def _plain(value: Personal | None) -> str:
    return value.in_full() if value is not None else ""

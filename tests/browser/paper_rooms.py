"""Something to see on the pages of statement, contract, payout and security, the customer's own among them."""

from __future__ import annotations

from datetime import date, timedelta

from chedai.catalog.partners.models import Lender
from chedai.deals.applications.selectors import application_of, parties_of
from chedai.deals.applications.services.links import link_make
from chedai.deals.contracts.services.amending import deal_amend
from chedai.deals.contracts.services.promises import promise_write
from chedai.deals.contracts.services.signing import contract_hand_in
from chedai.deals.contracts.states import Change, PromiseKind
from chedai.deals.disbursement.models import PayoutOrder
from chedai.platform import clock
from tests.deals.papering import Papering, approved, pdf_paper
from tests.deals.quoting import Desk, deal_for, desk
from tests.house import House

IDENTITIES = ("110101199003070097", "110101199003070038", "110101199003070046", "110101199003070054")
VINS = ("LFV2A21K8A3000001", "LFV2A21KXA3000002", "LFV2A21K1A3000003", "LFV2A21K3A3000004")
NAMES = (("陈静", "13912340001"), ("刘洋", "13912340002"), ("赵敏", "13912340003"), ("孙莉", "13912340004"))


def furnish(house: House) -> list[str]:
    """Four deals: to be read, to be signed and checked, to be paid, paid with papers owed; their addresses."""
    read, signing, paying, paid = (_deal(house, at) for at in range(4))
    _to_check(signing)
    paying.ready().request()
    _late(paid)
    token = link_make(party_id=parties_of(application_of(read.deal.pk).pk)[0].pk, actor=read.officer)[1]
    other = link_make(party_id=parties_of(application_of(paying.deal.pk).pk)[0].pk, actor=read.officer)[1]
    first, second, third, fourth = (f"/deals/{one.deal.number}/" for one in (read, signing, paying, paid))
    return [
        f"{first}contract/",
        f"{first}contract/statement/",
        f"{first}contract/payees/",
        f"{first}contract/promise/",
        f"{first}contract/draft/",
        f"{first}contract/amend/",
        f"{first}payout/",
        f"{second}contract/",
        f"{second}contract/check/",
        f"{third}contract/",
        f"{third}payout/",
        f"{third}payout/release/",
        f"{third}payout/return/",
        f"{third}after/insurance/",
        f"{fourth}payout/",
        f"{fourth}after/",
        f"{fourth}after/done/lien/",
        f"/m/{token}/statement/",
        f"/m/{token}/contract/",
        f"/m/{other}/contract/",
        "/clauses/loan/",
        "/payouts/",
        "/collateral/",
    ]


def _deal(house: House, at: int) -> Papering:
    place = Desk(house, deal_for(house, *NAMES[at])) if Lender.objects.exists() else desk(house)
    return approved(house, place=place, own=at != 3, vin=VINS[at], identity=IDENTITIES[at])


def _to_check(deal: Papering) -> None:
    """Promises, a memo, a paper that waits for its second person."""
    deal.read()
    promise_write(
        deal_id=deal.deal.pk,
        kind=PromiseKind.SETTLEMENT,
        text="还满 12 期后提前结清免收违约金",
        promised_on=clock.business_date(),
        promised_by=deal.house.officer.pk,
        actor=deal.officer,
    )
    deal.pay_to(deal.account(7_000_000), deal.account(500_000, "6222020200099999999"))
    contract = deal.draft()
    deal_amend(deal_id=deal.deal.pk, change=Change.OTHER, after="邮寄地址更新", reason="客户搬家", actor=deal.officer)
    contract_hand_in(
        contract_id=contract.pk,
        name="合同.pdf",
        content=pdf_paper("签字"),
        signed_on=clock.business_date(),
        actor=deal.officer,
    )


def _late(deal: Papering) -> None:
    """Paid out forty days ago: plate and lien are late."""
    deal.ready().request()
    deal.release()
    ago = timedelta(days=40)
    for item in deal.deal.collateral.exclude(due_on=None):
        item.due_on = (item.due_on or date.max) - ago
        item.save()
    order = PayoutOrder.objects.get(deal=deal.deal)
    order.agreed_on -= timedelta(days=2)
    order.save()

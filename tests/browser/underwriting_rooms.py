"""Something to see of decisions: an open case with signals, one proposed beyond the rules, one declined, a draft."""

from __future__ import annotations

from chedai.catalog.products.models import Product
from chedai.catalog.starter.services import catalogue_load_starter
from chedai.crm.customers.services import customer_change
from chedai.deals.pipeline.states import Mode
from chedai.deals.underwriting.rulebooks import text_on
from chedai.deals.underwriting.rules.book import text_digest
from chedai.deals.underwriting.services.drafting import rule_draft_write
from chedai.deals.underwriting.states import Verdict
from chedai.platform import clock
from chedai.platform.files.services import paper_hand_in
from tests import cast
from tests.deals.applying import Case, opened
from tests.deals.deciding import Chair, chair
from tests.deals.quoting import SEED, Desk, deal_for
from tests.house import House


def road(house: House, at: int, name: str) -> Case:
    """The application of somebody new."""
    if not Product.objects.exists():
        catalogue_load_starter(actor=SEED)
    deal = deal_for(house, name, f"1370000{at:04}")
    identity = ("330106199103070062", "330106198805120031", "330106198501010044")[at]
    customer_change(
        customer_id=deal.customer_id, reason="登记证件", id_number=identity, actor=cast.acting(house.officer)
    )
    return opened(house, Mode.OWN_BOOK, Desk(house, deal))


def own(at: int) -> dict[str, str]:
    """What nobody else says, so that nothing matches."""
    return {
        "home_address": f"浙江省杭州市滨江区江南大道 {at + 1} 号",
        "employer": f"滨江第 {at + 1} 机械厂",
        "employer_phone": f"05718800{at:04}",
        "contact_phone": f"1380000{at:04}",
    }


def cases(house: House) -> tuple[Chair, Chair, Chair]:
    """Open, proposed, declined."""
    first = chair(payer="third_party", road=road(house, 0, "柳青"), **own(0))
    other = chair(road=road(house, 1, "方远"), income_verified=600_000, **own(1))
    other.propose(
        override_code="income_unrecorded",
        override_reason="另有房租收入，合同与流水已核对",
        opinion="收入佐证充分，建议通过",
        who=other.second,
    )
    gone = chair(road=road(house, 2, "苏晴"), income_verified=600_000, **own(2))
    decision = gone.propose(Verdict.DECLINE, reasons=("over-income",), opinion="核实收入不足以负担月供")
    gone.confirm(decision, opinion="同意")
    return first, other, gone


def furnish(house: House) -> list[str]:
    """The cases and a draft; the addresses behind the menu."""
    first, other, gone = cases(house)
    picture = paper_hand_in(
        subject=f"deal:{first.road.deal.pk}",
        purpose="check:1",
        name="id.png",
        content=PNG,
        actor=cast.acting(house.officer),
    )
    text = text_on("grade", clock.business_date())
    draft = rule_draft_write(
        name="grade",
        content=text.replace("660", "690").replace('"version": "2026-11-01"', '"version": "2026-12-01"'),
        reason="收紧 A 级",
        base_digest=text_digest(text),
        actor=cast.acting(house.approver),
    )
    faulty = rule_draft_write(
        name="grade",
        content=text.replace('">= 660"', '">= "'),
        reason="写到一半",
        base_digest=text_digest(text),
        actor=cast.acting(house.approver),
    )
    assert picture.pk
    return [
        f"/decisions/{first.case.pk}/",
        f"/decisions/{first.case.pk}/rate/",
        f"/decisions/{other.case.pk}/",
        f"/deals/{other.road.deal.number}/decision/",
        f"/deals/{gone.road.deal.number}/decision/",
        "/decisions/rules/grade/",
        "/decisions/rules/scorecard/?with=0",
        "/decisions/rules/questions/",
        "/decisions/rules/words/",
        "/decisions/rules/grade/write/",
        "/decisions/rules/grade/grid/",
        "/decisions/rules/questions/grid/",
        f"/decisions/rules/drafts/{draft.pk}/grid/",
        f"/decisions/rules/drafts/{draft.pk}/",
        f"/decisions/rules/drafts/{faulty.pk}/",
    ]


PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360606060000000050001a5f6"
    "45400000000049454e44ae426082"
)

"""The advice library (建议文库) and the plain note on cost.

Texts that one person writes and another publishes, filled with the figures of a frozen plan and sent to the customer;
what was sent is on record. No text promises anything.
"""

from __future__ import annotations

from typing import Final

from django.db.models import Max, QuerySet

from chedai.crm.customers.models import Customer
from chedai.deals.quotes import rules, selectors
from chedai.deals.quotes.frozen import FrozenPlan
from chedai.deals.quotes.models import AdviceNote, AdviceText, Quote
from chedai.deals.quotes.states import AdviceState
from chedai.deals.quotes.versions import told
from chedai.engine.compare.words import money, share
from chedai.platform import clock
from chedai.platform.actors import Actor
from chedai.platform.errors import Conflict, NotFound, Refusal
from chedai.platform.messages.rules import LONGEST, fill, names_in
from chedai.platform.messages.services import message_send, template_write
from chedai.platform.messages.states import Category
from chedai.platform.work import record, service

CHANNEL: Final = "sms"
FIGURES: Final = (
    *("lender", "product", "price", "down_payment", "principal", "periods"),
    *("instalment", "interest", "fees", "total", "rate"),
)
"""What a text may name in braces: the figures of a plan. `rate` is the simple annual rate with every fee."""
PROMISES: Final = ("保证通过", "包过", "必批", "一定能批", "百分百", "100%通过", "稳赚", "无条件通过")
"""Words of a promise, which no advice gives."""


@service
def advice_write(*, code: str, title: str, body: str, staff_id: int, actor: Actor) -> AdviceText:
    """Write the next version of a text, or the draft of it once more. Errors: `Refusal` at the field."""
    _refuse_text(code, title, body)
    now, text = clock.now(), AdviceText.objects.filter(code=code, state=AdviceState.DRAFT).first()
    if text is None:
        last: int = AdviceText.objects.filter(code=code).aggregate(n=Max("version"))["n"] or 0
        text = AdviceText(code=code, version=last + 1)
    text.title, text.body, text.written_by_id, text.written_at = title.strip(), body.strip(), staff_id, now
    text.save()
    record(actor=actor, action="advice.written", subject=f"advice:{code}", facts={"version": text.version})
    return text


@service
def advice_publish(*, text_id: int, staff_id: int, actor: Actor) -> AdviceText:
    """A second person has read a text: from now on it may be sent, and the version before may not.

    Errors: `Conflict` for what is no draft, or for who wrote it.
    """
    text = _text_lock(text_id)
    if text.state != AdviceState.DRAFT:
        raise Conflict("advice-not-draft", "这一版不是待发布的文稿", "this version is no draft")
    if text.written_by_id == staff_id:
        raise Conflict("advice-same-person", "须由撰写人以外的人审阅发布", "somebody else than the writer publishes it")
    AdviceText.objects.filter(code=text.code, state=AdviceState.PUBLISHED).update(state=AdviceState.RETIRED)
    text.template = template_write(
        code=f"advice.{text.code}",
        channel=CHANNEL,
        language="zh-hans",
        category=Category.SERVICE,
        title=text.title,
        body=text.body,
        actor=actor,
    )
    text.state, text.published_by_id, text.published_at = AdviceState.PUBLISHED, staff_id, clock.now()
    text.save()
    record(actor=actor, action="advice.published", subject=f"advice:{text.code}", facts={"version": text.version})
    return text


@service
def advice_send(*, quote_id: int, plan: int, text_id: int, staff_id: int, actor: Actor) -> AdviceNote:
    """Send a published text with the figures of one plan to the customer of a quote; sent twice, it is sent once.

    Errors: `Refusal` where the quote names no customer with a telephone, the plan is none, the text is not published.
    """
    quote, text = selectors.quote_lock(quote_id), _text_lock(text_id)
    if text.state != AdviceState.PUBLISHED:
        raise Refusal("advice-not-published", "只能发送已发布的文本", "only a published text is sent", field="text")
    plans = selectors.plans_of(quote)
    if (refused := rules.plan_refusal(plans, plan)) is not None:
        raise refused
    customer = _customer(quote)
    sent = AdviceNote.objects.filter(quote=quote, plan=plan, text=text).first()
    if sent is not None:
        return sent
    message = message_send(
        subject=f"customer:{customer.pk}",
        code=f"advice.{text.code}",
        channel=CHANNEL,
        address=customer.phone.in_full() if customer.phone else "",
        values=figures_of(plans[plan]),
        key=f"advice:{quote.pk}:{plan}:{text.pk}",
        actor=actor,
    )
    note = AdviceNote.objects.create(
        quote=quote, plan=plan, text=text, message=message, sent_by_id=staff_id, sent_at=clock.now()
    )
    told(quote, "quote.advised", actor, {"advice": text.code, "text_version": text.version, "plan": plan})
    return note


def figures_of(plan: FrozenPlan) -> dict[str, str]:
    """The figures of a loan as a text names them, just as its quote sheet shows them."""
    return {
        "lender": plan.lender_name,
        "product": plan.product_name,
        "price": money(plan.price),
        "down_payment": money(plan.down_payment),
        "principal": money(plan.principal),
        "periods": str(plan.periods),
        "instalment": money(plan.instalment),
        "interest": money(plan.interest),
        "fees": money(plan.fee_total),
        "total": money(plan.total_paid),
        "rate": share(plan.nominal_rate or 0),
    }


def filled(text: AdviceText, plan: FrozenPlan) -> str:
    """The text as a customer would read it."""
    return fill(text.body, figures_of(plan))


def texts() -> QuerySet[AdviceText]:
    """Every version of every text, newest first."""
    return AdviceText.objects.select_related("written_by__user", "published_by__user").order_by("code", "-version")


def text_read(text_id: int) -> AdviceText:
    """One version. Errors: `NotFound`."""
    found = texts().filter(pk=text_id).first()
    if found is None:
        raise _no_text()
    return found


def notes_of(number: str) -> QuerySet[AdviceNote]:
    """What was sent about any version of a quote, newest first."""
    notes = AdviceNote.objects.filter(quote__number=number).select_related("text", "message", "sent_by__user", "quote")
    return notes.order_by("-pk")


def _refuse_text(code: str, title: str, body: str) -> None:
    if not code.isascii() or not code.replace("-", "").isalnum() or code != code.lower() or not code[0].isalpha():
        zh, en = "代码以小写字母开头，只用小写字母、数字和连字符", "a code is of a-z, 0-9 and hyphens, a letter first"
        raise Refusal("advice-code", zh, en, field="code")
    if not title.strip() or not body.strip():
        raise Refusal("advice-empty", "标题和正文都要写", "write a title and a text", field="body")
    if len(body) > LONGEST[CHANNEL]:
        longest = LONGEST[CHANNEL]
        raise Refusal("advice-long", f"正文最多 {longest} 字", f"at most {longest} characters", field="body")
    unknown = sorted(names_in(body) - set(FIGURES))
    if unknown:
        zh, en = f"没有这项数字：{'、'.join(unknown)}", f"there is no figure {', '.join(unknown)}"
        raise Refusal("advice-figure", zh, en, field="body")
    said = [word for word in PROMISES if word in body.replace(" ", "")]
    if said:
        zh, en = f"不得承诺结果：{'、'.join(said)}", f"advice promises nothing: {', '.join(said)}"
        raise Refusal("advice-promise", zh, en, field="body")


def _customer(quote: Quote) -> Customer:
    found = quote.deal.customer if quote.deal else quote.customer
    if found is None or found.phone is None:
        zh, en = "报价还没有登记手机号的客户", "the quote names no customer with a telephone"
        raise Refusal("advice-nobody", zh, en, field="text")
    return found


def _text_lock(text_id: int) -> AdviceText:
    found = AdviceText.objects.select_for_update(no_key=True).filter(pk=text_id).first()
    if found is None:
        raise _no_text()
    return found


def _no_text() -> NotFound:
    return NotFound("no-such-advice", "没有这份文本", "there is no such text")

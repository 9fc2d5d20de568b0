"""The evidence pack (证据包) of a case: an index as PDF and the papers beside it; same case, same bytes."""

from __future__ import annotations

import csv
import hashlib
import io
import zipfile
from datetime import date
from typing import Any, Final

from chedai.book.collection import selectors
from chedai.book.collection.codes import codes
from chedai.book.collection.models import CollectionCase, Interrupted, LegalStep, PromiseToPay
from chedai.book.collection.owing import late_items
from chedai.book.collection.services.legal import lapse_of
from chedai.book.collection.services.visits import reports_of, visits_of_case
from chedai.book.collection.states import LegalStage
from chedai.book.loans.models import LoanEvent
from chedai.deals.contracts.selectors import contract_in_force
from chedai.platform import clock
from chedai.platform.actors import Actor
from chedai.platform.audit.entries import Scalar
from chedai.platform.documents.rendering import pdf
from chedai.platform.files.selectors import paper_content, papers_of
from chedai.platform.work import record, service

_EPOCH: Final = (2000, 1, 1, 0, 0, 0)
"""The moment inside the archive: the true ones are in the index."""
_CHANNELS: Final = {"call": "电话", "ai_call": "智能语音", "sms": "短信", "visit": "外访", "letter": "信函"}
_WHOM: Final = {"debtor": "本人", "guarantor": "担保人", "contact": "联系人"}
_PROMISES: Final = {"open": "待兑现", "kept": "已兑现", "broken": "未兑现"}
_INTERRUPTED: Final = {
    "demand": "书面催告",
    "payment": "部分还款",
    "acknowledgement": "债务人确认债务",
    "lawsuit": "起诉",
}
_STAGES: Final[dict[str, str]] = {
    LegalStage.DEMAND: "律师函",
    LegalStage.FILED: "申请立案",
    LegalStage.ACCEPTED: "已受理",
    LegalStage.MEDIATION: "调解",
    LegalStage.HEARING: "开庭",
    LegalStage.JUDGMENT: "判决",
    LegalStage.ENFORCEMENT: "执行",
    LegalStage.CLOSED: "已结案",
}
_PAPERS: Final = {
    "payout_proof": "放款回单",
    "cost_statement": "综合融资成本明示表",
    "collateral:lien": "抵押登记证明",
}
"""Papers of the deal that a court asks for, by their purpose: of each the newest."""
_EVENTS: Final = {
    "disbursement": "放款",
    "repayment": "还款",
    "prepayment": "部分提前还款",
    "payoff": "提前结清",
    "charge": "费用",
    "reversal": "冲销",
}


@service
def evidence_pack(*, case_id: int, actor: Actor) -> tuple[str, bytes]:
    """The name and the bytes of the archive. It holds personal data in full: who took it is on record."""
    case = selectors.case_read(case_id)
    day = clock.business_date()
    files = {"联系记录.csv": _contact_log(case), "还款流水.csv": _statement(case), **_papers(case)}
    digests = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    files["证据目录.pdf"] = pdf("evidence", _index(case, day, digests))
    pack = _zip(files)
    facts: dict[str, Scalar] = {"files": len(files), "digest": hashlib.sha256(pack).hexdigest()}
    record(actor=actor, action="collection.evidence", subject=f"collection:{case.pk}", facts=facts)
    return f"evidence-{case.loan.number}-{day:%Y%m%d}.zip", pack


def _zip(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(files):
            archive.writestr(zipfile.ZipInfo(name, _EPOCH), files[name])
    return out.getvalue()


def _index(case: CollectionCase, day: date, digests: dict[str, str]) -> dict[str, Any]:
    lapse = lapse_of(case, day)
    customer, loan = case.customer, case.loan
    return {
        "loan": loan.number,
        "on": day.isoformat(),
        "name": customer.name.in_full(),
        "identity": customer.id_number.in_full() if customer.id_number else "",
        "principal": loan.principal,
        "rate": loan.annual_rate,
        "disbursed_on": loan.disbursed_on.isoformat(),
        "periods": loan.periods,
        "since": case.since.isoformat(),
        "overdue": case.overdue,
        "lapse": lapse.last_day.isoformat(),
        "interrupted": lapse.interrupted_on.isoformat() if lapse.interrupted_on else "",
        "files": [{"name": n, "what": n.rpartition(".")[0], "digest": digests[n]} for n in sorted(digests)],
        "items": [
            {
                "n": one.n,
                "due_on": one.due_on.isoformat(),
                "unpaid": one.unpaid,
                "penalty": one.penalty,
                "days": one.days,
            }
            for one in late_items(loan, day)
        ],
        "events": _events(loan.pk),
        "contacts": _contacts(case),
        "promises": _promises(case),
        "visits": _visits(case),
        "legal": _legal(case),
    }


def _events(loan_id: int) -> list[dict[str, Any]]:
    rows = LoanEvent.objects.filter(loan_id=loan_id).order_by("on", "seq")
    return [
        {
            "on": one.on.isoformat(),
            "kind": _EVENTS.get(one.kind, one.kind),
            "amount": one.amount,
            "reference": one.reference,
        }
        for one in rows
    ]


def _contacts(case: CollectionCase) -> list[dict[str, str]]:
    said = {one.code: one.zh for one in codes().visit} | {one.code: one.zh for one in codes().result}
    said["sent"] = "已发送"
    return [
        {
            "at": f"{one.at.astimezone(clock.SHANGHAI):%Y-%m-%d %H:%M}",
            "channel": _CHANNELS[one.channel],
            "whom": _WHOM[one.whom],
            "result": said.get(one.result, one.result),
            "by": one.agency.name if one.agency else one.by.display_name if one.by else "系统",
        }
        for one in selectors.contacts_of(case.pk).order_by("at", "pk")
    ]


def _promises(case: CollectionCase) -> list[dict[str, str]]:
    made = [
        (one.made_on, f"承诺 {one.due_on} 前还 {one.amount / 100:,.2f} 元", _PROMISES[one.state])
        for one in PromiseToPay.objects.filter(case=case).order_by("pk")
    ]
    made += [
        (one.on, f"{_INTERRUPTED[one.kind]}：{one.note}" if one.note else _INTERRUPTED[one.kind], "时效中断")
        for one in Interrupted.objects.filter(case=case).order_by("pk")
    ]
    return [{"on": on.isoformat(), "what": what, "state": state} for on, what, state in sorted(made)]


def _visits(case: CollectionCase) -> list[dict[str, str]]:
    """What was found at the door: who went, how exactly the place is known, what they wrote."""
    visits = {one.pk: one for one in visits_of_case(case.pk)}
    said = {one.code: one.zh for one in codes().visit}
    return [
        {
            "at": f"{one.visited_at.astimezone(clock.SHANGHAI):%Y-%m-%d %H:%M}",
            "by": f"{visits[pk].lead.user.display_name}、{visits[pk].second.user.display_name}",
            "place": f"±{one.accuracy} 米",
            "result": said.get(one.result, one.result),
            "text": one.statement.in_full(),
        }
        for pk, reports in sorted(reports_of(list(visits)).items())
        for one in reports
    ]


def _legal(case: CollectionCase) -> list[dict[str, Any]]:
    """The steps of the claims, with what each cost."""
    steps = LegalStep.objects.filter(claim__case=case).order_by("pk")
    return [
        {"on": one.on.isoformat(), "stage": _STAGES[one.stage], "cost": one.cost, "note": one.note.in_full()}
        for one in steps
    ]


def _contact_log(case: CollectionCase) -> bytes:
    rows = [list(one.values()) for one in _contacts(case)]
    return _csv(["时间", "方式", "对象", "结果", "经办"], rows)


def _statement(case: CollectionCase) -> bytes:
    rows = [[e["on"], e["kind"], f"{e['amount'] / 100:.2f}", e["reference"]] for e in _events(case.loan_id)]
    return _csv(["日期", "事项", "金额（元）", "凭证"], rows)


def _papers(case: CollectionCase) -> dict[str, bytes]:
    """The signed contract, what the payout and the lien left behind, and what was photographed on visits."""
    found: dict[str, bytes] = {}
    contract = contract_in_force(case.loan.deal_id) if case.loan.deal_id is not None else None
    paper = (contract.signed or contract.draft) if contract is not None else None
    if paper is not None:
        found["贷款合同.pdf"] = paper_content(paper.pk)[1]
    if case.loan.deal_id is not None:
        for one in papers_of(f"deal:{case.loan.deal_id}").filter(purpose__in=_PAPERS):
            found[f"{_PAPERS[one.purpose]}.{_ending(one.media_type)}"] = paper_content(one.pk)[1]
    for visit in case.visits.order_by("pk"):
        for at, photo in enumerate(papers_of(f"visit:{visit.pk}"), start=1):
            found[f"外访 {visit.planned_on} {at}.{_ending(photo.media_type)}"] = paper_content(photo.pk)[1]
    return found


def _ending(media_type: str) -> str:
    return media_type.rpartition("/")[2]


def _csv(head: list[str], rows: list[list[str]]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerows([head, *rows])
    return b"\xef\xbb\xbf" + out.getvalue().encode()

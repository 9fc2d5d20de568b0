"""Finding applications and what belongs to them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from django.db.models import Count, Q, QuerySet, Sum

from chedai.deals.applications import checklists
from chedai.deals.applications.models import (
    Answer,
    Application,
    BureauReport,
    CheckItem,
    Difference,
    Flag,
    PaperAsk,
    Party,
    Statement,
    Submission,
    SubmissionRound,
)
from chedai.deals.applications.rules import Line, Month, cash_flow
from chedai.deals.applications.states import (
    AT_THE_LENDER,
    DifferenceState,
    FlagState,
    ItemState,
    Liability,
    SubmissionState,
)
from chedai.deals.pipeline.selectors import deal_lock
from chedai.deals.pipeline.states import DealState
from chedai.platform.errors import NotFound
from chedai.platform.files.models import Paper
from chedai.platform.files.selectors import papers_of
from chedai.platform.rows import at_most_one

_WITH_DEAL = ("deal__store", "deal__officer__user", "deal__customer")


def application_lock(application_id: int) -> Application:
    """An application, locked until the transaction ends, its deal first: the one order in which all of it is locked.

    Errors: `NotFound`.
    """
    deal_id = Application.objects.filter(pk=application_id).values_list("deal_id", flat=True).first()
    return _locked(deal_id)


def _locked(deal_id: int | None) -> Application:
    """The application of a deal, locked after it."""
    if deal_id is None:
        raise _no_application()
    deal = deal_lock(deal_id)
    found = _found(Application.objects.select_for_update(no_key=True).filter(deal_id=deal_id))
    found.deal = deal
    return found


def application_read(application_id: int) -> Application:
    """An application with its deal. Errors: `NotFound`."""
    return _found(Application.objects.select_related(*_WITH_DEAL).filter(pk=application_id))


def application_of(deal_id: int) -> Application:
    """The application of a deal. Errors: `NotFound`."""
    return _found(Application.objects.select_related(*_WITH_DEAL).filter(deal_id=deal_id))


def application_if_any(deal_id: int) -> Application | None:
    """The application of a deal, if one was opened."""
    return at_most_one(Application.objects.select_related(*_WITH_DEAL).filter(deal_id=deal_id))


def parties_of(application_id: int) -> list[Party]:
    """Everybody of an application, the applicant first, then as they were added."""
    standing = Party.objects.filter(application_id=application_id, removed_at=None).select_related("customer")
    return sorted(standing.order_by("pk"), key=lambda party: party.role != "applicant")


def party_read(party_id: int) -> Party:
    """One party that was not removed. Errors: `NotFound`."""
    rows = Party.objects.filter(pk=party_id, removed_at=None)
    found = at_most_one(rows.select_related("customer", "application__deal__store"))
    if found is None:
        raise NotFound("no-such-party", "没有这位当事人", "there is no such party")
    return found


def answers_in_force(party_ids: Iterable[int]) -> dict[int, dict[str, Answer]]:
    """The answer in force to each question, by party; what was cleared is left out."""
    found: dict[int, dict[str, Answer]] = {number: {} for number in party_ids}
    for answer in Answer.objects.filter(party__in=found, superseded_at=None).order_by("pk"):
        if answer.value.in_full():
            found[answer.party_id][answer.question] = answer
    return found


def answers_plain(answers: Mapping[str, Answer]) -> dict[str, str]:
    """The same as words, for the rules."""
    return {code: answer.value.in_full() for code, answer in answers.items()}


def answers_before(party_id: int) -> dict[str, list[Answer]]:
    """What a party answered before, by question, newest first; an answer that never changed is not there."""
    found: dict[str, list[Answer]] = {}
    for answer in Answer.objects.filter(party=party_id, superseded_at__isnull=False).order_by("-pk"):
        found.setdefault(answer.question, []).append(answer)
    return found


def guaranteed_elsewhere(party: Party) -> int:
    """What a person guarantees (fen) in other deals of the house that live: limited guarantees count their limit."""
    others = Party.objects.filter(
        customer_id=party.customer_id,
        role="guarantor",
        removed_at=None,
        application__deal__state__in=(DealState.OPEN, DealState.FUNDED),
    ).exclude(application_id=party.application_id)
    limited = others.filter(liability=Liability.LIMITED_GUARANTEE)
    whole = others.exclude(liability=Liability.LIMITED_GUARANTEE)
    of_limited: int = limited.aggregate(total=Sum("liability_amount"))["total"] or 0
    of_whole: int = whole.aggregate(total=Sum("application__deal__amount"))["total"] or 0
    return of_limited + of_whole


def items_of(application_id: int) -> list[CheckItem]:
    """The checklist as it is wanted now, in the order of the list, the applicant's papers first."""
    wanted = CheckItem.objects.filter(application_id=application_id, is_wanted=True).select_related("party__customer")
    order = {one.code: at for at, one in enumerate(checklists.checklist().item)}
    return sorted(wanted, key=lambda item: (item.party_id or 0, order.get(item.code, len(order)), item.pk))


def item_lock(item_id: int) -> CheckItem:
    """One paper of a checklist, locked until the transaction ends. Errors: `NotFound`."""
    rows = CheckItem.objects.select_for_update(no_key=True, of=("self",)).select_related("application__deal")
    return _item(rows.filter(pk=item_id, is_wanted=True))


def item_lock_whole(item_id: int) -> tuple[Application, CheckItem]:
    """A paper of a checklist and its application, locked in the order of all of it. Errors: `NotFound`."""
    of = CheckItem.objects.filter(pk=item_id, is_wanted=True).values_list("application__deal_id", flat=True)
    deal_id = of.order_by().first()
    if deal_id is None:
        raise _no_item()
    application = _locked(deal_id)
    item = _item(CheckItem.objects.select_for_update(no_key=True).filter(pk=item_id, is_wanted=True))
    item.application = application
    return application, item


def deal_subject(deal_id: int) -> str:
    """Under which subject the papers of a deal rest and its audit rows stand."""
    return f"deal:{deal_id}"


def item_purpose(item: CheckItem) -> str:
    """For what a paper of a checklist is handed in."""
    return f"check:{item.pk}"


def papers_by_item(application: Application) -> dict[int, list[Paper]]:
    """The papers of every line of the checklist, by its number, in one query."""
    found: dict[int, list[Paper]] = {}
    for paper in papers_of(deal_subject(application.deal_id)).filter(purpose__startswith="check:"):
        found.setdefault(int(paper.purpose.partition(":")[2]), []).append(paper)
    return found


def flags_of(application_id: int) -> list[Flag]:
    """What does not fit, open first."""
    standing = Flag.objects.filter(application_id=application_id, gone_at=None).select_related("party__customer")
    return sorted(standing.order_by("pk"), key=lambda flag: flag.state != FlagState.OPEN)


def differences_of(application_id: int) -> list[Difference]:
    """What was changed after the customer's own entry, open first."""
    rows = Difference.objects.filter(application_id=application_id).select_related("own", "later", "own__party")
    return sorted(rows.order_by("pk"), key=lambda one: one.state != DifferenceState.OPEN)


def bureau_newest(party_id: int) -> BureauReport | None:
    """The newest credit report of a party."""
    return BureauReport.objects.filter(party_id=party_id).order_by("-pk").first()


def statements_of(party_ids: Iterable[int]) -> list[Statement]:
    """The bank statements of some parties, oldest first."""
    return list(Statement.objects.filter(party__in=list(party_ids), removed_at=None).order_by("pk"))


def statement_lines(statement_id: int) -> list[Line]:
    """The lines of a statement as the rules read them."""
    rows = Statement.objects.get(pk=statement_id).lines.order_by("number")
    return [Line(r.number, r.day, r.money_in, r.money_out, r.balance, r.words.in_full()) for r in rows]


def statement_flow(statement_id: int) -> list[Month]:
    """The cash flow of a statement, month by month."""
    return cash_flow(statement_lines(statement_id))


def submissions_of(application_id: int) -> list[Submission]:
    """The file before each lender, in the order it was sent."""
    rows = Submission.objects.filter(application_id=application_id).prefetch_related("rounds__answers")
    return list(rows.order_by("pk"))


def submission_read(submission_id: int) -> Submission:
    """One of them. Errors: `NotFound`."""
    found = at_most_one(Submission.objects.select_related("application__deal__store").filter(pk=submission_id))
    if found is None:
        raise _no_submission()
    return found


def submission_lock(submission_id: int) -> Submission:
    """One of them, locked until the transaction ends. Errors: `NotFound`."""
    rows = Submission.objects.select_for_update(no_key=True, of=("self",)).select_related("application__deal")
    found = at_most_one(rows.filter(pk=submission_id))
    if found is None:
        raise _no_submission()
    return found


def submissions_numbered(numbers: Sequence[int]) -> list[Submission]:
    """Those with these numbers, in their order."""
    found = Submission.objects.in_bulk(numbers)
    return [found[number] for number in numbers]


def submissions_lock(application_id: int) -> list[Submission]:
    """All of an application, locked in the order of their numbers."""
    rows = Submission.objects.select_for_update(no_key=True, of=("self",)).select_related("application__deal")
    return list(rows.filter(application_id=application_id).order_by("pk"))


def round_of_key(lender_code: str, key: str) -> SubmissionRound:
    """The round a lender speaks of. Errors: `NotFound`, also where it is another lender's."""
    found = SubmissionRound.objects.filter(key=key, submission__lender_code=lender_code).first()
    if found is None:
        raise NotFound("no-such-round", "没有这次送审", "there is no such submission")
    return found


def asks_of_round(submission: Submission) -> list[PaperAsk]:
    """What a lender asked for in the round that runs, in the order it was asked."""
    rows = PaperAsk.objects.filter(submission=submission, round=submission.round).select_related("item")
    return list(rows.order_by("pk"))


def asks_standing(application_id: int) -> list[PaperAsk]:
    """What lenders that have the file asked for, in any round, oldest first."""
    rows = PaperAsk.objects.filter(
        submission__application=application_id,
        submission__state__in=(*AT_THE_LENDER, SubmissionState.WON, SubmissionState.FUNDED),
    )
    return list(rows.select_related("item", "submission").order_by("pk"))


def round_now(submission: Submission) -> SubmissionRound:
    """The round that runs."""
    return SubmissionRound.objects.get(submission=submission, number=submission.round)


def won_submission(deal_id: int) -> Submission | None:
    """The lender whose approval was taken, if one was."""
    won = (SubmissionState.WON, SubmissionState.FUNDED)
    return at_most_one(Submission.objects.filter(application__deal_id=deal_id, state__in=won))


class FirstPass:
    """How many papers were accepted, and how many of them at their first hand-in."""

    def __init__(self, officer_id: int, accepted: int, first: int) -> None:
        self.officer_id, self.accepted, self.first = officer_id, accepted, first

    @property
    def rate(self) -> int:
        """The share in 1e-8; 0 where nothing was accepted."""
        return self.first * 100_000_000 // self.accepted if self.accepted else 0


def first_pass(since: date, records: Q) -> list[FirstPass]:
    """The first-pass rate (一次通过率) of each officer over papers decided since a day, by the officer's number."""
    rows = (
        CheckItem.objects.filter(records, state=ItemState.ACCEPTED, changed_at__date__gte=since)
        .values("application__deal__officer")
        .annotate(accepted=Count("pk"), first=Count("pk", filter=Q(round=1)))
        .order_by("application__deal__officer")
    )
    return [FirstPass(row["application__deal__officer"], row["accepted"], row["first"]) for row in rows]


def _item(rows: QuerySet[CheckItem]) -> CheckItem:
    found = at_most_one(rows)
    if found is None:
        raise _no_item()
    return found


def _found(rows: QuerySet[Application]) -> Application:
    found = at_most_one(rows)
    if found is None:
        raise _no_application()
    return found


def _no_item() -> NotFound:
    return NotFound("no-such-item", "清单中没有这项资料", "the checklist has no such paper")


def _no_application() -> NotFound:
    return NotFound("no-such-application", "没有这份进件", "there is no such application")


def _no_submission() -> NotFound:
    return NotFound("no-such-submission", "没有这次送审", "there is no such submission")

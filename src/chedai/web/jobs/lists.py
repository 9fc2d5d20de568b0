"""The list of jobs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from django.db.models import Q
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext_lazy as _

from chedai.platform.jobs.handlers import handlers
from chedai.platform.jobs.selectors import jobs
from chedai.platform.jobs.services import job_retry
from chedai.platform.jobs.states import State
from chedai.web.doors import Request
from chedai.web.lists.spec import Bulk, Choice, Column, Days, Kind, ListSpec, Row, RowAct, Text, View

STATES: Final[dict[str, Promise]] = {
    State.WAITING: _("等待"),
    State.RUNNING: _("进行中"),
    State.DONE: _("完成"),
    State.DEAD: _("失败"),
    State.CANCELLED: _("已取消"),
}
_TINTS: Final = {State.RUNNING.value: "blue", State.DONE.value: "green", State.DEAD.value: "red"}


def kind_words(kind: str) -> str:
    """The kind of a job in words, as its handler names it."""
    handler = handlers().get(kind)
    words = handler.words if handler is not None else ("", "")
    return words[0 if (get_language() or "zh").startswith("zh") else 1] or kind


def _progress(job: Row) -> str:
    return f"{job.done:,} / {job.total:,}" if job.total else ""


def _kinds(request: Request) -> Sequence[tuple[str, Text]]:
    return [(kind, kind_words(kind)) for kind in sorted(handlers())]


def _retry_url(job: Row) -> str | None:
    return reverse("job_retry", args=[job.pk]) if job.state == State.DEAD else None


def _cancel_url(job: Row) -> str | None:
    return reverse("job_cancel", args=[job.pk]) if job.state in (State.WAITING, State.RUNNING) else None


def _retry(request: Request, picked: Sequence[int]) -> str:
    for job_id in picked:
        job_retry(job_id=job_id, actor=request.actor)
    return ngettext("已重试 %d 个任务", "已重试 %d 个任务", len(picked)) % len(picked)


JOBS: Final = ListSpec(
    key="jobs",
    title=_("后台任务"),
    unit=_("个"),
    permission="job.read",
    rows=lambda request: jobs(),
    columns=(
        Column(
            "kind", _("任务"), lambda job: kind_words(job.kind), sort="kind", group="kind", note=lambda job: job.fault
        ),
        Column(
            "state",
            _("状态"),
            lambda job: STATES[job.state],
            Kind.TAG,
            sort="state",
            group="state",
            tint=lambda job: _TINTS.get(job.state, ""),
        ),
        Column("progress", _("进度"), _progress),
        Column("attempts", _("已试次数"), lambda job: job.attempts, Kind.NUMBER),
        Column("asked_at", _("提交时间"), lambda job: job.asked_at, Kind.MOMENT, sort="pk"),
        Column("run_at", _("下次运行"), lambda job: job.run_at, Kind.MOMENT, sort="run_at"),
        Column("ended_at", _("结束时间"), lambda job: job.ended_at, Kind.MOMENT, shown=False),
        Column("asked_by", _("提交人"), lambda job: job.asked_by, Kind.CODE, shown=False),
    ),
    sort="-asked_at",
    filters=(
        Choice("state", _("状态"), lambda request: list(STATES.items()), lambda value: Q(state=value)),
        Choice("kind", _("任务"), _kinds, lambda value: Q(kind=value)),
        Days("asked", _("提交日期"), "asked_at", moments=True),
    ),
    views=(View(_("失败"), "state=dead", red=True), View(_("进行中"), "state=running")),
    bulk=(Bulk("retry", _("重试选中的任务"), "job.retry", _retry),),
    acts=(RowAct(_("重试"), _retry_url, post=True), RowAct(_("取消"), _cancel_url, post=True)),
    empty=_("还没有任务：导入、发送消息、定时工作会出现在这里。"),
)

"""The navigation, in one table: a screen is in the menu, in the search and behind G-keys because of its line here.

A line shows to who holds its permission somewhere. To add a screen, add a line (and its address in `urls.py`).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _

from chedai.org.access import Access
from chedai.org.permissions import Permission, Role, table
from chedai.web.icons import icon

Text = str | Promise


@dataclass(frozen=True, slots=True)
class Entry:
    """One screen. `name` is its address by name, `count` the figure kept live beside it, `go` its key after G."""

    name: str
    label: Text
    icon: str
    permission: Permission
    count: str = ""
    go: str = ""

    @property
    def url(self) -> str:
        """Its address."""
        return _address(self.name)


@dataclass(frozen=True, slots=True)
class Group:
    """Screens under one heading; the first group has none."""

    label: Text
    entries: tuple[Entry, ...]


NAV: tuple[Group, ...] = (
    Group(
        "",
        (
            Entry("home", _("今日"), "sun", "home.read", go="t"),
            Entry("reception", _("接待"), "user-plus", "visit.read", go="r"),
            Entry("leads", _("线索"), "phone-call", "lead.read", go="l"),
            Entry("customers", _("客户"), "users", "customer.read", go="c"),
            Entry("quote_desk", _("报价"), "calculator", "quote.make", go="q"),
            Entry("deals_board", _("进件看板"), "layout-kanban", "deal.read", go="p"),
            Entry("deals_efficiency", _("进件时效"), "clock", "deal.read"),
            Entry("precheck", _("预审"), "shield-check", "precheck.run"),
            Entry("cases", _("授信审批"), "scale", "decision.read", go="d"),
            Entry("payouts", _("放款队列"), "send", "payout.read", go="o"),
            Entry("collateral", _("贷后事项"), "certificate", "collateral.read", go="e"),
            Entry("custody", _("权证与钥匙"), "key", "custody.read"),
            Entry("approvals", _("审批队列"), "clipboard-check", "approval.read", count="approvals", go="a"),
        ),
    ),
    Group(
        _("催收"),
        (
            Entry("collection", _("催收"), "phone-call", "collection.read", go="u"),
            Entry("collection_cases", _("催收案件"), "list", "collection.read"),
            Entry("collection_promises", _("承诺还款"), "signature", "collection.read"),
            Entry("collection_before", _("提前催收"), "clock", "collection.read"),
            Entry("collection_visits", _("外访"), "steering-wheel", "collection.read"),
            Entry("collection_claims", _("诉讼与时效"), "scale", "collection.read"),
            Entry("collection_cars", _("收车与处置"), "car", "collection.read"),
            Entry("collection_agencies", _("委外机构"), "users-group", "agency.read"),
            Entry("collection_effects", _("催收效果"), "activity", "collection.report"),
        ),
    ),
    Group(
        _("目录"),
        (
            Entry("lenders", _("合作机构"), "building-bank", "catalog.read"),
            Entry("products", _("产品"), "package", "catalog.read"),
            Entry("promotions", _("活动"), "discount", "catalog.read"),
            Entry("models", _("车型"), "steering-wheel", "catalog.read"),
            Entry("vehicles", _("车辆"), "car", "catalog.read"),
            Entry("add_ons", _("加装项目"), "puzzle", "catalog.read"),
        ),
    ),
    Group(
        _("账务"),
        (
            Entry("loans", _("贷款"), "file-spreadsheet", "loan.read"),
            Entry("closures", _("结清办理"), "certificate", "loan.read"),
            Entry("advances", _("垫款与代偿"), "building-bank", "advance.read"),
            Entry("debits", _("代扣批次"), "building-bank", "loan.debit"),
            Entry("ledger", _("总账"), "books", "ledger.read"),
            Entry("periods", _("会计期间"), "lock", "ledger.read"),
            Entry("closes", _("日终"), "sun", "business_date.turn"),
        ),
    ),
    Group(
        _("风险"),
        (
            Entry("alerts", _("风险预警"), "bell", "risk.read"),
            Entry("watch", _("关注名单"), "eye", "risk.read"),
            Entry("indicators", _("风险指标"), "activity", "risk.read"),
            Entry("portfolio", _("资产质量"), "columns-3", "risk.read"),
        ),
    ),
    Group(
        _("内控"),
        (
            Entry("policies", _("政策"), "books", "policy.read"),
            Entry("advice", _("建议文库"), "message", "advice.read"),
            Entry("clauses", _("合同条款"), "file-text", "clause.read"),
            Entry("rule_sets", _("审批规则"), "list-check", "rules.read"),
            Entry("exceptions", _("例外报告"), "alert-triangle", "decision.report"),
            Entry("erasures", _("个人信息删除"), "shield-lock", "privacy.erase"),
            Entry("audit", _("审计日志"), "history", "audit.read"),
            Entry("reviews", _("权限复核"), "user-check", "role.review"),
            Entry("duties", _("职责表"), "list-check", "responsibility.read"),
            Entry("authority", _("审批权限额度"), "scale", "authority.read"),
        ),
    ),
    Group(
        _("管理"),
        (
            Entry("staff", _("员工"), "users-group", "staff.read"),
            Entry("stores", _("门店"), "home", "store.manage"),
            Entry("imports", _("导入"), "database-import", "import.run"),
            Entry("jobs", _("后台任务"), "activity", "job.read", count="jobs"),
            Entry("messages", _("已发消息"), "message", "message.read"),
            Entry("templates", _("消息模板"), "pencil", "message.template"),
            Entry("tokens", _("接口密钥"), "key", "token.manage"),
            Entry("webhooks", _("回调"), "webhook", "webhook.manage"),
            Entry("business_date", _("营业日期"), "calendar", "business_date.turn"),
        ),
    ),
)


@cache
def _address(name: str) -> str:
    return reverse(name)


def entries(access: Access) -> list[Entry]:
    """Every screen of the menu the person may open, in order."""
    return [entry for group in NAV for entry in group.entries if access.may(entry.permission)]


def current(path: str) -> str:
    """The name of the screen `path` belongs to: the one whose address is the longest beginning of it."""
    fits = [e for group in NAV for e in group.entries if path == e.url or (e.url != "/" and path.startswith(e.url))]
    return max(fits, key=lambda e: len(e.url)).name if fits else ""


@lru_cache(maxsize=1024)
def nav_html(roles: frozenset[Role], here: str, language: str) -> SafeString:
    """The menu as HTML. It depends on roles, place and language only, so it is written once for each of them."""
    return mark_safe("".join(_group_html(group, roles, here) for group in NAV))


def _group_html(group: Group, roles: frozenset[Role], here: str) -> str:
    shown = [e for e in group.entries if any(table().reach_of(role, e.permission) for role in roles)]
    if not shown:
        return ""
    head = format_html('<div class="nav-group">{}</div>', group.label) if group.label else ""
    items = "".join(_item_html(entry, here) for entry in shown)
    return f"{head}<ul>{items}</ul>"


def _item_html(entry: Entry, here: str) -> str:
    count = format_html('<span class="nav-count" id="count-{}"></span>', entry.count) if entry.count else ""
    return format_html(
        '<li><a class="nav-item" href="{}" title="{}"{}{}>{}<span class="nav-word">{}</span>{}</a></li>',
        entry.url,
        entry.label,
        mark_safe(' aria-current="page"') if entry.name == here else "",
        format_html(' data-go="{}"', entry.go) if entry.go else "",
        icon(entry.icon, 18),
        entry.label,
        count,
    )

"""The grid of a rule set on the screen: the same document back, a wrong cell refused by name, a limit that decides."""

from __future__ import annotations

from collections.abc import Callable
from html.parser import HTMLParser

import pytest
from django.test import Client

from chedai.deals.underwriting.models import RuleDraft
from chedai.deals.underwriting.rulebooks import book_on, text_on
from chedai.deals.underwriting.rules.book import NAMES, rule_set, shipped
from chedai.deals.underwriting.rules.deciding import decide
from chedai.deals.underwriting.selectors import inputs_in
from chedai.org.access import access_of
from chedai.org.authority import capacities
from chedai.org.models import AuthorityLimit, Staff
from chedai.platform.approvals import states as approvals
from chedai.platform.approvals.services import approval_decide
from tests import cast
from tests.conftest import MOMENT
from tests.deals.applying import asked_of_us
from tests.deals.deciding import Chair, chair, presented
from tests.deals.quoting import shelf
from tests.house import SINCE
from tests.support.ground import begins_with

pytestmark = [
    pytest.mark.django_db,
    begins_with(shelf, asked_of_us, presented),
    pytest.mark.usefixtures("held_clock"),
]

Browse = Callable[[Staff], Client]
TODAY = MOMENT.date()


@pytest.fixture
def at() -> Chair:
    return chair()


class Fields(HTMLParser):
    """What a browser would send of the form of the grid."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: dict[str, str] = {}
        self.select = self.area = ""
        self.away = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        name = given.get("name") or ""
        self.away = self.away or tag == "template"
        if self.away:
            return
        if tag == "input" and name:
            self.found[name] = given.get("value") or ""
        elif tag == "select":
            self.select = name
        elif tag == "option" and self.select and "selected" in given:
            self.found[self.select] = given.get("value") or ""
        elif tag == "textarea":
            self.area = name
            self.found[name] = ""

    def handle_data(self, data: str) -> None:
        if self.area:
            self.found[self.area] += data

    def handle_endtag(self, tag: str) -> None:
        self.away = self.away and tag != "template"
        self.select = "" if tag == "select" else self.select
        self.area = "" if tag == "textarea" else self.area


def fields(client: Client, path: str) -> dict[str, str]:
    answer = client.get(path)
    assert answer.status_code == 200, path
    found = Fields(answer.content.decode()).found
    return {key: value for key, value in found.items() if key.startswith("row_") or key in HEAD}


HEAD = ("reason", "version", "valid_from", "base")


def row_at(sent: dict[str, str], number: str) -> str:
    """The beginning of the names of the fields of a rule."""
    return next(key for key, value in sent.items() if value == number).removesuffix("number")


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("name", NAMES)
def test_opened_and_saved_untouched_is_the_same_document(at: Chair, browse: Browse, name: str, language: str) -> None:
    client = browse(at.house.approver)
    client.cookies["language"] = language
    sent = fields(client, f"/decisions/rules/{name}/grid/")
    assert sent["version"] == TODAY.isoformat()
    old = rule_set(shipped()[name])
    unchanged = {"reason": "核对", "version": "2", "valid_from": old.valid_from.isoformat()}
    assert client.post(f"/decisions/rules/{name}/grid/", sent | unchanged).status_code == 302
    made = rule_set(RuleDraft.objects.get().content)
    assert dict(made.document) == dict(old.document) | {"chedai": dict(old.document["chedai"]) | {"version": "2"}}


@pytest.mark.parametrize(
    ("name", "rule", "field", "typed", "said"),
    [
        ("policy", "policy-1", "ltv_bp", "8o", "贷款成数（监管口径）（%）：ltv_bp 须是一个值，而非“8o”"),
        ("eligibility", "eligibility-1", "1_value", "十八", "年龄：看不懂“&lt; 十八”"),
        ("eligibility", "eligibility-1", "2_fact", "age_years", "同一条规则里一个事实只能用一次"),
        ("scorecard", "scorecard-2", "points", "", "分值：points 须是一个值，而非“”"),
        ("questions", "job_stability", "weight", "四分之一", "权重（%）：须是整数"),
    ],
)
def test_a_wrong_cell_is_refused_by_name_and_nothing_is_kept(
    at: Chair, browse: Browse, name: str, rule: str, field: str, typed: str, said: str
) -> None:
    client = browse(at.house.approver)
    sent = fields(client, f"/decisions/rules/{name}/grid/") | {"reason": "试"}
    which = f"{row_at(sent, rule)}{field}"
    changed = {which: typed} | ({which.replace("fact", "op"): "lt"} if field.endswith("fact") else {})
    answer = client.post(f"/decisions/rules/{name}/grid/", sent | changed)
    text = answer.content.decode()
    assert (answer.status_code, said in text) == (422, True), text[text.find('class="errors"') :][:600]
    assert f"{rule} " in text[text.find('class="errors"') :][:600]
    assert f'name="{which}"' in text
    assert RuleDraft.objects.count() == 0
    assert text_on(name, TODAY) == shipped()[name]


def test_a_version_is_called_once(at: Chair, browse: Browse) -> None:
    client = browse(at.house.approver)
    sent = fields(client, "/decisions/rules/grade/grid/") | {"reason": "试", "version": "2026-11-01"}
    answer = client.post("/decisions/rules/grade/grid/", sent)
    assert (answer.status_code, "版本号已用过" in answer.content.decode()) == (422, True)
    assert RuleDraft.objects.count() == 0


def test_rows_stand_in_the_order_they_are_sent_and_one_that_is_not_sent_is_gone(at: Chair, browse: Browse) -> None:
    client = browse(at.house.approver)
    sent = fields(client, "/decisions/rules/conditions/grid/") | {"reason": "删一条"}
    last = row_at(sent, "conditions-7")
    gone = row_at(sent, "conditions-2")
    kept = {k: v for k, v in sent.items() if not k.startswith(gone)}
    turned = {k: v for k, v in kept.items() if k.startswith(last)} | kept
    address = client.post("/decisions/rules/conditions/grid/", turned)["Location"]
    made = rule_set(RuleDraft.objects.get().content)
    assert [rule["_id"][-1] for rule in made.table["rules"]] == ["7", "1", "3", "4", "5", "6"]
    shown = client.get(address).content.decode()
    for text in ("移动", "第 7 行", "第 1 行", "删除", "conditions-2", "二手车、商用燃油、商用新能源"):
        assert text in shown


def test_a_changed_limit_decides_differently_once_two_people_published_it(at: Chair, browse: Browse) -> None:
    client = browse(at.house.approver)
    case = at.case.assessments.latest("pk")
    before = decide(inputs_in(case), book_on(TODAY))
    sent = fields(client, "/decisions/rules/policy/grid/") | {"reason": "收紧成数"}
    for rule in rule_set(shipped()["policy"]).table["rules"]:
        sent[f"{row_at(sent, rule['_id'])}ltv_bp"] = "50"
        sent[f"{row_at(sent, rule['_id'])}all_in_bp"] = "50"
    address = client.post("/decisions/rules/policy/grid/", sent)["Location"]
    assert "贷款成数（监管口径）（%）" in client.get(address).content.decode()
    assert decide(inputs_in(case), book_on(TODAY)) == before
    AuthorityLimit.objects.get_or_create(
        action="rules.publish", since=SINCE, role="compliance", defaults={"amount": 0, "deviation": 0}
    )
    assert client.post(f"{address}submit/").status_code == 302
    draft = RuleDraft.objects.get()
    assert draft.approval is not None
    seen = capacities(access_of(at.chief.user_id), "rules.publish", amount=0, deviation=0, store_id=None, on=TODAY)
    approval_decide(
        approval_id=draft.approval.pk,
        verdict=approvals.Verdict.APPROVE,
        opinion="",
        digest=draft.approval.digest,
        capacities=seen,
        actor=cast.acting(at.chief),
    )
    assert book_on(TODAY).version_of("policy") == TODAY.isoformat()
    after = decide(inputs_in(case), book_on(TODAY))
    assert before.limit is not None
    assert after.limit is not None
    assert after.limit < before.limit


def test_a_text_the_grid_cannot_hold_is_changed_as_text(at: Chair, browse: Browse) -> None:
    client = browse(at.house.approver)
    sent = fields(client, "/decisions/rules/grade/grid/") | {"content": "{", "reason": "写到一半"}
    address = client.post("/decisions/rules/grade/write/", sent)["Location"]
    assert client.get(f"{address}grid/")["Location"] == f"{address}write/"

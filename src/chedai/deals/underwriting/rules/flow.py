"""What may be said on a result, as pure questions: who overrides says why, what is stopped stays stopped."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from chedai.deals.underwriting.rules.book import RuleSet
from chedai.deals.underwriting.rules.values import Effect, Outcome, Result
from chedai.deals.underwriting.states import CaseState, Verdict
from chedai.platform.errors import Conflict, Refusal

APPROVING: Final = frozenset({Verdict.APPROVE, Verdict.CONDITIONAL})
SHORTEST: Final = 4
"""How short an opinion may be that goes beyond what the rules say, in characters."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """What somebody wants to say on a case."""

    verdict: Verdict
    opinion: str = ""
    reasons: tuple[str, ...] = ()
    override_code: str = ""
    override_reason: str = ""
    conditions: tuple[str, ...] = ()


def overrides(result: Result) -> bool:
    """Whether an approval would go against the rules: they decline, or a fact they need is missing."""
    return result.outcome is Outcome.DECLINE or bool(result.missing)


def proposal_refusals(state: CaseState, result: Result, said: Proposal, words: RuleSet) -> list[Refusal]:
    """Everything that keeps a proposal from being made."""
    if state is not CaseState.OPEN:
        return [Conflict("case-not-open", "该件不在待提结论状态", "this case does not wait for a proposal")]
    if said.verdict in APPROVING:
        return list(_approving(result, said, words))
    if said.verdict is Verdict.DECLINE:
        return reasons_refusals(said.reasons, words)
    return opinion_refusals(said.opinion)


def _approving(result: Result, said: Proposal, words: RuleSet) -> Iterable[Refusal]:
    if result.stopped:
        codes = ", ".join(reason.code for reason in result.reasons if reason.effect is Effect.STOP)
        zh, en = f"触及禁止性规则，不得通过：{codes}", f"a rule nobody may go beyond: {codes}"
        yield Refusal("stopped", zh, en, field="verdict")
    if overrides(result):
        if said.override_code not in words.document["overrides"]:
            zh, en = "规则未通过，突破须选择理由", "the rules do not pass it: choose why you go beyond them"
            yield Refusal("override-missing", zh, en, field="override_code")
        if len(said.override_reason.strip()) < SHORTEST:
            zh, en = f"请写明突破理由，至少 {SHORTEST} 个字", f"explain it in at least {SHORTEST} characters"
            yield Refusal("override-reason", zh, en, field="override_reason")
    elif result.outcome is Outcome.REFER:
        yield from opinion_refusals(said.opinion)
    if said.verdict is Verdict.CONDITIONAL and not (said.conditions or result.conditions):
        yield Refusal("condition-missing", "有条件通过须写明条件", "name the conditions", field="conditions")
    yield from condition_refusals(said.conditions)


def opinion_refusals(opinion: str) -> list[Refusal]:
    """Who sends back, or approves what the rules refer to a person, says why."""
    if len(opinion.strip()) >= SHORTEST:
        return []
    zh, en = f"请写明意见，至少 {SHORTEST} 个字", f"write your opinion, at least {SHORTEST} characters"
    return [Refusal("opinion-missing", zh, en, field="opinion")]


def reasons_refusals(reasons: Sequence[str], words: RuleSet) -> list[Refusal]:
    """A decline has reasons, and they are codes: free text alone tells no customer why."""
    if reasons and set(reasons) <= words.document["reasons"].keys():
        return []
    return [Refusal("reason-missing", "拒绝须选择原因", "choose the reasons of the decline", field="reasons")]


def condition_refusals(conditions: Iterable[str]) -> list[Refusal]:
    """A condition is a sentence somebody can meet."""
    if all(SHORTEST <= len(one.strip()) <= 200 for one in conditions):
        return []
    zh, en = "放款前提须为 4 至 200 个字", "a condition takes 4 to 200 characters"
    return [Refusal("condition-words", zh, en, field="conditions")]


def suggested(result: Result) -> tuple[str, ...]:
    """The reasons the rules themselves would give for a decline, the weightiest first."""
    return tuple(dict.fromkeys(r.code for r in result.reasons if r.effect in (Effect.STOP, Effect.DECLINE)))


def steps_with_reviews(steps: Sequence[str], result: Result, verdict: Verdict) -> tuple[str, ...]:
    """The steps of authority and those a low grade adds at the end; the same role twice takes two people."""
    return (*steps, *result.reviews) if verdict in APPROVING else tuple(steps)

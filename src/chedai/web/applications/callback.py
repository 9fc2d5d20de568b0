"""The door of the lenders: signed messages, each counted once. What is not signed learns nothing."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Final, Literal

import msgspec
from django.http import HttpRequest, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from chedai.catalog.partners.selectors import lender_of
from chedai.deals.applications.services.lenders import Answer, lender_answer_hear
from chedai.deals.applications.states import SubmissionState
from chedai.org.doors import open_door
from chedai.platform import clock
from chedai.platform.calls.services import TooOften, call_count
from chedai.platform.errors import NotFound, Refusal
from chedai.platform.privacy.keys import fingerprint
from chedai.platform.webhooks.signing import HEADER, verify

LARGEST: Final = 64 * 1024
CALLS_A_MINUTE: Final = 600

_Short = Annotated[str, msgspec.Meta(max_length=200)]
_Code = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9_]{1,40}\Z")]
_Fen = Annotated[int, msgspec.Meta(ge=0, le=10**13)]


class Message(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a lender sends: money in fen, rates in 1e-8 a year, `seq` growing within a round (`key`)."""

    message: Annotated[str, msgspec.Meta(min_length=1, max_length=80)]
    key: Annotated[str, msgspec.Meta(min_length=1, max_length=60)]
    seq: Annotated[int, msgspec.Meta(ge=1, le=2**31 - 1)]
    answer: Literal["approved", "conditional", "asked_more", "declined", "funded"]
    amount: _Fen | None = None
    annual_rate: Annotated[int, msgspec.Meta(ge=0, le=10**9)] | None = None
    periods: Annotated[int, msgspec.Meta(ge=1, le=600)] | None = None
    conditions: Annotated[tuple[_Short, ...], msgspec.Meta(max_length=20)] = ()
    papers: Annotated[tuple[_Code, ...], msgspec.Meta(max_length=40)] = ()
    reason: _Short = ""
    paid_on: date | None = None
    reference: Annotated[str, msgspec.Meta(max_length=60)] = ""


@open_door("the lender's signature over the message is the key")
@csrf_exempt
@require_POST
def lender_callback(request: HttpRequest, lender: str) -> JsonResponse:
    """A message of a lender. 200 heard (or a duplicate), 401 not signed, 404 no such round, 409 a recording."""
    try:
        call_count(caller=f"lender:{fingerprint(lender.encode())[:32]}", limit=CALLS_A_MINUTE)
    except TooOften as often:
        return _said(often)
    if int(request.headers.get("Content-Length") or 0) > LARGEST:
        return JsonResponse({"code": "too-large"}, status=413)
    header, body = request.headers.get(HEADER, ""), request.body
    if not _signed(lender, body, header):
        return JsonResponse({"code": "not-signed"}, status=401)
    try:
        message = msgspec.json.decode(body, type=Message)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return JsonResponse({"code": "cannot-be-read"}, status=422)
    try:
        heard = lender_answer_hear(lender_code=lender, key=message.key, answer=_answer(message), signature=header)
    except Refusal as refused:
        return _said(refused)
    return JsonResponse({"heard": heard})


def _signed(code: str, body: bytes, header: str) -> bool:
    try:
        secret = lender_of(code).secret
    except NotFound:
        return False
    return secret is not None and verify(secret.in_full(), body, header, int(clock.now().timestamp()))


def _answer(message: Message) -> Answer:
    return Answer(
        message=message.message,
        seq=message.seq,
        state=SubmissionState(message.answer),
        amount=message.amount,
        annual_rate=message.annual_rate,
        periods=message.periods,
        conditions=message.conditions,
        papers=message.papers,
        reason=message.reason,
        paid_on=message.paid_on,
        reference=message.reference,
    )


def _said(refused: Refusal) -> JsonResponse:
    return JsonResponse({"code": refused.code, "detail": refused.en}, status=refused.status)

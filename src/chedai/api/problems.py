"""Errors as problem documents (RFC 9457): a stable type, the sentence in both languages, and the field it concerns."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI, Schema
from ninja.errors import AuthenticationError, HttpError, ValidationError

from chedai.engine.errors import EngineError
from chedai.platform.calls.services import TooOften
from chedai.platform.errors import Refusal, Refusals

log = logging.getLogger(__name__)

MEDIA = "application/problem+json"


class ProblemError(Schema):
    """One of several errors: where, and what in both languages."""

    code: str
    field: str | None
    zh: str
    en: str


class Problem(Schema):
    """An error."""

    type: str
    title: str
    status: int
    detail_zh: str
    detail_en: str
    errors: list[ProblemError]


def problem(
    status: int, code: str, zh: str, en: str, errors: list[dict[str, Any]] | None = None, **headers: str
) -> HttpResponse:
    """The response for an error."""
    body = {
        "type": f"urn:chedai:problem:{code}",
        "title": code,
        "status": status,
        "detail_zh": zh,
        "detail_en": en,
        "errors": errors or [],
    }
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    return HttpResponse(json.dumps(body, ensure_ascii=False), status=status, content_type=MEDIA, headers=given)


def unreadable(status: int) -> HttpResponse:
    """What could not even be read."""
    return problem(status, "bad-request", "请求无法读取", "the request cannot be read")


def absent() -> HttpResponse:
    """404, of an address as of a record: which of both is not said."""
    return problem(404, "not-found", "没有这个地址或记录", "there is no such address or record")


def fault() -> HttpResponse:
    """500, and nothing of what failed."""
    return problem(500, "fault", "系统出错，已记录", "something went wrong; it has been noted")


def install(api: NinjaAPI) -> None:
    """Give every kind of error its document."""

    @api.exception_handler(Refusal)
    def refused(request: HttpRequest, refusal: Refusal) -> HttpResponse:
        several = refusal.refusals if isinstance(refusal, Refusals) else (refusal,)
        errors = [{"code": r.code, "field": r.field, "zh": r.zh, "en": r.en} for r in several]
        headers = {"Retry_After": str(refusal.seconds)} if isinstance(refusal, TooOften) else {}
        return problem(refusal.status, refusal.code, refusal.zh, refusal.en, errors, **headers)

    @api.exception_handler(EngineError)
    def engine(request: HttpRequest, refusal: EngineError) -> HttpResponse:
        zh, en = refusal.text("zh"), refusal.text("en")
        error = {"code": "engine", "field": refusal.argument, "zh": zh, "en": en}
        return problem(422, "engine", zh, en, [error])

    @api.exception_handler(ValidationError)
    def invalid(request: HttpRequest, raised: ValidationError) -> HttpResponse:
        errors = [_invalid(error) for error in raised.errors]
        return problem(422, "invalid", "请求内容不符合要求", "the request does not fit its schema", errors)

    @api.exception_handler(AuthenticationError)
    def unknown(request: HttpRequest, raised: AuthenticationError) -> HttpResponse:
        zh, en = "请提供有效的密钥", "a valid token is needed"
        return problem(401, "unauthenticated", zh, en, WWW_Authenticate="Bearer")

    @api.exception_handler(Http404)
    def missing(request: HttpRequest, raised: Http404) -> HttpResponse:
        return absent()

    @api.exception_handler(HttpError)
    def other(request: HttpRequest, raised: HttpError) -> HttpResponse:
        return unreadable(raised.status_code)

    @api.exception_handler(Exception)
    def failed(request: HttpRequest, raised: Exception) -> HttpResponse:
        log.error("api fault", exc_info=raised)
        return fault()


def _invalid(error: Mapping[str, Any]) -> dict[str, Any]:
    """A validation error without the value that was sent: it may be personal."""
    place = ".".join(str(part) for part in error["loc"][1:])
    zh, en = f"{place}：不符合要求", f"{place}: {error['msg']}"
    return {"code": error["type"], "field": place or None, "zh": zh, "en": en}

"""How an operation is declared: its right, its limit of calls, its key, its version.

@reading(router, "/approvals", "approval.read", response=Page[ApprovalOut])
@changing(router, "/approvals/{approval_id}/decisions", "approval.decide", response=ApprovalOut)
@revealing(router, "/customers/{customer_id}/reveals", "privacy.reveal", response=RevealOut)
"""

from __future__ import annotations

import functools
import hashlib
import re
from collections.abc import Callable
from typing import Any, Final, TypeVar, cast

import msgspec
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema
from pydantic import TypeAdapter

from chedai.api.caller import Caller
from chedai.api.problems import Problem
from chedai.org.doors import lock
from chedai.org.permissions import Permission
from chedai.platform.calls.services import Answer, call_count, call_once
from chedai.platform.errors import Refusal

KEY: Final = "Idempotency-Key"
_KEY_FORM: Final = re.compile(r"[\x21-\x7e]{8,80}")

PROBLEMS: Final = (400, 401, 403, 404, 409, 412, 422, 428, 429, 500)

V = TypeVar("V", bound=Callable[..., Any])


class _Refused(Schema):
    """A problem in the form in which ninja keeps what an operation answers."""

    response: Problem


class KeyMissing(Refusal):
    """A change without an idempotency key."""

    status = 400

    def __init__(self) -> None:
        zh, en = f"请在 {KEY} 请求头给出 8 至 80 位幂等键", f"give an {KEY} header of 8 to 80 characters"
        super().__init__("key-missing", zh, en, field=KEY)


class VersionMissing(Refusal):
    """An update that does not say which version it saw."""

    status = 428

    def __init__(self) -> None:
        zh, en = "请在 If-Match 给出读到的 ETag", "give the ETag you saw in If-Match"
        super().__init__("version-missing", zh, en, field="If-Match")


class VersionChanged(Refusal):
    """An update of a version that is no longer the newest."""

    status = 412

    def __init__(self) -> None:
        super().__init__("version-changed", "内容已被他人修改，请重新读取", "it has changed; read it again")


def caller_of(request: HttpRequest) -> Caller:
    """Who calls."""
    return cast(Caller, request.auth)  # type: ignore[attr-defined]


def reading(router: Router, path: str, permission: Permission, *, response: Any) -> Callable[[V], V]:
    """An operation that changes nothing. A single record is answered with its ETag."""

    def wrap(view: V) -> V:
        @functools.wraps(view)
        def opened(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            _enter(request, permission)
            body = _body(response, view(request, *args, **kwargs))
            tag = etag(body)
            if request.headers.get("If-None-Match") == tag:
                return HttpResponse(status=304, headers={"ETag": tag})
            return HttpResponse(body, content_type="application/json", headers={"ETag": tag})

        return _declare(router.get, path, permission, response, 200, cast(V, opened))

    return wrap


def changing(
    router: Router, path: str, permission: Permission, *, response: Any, status: int = 200, method: str = "post"
) -> Callable[[V], V]:
    """An operation that changes something: once for each key, its answer kept with its effect."""

    def wrap(view: V) -> V:
        @functools.wraps(view)
        def opened(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            caller = _enter(request, permission)
            key = request.headers.get(KEY, "")
            if not _KEY_FORM.fullmatch(key):
                raise KeyMissing

            def effect() -> Answer:
                return Answer(status, _body(response, view(request, *args, **kwargs)))

            asked = b"\n".join((str(request.method).encode(), request.path.encode(), request.body))
            answer = call_once(caller=caller.actor.key, key=key, request=asked, effect=effect)
            headers = {"Idempotent-Replayed": "true"} if answer.again else {}
            return HttpResponse(answer.body, status=answer.status, content_type="application/json", headers=headers)

        return _declare(getattr(router, method), path, permission, response, status, cast(V, opened))

    return wrap


def revealing(router: Router, path: str, permission: Permission, *, response: Any) -> Callable[[V], V]:
    """An operation that shows personal data in full, on record every time: its answer is kept nowhere."""

    def wrap(view: V) -> V:
        @functools.wraps(view)
        def opened(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            _enter(request, permission)
            body = _body(response, view(request, *args, **kwargs))
            return HttpResponse(body, content_type="application/json", headers={"Cache-Control": "no-store"})

        return _declare(router.post, path, permission, response, 200, cast(V, opened))

    return wrap


def asking(router: Router, path: str, permission: Permission, *, body: type[Any]) -> Callable[[V], V]:
    """An operation that is asked with a value and keeps nothing: the view reads the body itself and answers bytes.

    For values that are structs already: `body` is published as the form of the request, and nothing is read twice.
    """

    def wrap(view: V) -> V:
        @functools.wraps(view)
        def opened(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            _enter(request, permission)
            return HttpResponse(view(request, *args, **kwargs), content_type="application/json")

        form = {"content": {"application/json": {"schema": _form(body)}}, "required": True}
        return _declare(router.post, path, permission, dict[str, Any], 200, cast(V, opened), requestBody=form)

    return wrap


def _form(body: type[Any]) -> dict[str, Any]:
    """The schema of a struct, whole: what it refers to stands inside it."""
    (schema,), parts = msgspec.json.schema_components([body], ref_template="{name}")

    def whole(value: Any) -> Any:
        if isinstance(value, dict):
            return whole(parts[value["$ref"]]) if "$ref" in value else {k: whole(v) for k, v in value.items()}
        return [whole(one) for one in value] if isinstance(value, list) else value

    found: dict[str, Any] = whole(schema)
    return found


def etag(body: bytes) -> str:
    """The version of a representation."""
    return f'"{hashlib.sha256(body).hexdigest()[:32]}"'


def require_version(request: HttpRequest, schema: Any, record: Any) -> None:
    """Refuse an update whose `If-Match` is not the version of `record` as it would be read now."""
    seen = request.headers.get("If-Match")
    if seen is None:
        raise VersionMissing
    if seen != etag(_body(schema, record)):
        raise VersionChanged


def _enter(request: HttpRequest, permission: Permission) -> Caller:
    caller = caller_of(request)
    call_count(caller=caller.actor.key, limit=settings.API_CALLS_A_MINUTE)
    caller.require(permission)
    return caller


def _body(response: Any, result: Any) -> bytes:
    adapter: TypeAdapter[Any] = TypeAdapter(response)
    return adapter.dump_json(adapter.validate_python(result, from_attributes=True))


def _declare(
    method: Callable[..., Any],
    path: str,
    permission: Permission,
    response: Any,
    status: int,
    opened: V,
    **more: Any,
) -> V:
    extra = {"x-permission": permission, **more}
    declared: V = method(path, response={status: response}, openapi_extra=extra)(lock(opened, permission))
    # The problems are the same for every operation. Given to ninja as answers they are a model of their own for each
    # operation and status, two thousand of them, which took most of the time in which the interface begins.
    declared._ninja_operation.response_models |= dict.fromkeys(PROBLEMS, _Refused)  # type: ignore[attr-defined]
    return declared

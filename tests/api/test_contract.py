"""What the interface has published it keeps, and what it publishes is true.

`docs/api/openapi.json` is the published document. A change that breaks a caller (an operation or a field gone, a
new thing asked for) fails here; one that only adds is taken over by `python -m tests.support.openapi`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from chedai.api.urls import api

PUBLISHED = Path(__file__).parents[2] / "docs" / "api" / "openapi.json"


@cache
def document() -> dict[str, Any]:
    """The document of the code as it stands. Nobody changes it: `changed` makes another."""
    return json.loads(json.dumps(api.get_openapi_schema(path_prefix="/api/v1/")))  # type: ignore[no-any-return]


def operations(of: dict[str, Any]) -> dict[tuple[str, str], dict[str, Any]]:
    """Every operation by address and method."""
    return {(path, method): operation for path, item in of["paths"].items() for method, operation in item.items()}


def resolved(of: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    """A schema with its reference followed."""
    while "$ref" in schema:
        schema = of["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return schema


def content(of: dict[str, Any], holder: dict[str, Any]) -> dict[str, Any]:
    """The JSON schema of a body or an answer."""
    return resolved(of, next(iter(holder.get("content", {}).values()), {}).get("schema", {}))


def lost(old_doc: dict[str, Any], old: dict[str, Any], new_doc: dict[str, Any], new: dict[str, Any]) -> Iterator[str]:
    """Fields an answer had and has no more, or has as something else, however deep."""
    old, new = resolved(old_doc, old), resolved(new_doc, new)
    if old.get("type") != new.get("type"):
        yield f"was {old.get('type')}, is {new.get('type')}"
        return
    for name, schema in old.get("properties", {}).items():
        if name not in new.get("properties", {}):
            yield f"{name} is gone"
        else:
            yield from (f"{name}: {fault}" for fault in lost(old_doc, schema, new_doc, new["properties"][name]))
    if "items" in old:
        yield from lost(old_doc, old["items"], new_doc, new.get("items", {}))


def asked(of: dict[str, Any], operation: dict[str, Any]) -> set[str]:
    """Everything a caller must send."""
    parameters = {f"{p['in']} {p['name']}" for p in operation.get("parameters", []) if p.get("required")}
    return parameters | {f"body {name}" for name in content(of, operation.get("requestBody", {})).get("required", [])}


def breaks(old_doc: dict[str, Any], new_doc: dict[str, Any]) -> list[str]:
    """Everything that would break a caller of `old_doc`."""
    found, new_operations = [], operations(new_doc)
    for (path, method), old in operations(old_doc).items():
        where, new = f"{method.upper()} {path}", new_operations.get((path, method))
        if new is None:
            found.append(f"{where} is gone")
            continue
        found += [f"{where} now asks for {name}" for name in sorted(asked(new_doc, new) - asked(old_doc, old))]
        for status, answer in old["responses"].items():
            if status not in new["responses"]:
                found.append(f"{where} answers no {status}")
                continue
            faults = lost(old_doc, content(old_doc, answer), new_doc, content(new_doc, new["responses"][status]))
            found += [f"{where} {status}: {fault}" for fault in faults]
    return found


def test_the_published_document_is_not_broken() -> None:
    assert breaks(json.loads(PUBLISHED.read_text("utf-8")), document()) == []


def test_the_published_document_is_the_one_of_the_code() -> None:
    assert json.loads(PUBLISHED.read_text("utf-8")) == document()


def test_every_operation_names_its_right() -> None:
    assert [where for where, operation in operations(document()).items() if "x-permission" not in operation] == []


def changed(doc: dict[str, Any], change: str) -> dict[str, Any]:
    other: dict[str, Any] = json.loads(json.dumps(doc))
    staff = other["components"]["schemas"]["StaffOut"]
    match change:
        case "operation gone":
            del other["paths"]["/api/v1/me"]
        case "field gone":
            del staff["properties"]["number"]
        case "another type":
            staff["properties"]["number"]["type"] = "integer"
        case "more asked for":
            other["components"]["schemas"]["WebhookIn"]["required"].append("name")
        case "parameter asked for":
            other["paths"]["/api/v1/staff"]["get"]["parameters"][0]["required"] = True
        case "answer gone":
            del other["paths"]["/api/v1/me"]["get"]["responses"]["200"]
        case "field added":
            staff["properties"]["team"] = {"type": "string"}
        case "operation added":
            other["paths"]["/api/v1/more"] = {"get": {"responses": {}}}
    return other


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ("operation gone", "GET /api/v1/me is gone"),
        ("field gone", "GET /api/v1/staff 200: items: number is gone"),
        ("another type", "GET /api/v1/staff 200: items: number: was string, is integer"),
        ("more asked for", "POST /api/v1/webhooks now asks for body name"),
        ("parameter asked for", "GET /api/v1/staff now asks for query cursor"),
        ("answer gone", "GET /api/v1/me answers no 200"),
    ],
)
def test_each_kind_of_breaking_change_is_found(change: str, fault: str) -> None:
    assert breaks(document(), changed(document(), change)) == [fault]


@pytest.mark.parametrize("change", ["field added", "operation added"])
def test_adding_breaks_nobody(change: str) -> None:
    assert breaks(document(), changed(document(), change)) == []

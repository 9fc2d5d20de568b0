"""Traces of requests for an OpenTelemetry collector, where an installation asks for them (`CHEDAI_OTEL`).

Nothing of OpenTelemetry is imported otherwise. Its own variables (`OTEL_EXPORTER_OTLP_ENDPOINT`) say where to.
A span leaves the house with the route of its address, its method and status; path, query and exceptions stay here.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from typing import Any, Final

from chedai.config.environment import UnsafeSetting

KEPT: Final = frozenset(
    {"http.method", "http.request.method", "http.status_code", "http.response.status_code", "http.route"}
)
"""What a span may say of a request."""


def switch_on(exporter: Any = None) -> Any:
    """Follow requests from now on; the provider. Errors: `UnsafeSetting` where the extra is not installed."""
    try:
        instrumentation: Any = import_module("opentelemetry.instrumentation.django")
        sdk: Any = import_module("opentelemetry.sdk.trace")
        export: Any = import_module("opentelemetry.sdk.trace.export")
        otlp: Any = import_module("opentelemetry.exporter.otlp.proto.http.trace_exporter")
    except ModuleNotFoundError:
        raise UnsafeSetting("CHEDAI_OTEL", 'needs pip install "chedai[otel]"', "需要安装 chedai[otel]") from None
    provider = sdk.TracerProvider()
    provider.add_span_processor(export.BatchSpanProcessor(Bare(exporter or otlp.OTLPSpanExporter(), sdk.ReadableSpan)))
    instrumentation.DjangoInstrumentor().instrument(tracer_provider=provider)
    return provider


class Bare:
    """An exporter in front of another: spans pass it stripped of what people typed."""

    def __init__(self, behind: Any, span: Any) -> None:
        self._behind, self._span = behind, span

    def export(self, spans: Sequence[Any]) -> Any:
        """Send on what may be sent: exceptions and their words are no part of it."""
        return self._behind.export([self._stripped(span) for span in spans])

    def shutdown(self) -> None:
        """End the other."""
        self._behind.shutdown()

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        """Send what waits."""
        return bool(self._behind.force_flush(timeout_millis))

    def _stripped(self, span: Any) -> Any:
        return self._span(
            name=span.name,
            context=span.context,
            parent=span.parent,
            resource=span.resource,
            attributes={name: value for name, value in (span.attributes or {}).items() if name in KEPT},
            kind=span.kind,
            start_time=span.start_time,
            end_time=span.end_time,
            instrumentation_scope=span.instrumentation_scope,
        )

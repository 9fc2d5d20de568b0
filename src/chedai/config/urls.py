"""Every address of the product: the screens, and the API beside them."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from chedai.api.urls import api

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("chedai.web.urls")),
    path("api/v1/", api.urls),
    path("accounts/", include("chedai.web.accounts.urls")),
]

handler400 = "chedai.config.faults.bad_request"
handler403 = "chedai.web.errors.forbidden"
handler404 = "chedai.config.faults.not_found"
handler500 = "chedai.config.faults.server_error"

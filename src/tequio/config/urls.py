"""Addresses of the web application. Each room has its own; a room that is not there yet has no line here."""

from django.urls import URLPattern, URLResolver, include, path

from tequio.config import api

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("tequio.ui.urls")),
    path("", include("tequio.accounts.urls")),
    path("", include("tequio.accounts.entrance_urls")),
    path("", include("tequio.registries.rnd.urls")),
    path("", include("tequio.search.urls")),
    path("suministro/", include("tequio.supply.urls")),
    path("", include("tequio.administration.urls")),
    path("", include("tequio.targets.urls")),
    path("", include("tequio.notices.urls")),
    path("tablero/", include("tequio.dashboards.urls")),
    path("api/v1/", api.urls()),
]

handler400 = "tequio.ui.web.errors.bad_request"
handler403 = "tequio.ui.web.errors.forbidden"
handler404 = "tequio.ui.web.errors.not_found"
handler500 = "tequio.ui.web.errors.server_error"

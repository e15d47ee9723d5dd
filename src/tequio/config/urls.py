"""Addresses of the web application."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("tequio.ui.urls")),
    path("", include("tequio.accounts.urls")),
    path("", include("tequio.accounts.entrance_urls")),
]

"""Addresses of the inbox, the purpose, the page's looks and the node's health."""

from django.urls import path

from tequio.ui import views

app_name = "ui"
urlpatterns = [
    path("", views.inbox, name="home"),
    path("finalidad/", views.state_purpose, name="purpose"),
    path("finalidad/terminar/", views.end_purpose, name="purpose_end"),
    path("aspecto/", views.set_theme, name="theme"),
    path("idioma/", views.set_language, name="language"),
    path("nodo/", views.node, name="node"),
    path("salud", views.show_health, name="health"),
]

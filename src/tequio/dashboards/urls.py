"""Addresses of the dashboard."""

from django.urls import path

from tequio.dashboards import views

app_name = "dashboards"
urlpatterns = [
    path("", views.board, name="board"),
    path("informe.pdf", views.report, name="report"),
    path("<slug:key>/", views.tile, name="tile"),
]

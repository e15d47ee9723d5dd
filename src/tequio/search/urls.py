"""Addresses of the search."""

from django.urls import path

from tequio.search import views

app_name = "search"
urlpatterns = [
    path("buscar/", views.page, name="page"),
    path("buscar/presupuestos/", views.budgets, name="budgets"),
    path("buscar/<slug:by>/", views.ask, name="ask"),
]

"""Addresses of the start page and of the node's health."""

from django.urls import path

from tequio.ui import views

app_name = "ui"
urlpatterns = [path("", views.home, name="home"), path("salud", views.show_health, name="health")]

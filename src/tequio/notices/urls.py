"""Addresses of notices."""

from django.urls import path

from tequio.notices import views

app_name = "notices"
urlpatterns = [
    path("avisos/", views.notices, name="notices"),
    path("avisos/<uuid:notice_id>/", views.notice, name="notice"),
    path("avisos/<uuid:notice_id>/acuse/", views.acknowledge, name="acknowledge"),
]

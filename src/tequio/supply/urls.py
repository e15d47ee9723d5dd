"""Addresses of intake."""

from django.urls import path

from tequio.supply import views

app_name = "supply"
urlpatterns = [
    path("", views.history, name="history"),
    path("nuevo/", views.upload, name="upload"),
    path("nuevo/<uuid:upload_id>/", views.preview, name="preview"),
    path("nuevo/<uuid:upload_id>/descartar/", views.discard, name="discard"),
    path("calidad/", views.quality, name="quality"),
    path("contrato/<slug:registry>/", views.contract, name="contract"),
    path("<uuid:batch_id>/", views.receipt, name="receipt"),
    path("<uuid:batch_id>/estado/", views.standing, name="standing"),
    path("<uuid:batch_id>/hallazgos/", views.findings, name="findings"),
    path("<uuid:batch_id>/por-corregir/", views.fix_file, name="fix_file"),
    path("<uuid:batch_id>/acuse.json", views.sealed_receipt, name="sealed_receipt"),
]

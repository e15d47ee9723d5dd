"""Addresses of detentions and of their public consultation."""

from django.urls import path

from tequio.registries.rnd import views

app_name = "rnd"
urlpatterns = [
    path("detenciones/", views.records.listing, name="list"),
    path("detenciones/nombre/", views.records.set_name, name="name"),
    path("detenciones/nueva/", views.capture.register, name="register"),
    path("detenciones/<uuid:detention_id>/", views.records.sheet, name="sheet"),
    path("detenciones/<uuid:detention_id>/corregir/", views.capture.correct, name="correct"),
    path("detenciones/<uuid:detention_id>/cancelar/", views.capture.cancel, name="cancel"),
    path("detenciones/<uuid:detention_id>/custodia/", views.capture.add_custody, name="custody"),
    path("consulta-publica/", views.public.consult, name="public"),
    path("administracion/consulta-publica/", views.public.switches, name="switches"),
    path("administracion/consulta-publica/abrir/", views.public.switch_on, name="switch_on"),
    path("administracion/consulta-publica/cerrar/", views.public.switch_off, name="switch_off"),
]

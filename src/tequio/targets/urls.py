"""Addresses of hits and targets."""

from django.urls import path

from tequio.targets.views import hits, targets

app_name = "targets"
urlpatterns = [
    path("coincidencias/", hits.hits, name="hits"),
    path("coincidencias/<uuid:hit_id>/", hits.hit, name="hit"),
    path("coincidencias/<uuid:hit_id>/juicio/", hits.judge, name="judge"),
    path("objetivos/", targets.targets, name="targets"),
    path("objetivos/nuevo/", targets.new, name="new"),
    path("objetivos/calendario/", targets.calendar, name="calendar"),
    path("objetivos/<uuid:target_id>/", targets.target, name="target"),
    path("objetivos/<uuid:target_id>/aprobar/", targets.approve, name="approve"),
    path("objetivos/<uuid:target_id>/validar/", targets.validate, name="validate"),
    path("objetivos/<uuid:target_id>/revisar/", targets.review, name="review"),
    path("objetivos/<uuid:target_id>/suspender/", targets.suspend, name="suspend"),
    path("objetivos/<uuid:target_id>/reanudar/", targets.resume, name="resume"),
    path("objetivos/<uuid:target_id>/cerrar/", targets.close, name="close"),
    path("objetivos/<uuid:target_id>/umbral/", targets.threshold, name="threshold"),
]

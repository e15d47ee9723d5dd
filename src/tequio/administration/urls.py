"""Addresses of the log's screens and of administration. Accounts have their own, under the same start."""

from django.urls import path

from tequio.administration.views import agencies, catalogs, log, parameters

app_name = "administration"
urlpatterns = [
    path("bitacora/", log.log, name="log"),
    path("bitacora/comprobacion/", log.verification, name="verification"),
    path("bitacora/quien-vio/", log.looks, name="looks"),
    path("bitacora/sacar/", log.export, name="export"),
    path("administracion/", catalogs.home, name="home"),
    path("administracion/catalogos/", catalogs.catalogs, name="catalogs"),
    path("administracion/catalogos/<slug:code>/", catalogs.catalog, name="catalog"),
    path("administracion/catalogos/<slug:code>/nueva-version/", catalogs.new_version, name="new_version"),
    path("administracion/parametros/", parameters.parameters, name="parameters"),
    path("administracion/parametros/<str:key>/", parameters.parameter, name="parameter"),
    path("administracion/parametros/<str:key>/cambiar/", parameters.change, name="change_parameter"),
    path("administracion/dependencias/", agencies.agencies, name="agencies"),
    path("administracion/dependencias/nueva/", agencies.add, name="add_agency"),
    path("administracion/dependencias/<str:code>/", agencies.agency, name="agency"),
    path("administracion/dependencias/<str:code>/nombre/", agencies.rename, name="rename_agency"),
    path("administracion/dependencias/<str:code>/cerrar/", agencies.close, name="close_agency"),
]

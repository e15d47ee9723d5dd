"""Addresses of the own account and of the administration of accounts."""

from django.urls import path

from tequio.accounts.views import entrance, own

app_name = "accounts"
urlpatterns = [
    path("entrar/", entrance.sign_in, name="sign_in"),
    path("entrar/ayuda/", entrance.recover, name="recover"),
    path("entrar/sin-enlace/", entrance.not_linked, name="not_linked"),
    path("salir/", entrance.sign_out, name="sign_out"),
    path("cuenta/", own.own, name="own"),
    path("cuenta/segundo-factor/", entrance.second_factor, name="second_factor"),
    path("cuenta/sesiones/", own.sessions, name="sessions"),
    path("cuenta/sesiones/<str:reference>/cerrar/", own.close_session, name="close_session"),
]

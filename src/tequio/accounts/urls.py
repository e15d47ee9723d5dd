"""Addresses of the own account and of the administration of accounts."""

from django.urls import path

from tequio.accounts.views import administration, entrance, own, requests, tokens

app_name = "accounts"
ACCOUNTS, REQUESTS, TOKENS = "administracion/cuentas/", "administracion/solicitudes/", "administracion/tokens/"
DONE_AT = {
    "certify": "certificar",
    "password_link": "enlace",
    "second_factor_reset": "segundo-factor",
    "training": "capacitacion",
    "identity": "identidad",
    "suspend": "suspender",
    "reinstate": "reactivar",
}
"""Last part of the address of each thing that can be done with an account."""

urlpatterns = [
    path("entrar/", entrance.sign_in, name="sign_in"),
    path("entrar/ayuda/", own.recover, name="recover"),
    path("entrar/contrasena/<str:secret>/", own.set_password, name="set_password"),
    path("entrar/sin-enlace/", entrance.not_linked, name="not_linked"),
    path("salir/", entrance.sign_out, name="sign_out"),
    path("cuenta/", own.own, name="own"),
    path("cuenta/segundo-factor/", entrance.second_factor, name="second_factor"),
    path("cuenta/sesiones/", own.sessions, name="sessions"),
    path("cuenta/sesiones/<str:reference>/cerrar/", own.close_session, name="close_session"),
    path(ACCOUNTS, administration.accounts, name="list"),
    path(f"{ACCOUNTS}<str:username>/", administration.sheet, name="sheet"),
    *(
        path(f"{ACCOUNTS}<str:username>/{DONE_AT[act.name]}/", administration.view_of(act), name=act.name)
        for act in administration.ACTS
    ),
    path(REQUESTS, requests.requests, name="requests"),
    path(f"{REQUESTS}nueva/", requests.request_new, name="request_new"),
    path(f"{REQUESTS}<uuid:request_id>/", requests.request_sheet, name="request"),
    path(f"{REQUESTS}<uuid:request_id>/decidir/", requests.decide, name="decide"),
    path(TOKENS, tokens.tokens, name="tokens"),
    path(f"{TOKENS}nueva/", tokens.token_new, name="token_new"),
    path(f"{TOKENS}<uuid:token_id>/revocar/", tokens.token_revoke, name="token_revoke"),
]

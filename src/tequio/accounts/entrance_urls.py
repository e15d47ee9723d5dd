"""The addresses that the sign-in library asks for by its own names. There is no address to make an account."""

from django.urls import path

from tequio.accounts.views import entrance, own

SECOND = "cuenta/segundo-factor/"

urlpatterns = [
    path("entrar/", entrance.sign_in, name="account_login"),
    path("entrar/codigo/", entrance.code, name="mfa_authenticate"),
    path("entrar/llave/", entrance.key_sign_in, name="mfa_login_webauthn"),
    path("entrar/suspendida/", entrance.inactive, name="account_inactive"),
    path("entrar/proveedor/cancelado/", entrance.provider_cancelled, name="socialaccount_login_cancelled"),
    path("entrar/proveedor/error/", entrance.provider_failed, name="socialaccount_login_error"),
    path("entrar/proveedor/<str:provider_id>/", entrance.provider, name="openid_connect_login"),
    path("entrar/proveedor/<str:provider_id>/regreso/", entrance.provider_back, name="openid_connect_callback"),
    path("salir/", entrance.sign_out, name="account_logout"),
    path("cuenta/contrasena/", entrance.change_password, name="account_change_password"),
    path("cuenta/contrasena/primera/", own.recover, name="account_set_password"),  # whoever has none gets one by a link
    path("cuenta/confirmar/", entrance.confirm, name="account_reauthenticate"),
    path("cuenta/confirmar/codigo/", entrance.confirm_code, name="mfa_reauthenticate"),
    path("cuenta/confirmar/llave/", entrance.confirm_key, name="mfa_reauthenticate_webauthn"),
    path(SECOND, entrance.second_factor, name="mfa_index"),
    path(f"{SECOND}aplicacion/", entrance.enrol_code, name="mfa_activate_totp"),
    path(f"{SECOND}aplicacion/quitar/", entrance.remove_code, name="mfa_deactivate_totp"),
    path(f"{SECOND}llaves/", entrance.list_keys, name="mfa_list_webauthn"),
    path(f"{SECOND}llaves/agregar/", entrance.enrol_key, name="mfa_add_webauthn"),
    path(f"{SECOND}llaves/<int:pk>/quitar/", entrance.remove_key, name="mfa_remove_webauthn"),
    path(f"{SECOND}llaves/<int:pk>/nombre/", entrance.rename_key, name="mfa_edit_webauthn"),
    path(f"{SECOND}recuperacion/", entrance.recovery_codes, name="mfa_view_recovery_codes"),
    path(f"{SECOND}recuperacion/nuevos/", entrance.new_recovery_codes, name="mfa_generate_recovery_codes"),
]

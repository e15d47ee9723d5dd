"""An empty base: somebody must be the first."""

from __future__ import annotations

from tequio.access.models import RoleGrant, User
from tests.cli.running import tequio


def test_the_first_account_of_an_empty_base_is_made_by_the_system(db: None) -> None:
    RoleGrant.objects.all().delete()
    User.objects.all().delete()
    add = ("--name", "Primera", "--agency", "NT-SSPC", "--role", "administrador", "--document", "OFICIO 1", "--json")
    assert tequio("user", "add", "primera", *add).status == 0
    assert tequio("user", "add", "segunda", *add).code == "FALTA_USUARIO"
    assert tequio("user", "add", "segunda", *add, user="primera").status == 0

"""Who may do what: roles, permissions, purposes of use. Pure rules.

Roles follow R13.1: capture, consultation, analyst, liaison (enlace), supervisor, auditor (log, no data), administrator (no
data), plus the operator of the national hub. A role is held in one agency; what it reaches is its scope.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from tequio.kernel.errors import Invalid


class Role(StrEnum):
    """Roles that a user can hold."""

    CAPTURE = "captura"
    CONSULTATION = "consulta"
    ANALYST = "analista"
    LIAISON = "enlace"
    SUPERVISOR = "supervisor"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrador"
    HUB_OPERATOR = "operador_nacional"


class Permission(StrEnum):
    """Things a role may do. Each is documented in docs/permisos.md."""

    DETENTION_REGISTER = "detention.register"
    DETENTION_READ = "detention.read"
    DETENTION_CORRECT = "detention.correct"
    DETENTION_CANCEL = "detention.cancel"
    DETENTION_EXPORT = "detention.export"
    SUPPLY_SEND = "supply.send"
    SUPPLY_READ = "supply.read"
    INCIDENCE_LOAD = "incidence.load"
    TARGET_PROPOSE = "target.propose"
    TARGET_APPROVE = "target.approve"
    TARGET_READ = "target.read"
    TARGET_SUSPEND = "target.suspend"
    TARGET_CLOSE = "target.close"
    TARGET_THRESHOLD = "target.threshold"
    TARGET_RESCREEN = "target.rescreen"
    HIT_READ = "hit.read"
    HIT_JUDGE = "hit.judge"
    HIT_SETTLE = "hit.settle"
    NOTICE_READ = "notice.read"
    NOTICE_ACKNOWLEDGE = "notice.acknowledge"
    PUBLIC_SWITCH = "public.switch"
    SEARCH_PERSON = "search.person"
    SEARCH_SUPERVISE = "search.supervise"
    AUDIT_READ = "audit.read"
    DASHBOARD_READ = "dashboard.read"
    AUDIT_VERIFY = "audit.verify"
    AUDIT_EXPORT = "audit.export"
    CATALOG_EDIT = "catalog.edit"
    USER_ADMINISTER = "user.administer"
    ACCOUNT_LIST = "account.list"
    ACCOUNT_SUSPEND = "account.suspend"
    ACCOUNT_REQUEST = "account.request"
    ACCOUNT_APPROVE = "account.approve"
    ACCOUNT_APPROVE_HUB = "account.approve_hub"
    ACCOUNT_CERTIFY = "account.certify"
    TOKEN_ADMINISTER = "token.administer"


_READS = {Permission.DETENTION_READ, Permission.SEARCH_PERSON, Permission.SUPPLY_READ, Permission.DASHBOARD_READ}

PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.CAPTURE: frozenset(
        {
            Permission.DETENTION_REGISTER,
            Permission.DETENTION_READ,
            Permission.DETENTION_CORRECT,
            Permission.SUPPLY_SEND,
            Permission.SUPPLY_READ,
        }
    ),
    Role.CONSULTATION: frozenset({Permission.DETENTION_READ, Permission.SEARCH_PERSON, Permission.DASHBOARD_READ}),
    Role.ANALYST: frozenset(
        _READS
        | {
            Permission.DETENTION_EXPORT,
            Permission.TARGET_PROPOSE,
            Permission.TARGET_READ,
            Permission.HIT_READ,
            Permission.HIT_JUDGE,
        }
    ),
    Role.LIAISON: frozenset(
        _READS
        | {
            Permission.SUPPLY_SEND,
            Permission.TARGET_READ,
            Permission.HIT_READ,
            Permission.NOTICE_READ,
            Permission.NOTICE_ACKNOWLEDGE,
            Permission.ACCOUNT_REQUEST,
        }
    ),
    Role.SUPERVISOR: frozenset(
        _READS
        | {
            Permission.DETENTION_REGISTER,
            Permission.DETENTION_CORRECT,
            Permission.DETENTION_CANCEL,
            Permission.DETENTION_EXPORT,
            Permission.SUPPLY_SEND,
            Permission.TARGET_PROPOSE,
            Permission.TARGET_APPROVE,
            Permission.TARGET_READ,
            Permission.TARGET_SUSPEND,
            Permission.TARGET_CLOSE,
            Permission.TARGET_THRESHOLD,
            Permission.HIT_READ,
            Permission.HIT_JUDGE,
            Permission.HIT_SETTLE,
            Permission.NOTICE_READ,
            Permission.NOTICE_ACKNOWLEDGE,
            Permission.ACCOUNT_LIST,
            Permission.ACCOUNT_SUSPEND,
            Permission.ACCOUNT_REQUEST,
            Permission.ACCOUNT_APPROVE,
            Permission.ACCOUNT_CERTIFY,
            Permission.TOKEN_ADMINISTER,
            Permission.SEARCH_SUPERVISE,
        }
    ),
    Role.AUDITOR: frozenset({Permission.AUDIT_READ, Permission.AUDIT_VERIFY, Permission.AUDIT_EXPORT}),
    Role.ADMINISTRATOR: frozenset(
        {
            Permission.USER_ADMINISTER,
            Permission.CATALOG_EDIT,
            Permission.ACCOUNT_LIST,
            Permission.ACCOUNT_SUSPEND,
            Permission.ACCOUNT_REQUEST,
            Permission.PUBLIC_SWITCH,
        }
    ),
    Role.HUB_OPERATOR: frozenset(
        {
            Permission.SUPPLY_READ,
            Permission.INCIDENCE_LOAD,
            Permission.CATALOG_EDIT,
            Permission.TARGET_RESCREEN,
            Permission.DASHBOARD_READ,
            Permission.ACCOUNT_LIST,
            Permission.ACCOUNT_SUSPEND,
            Permission.ACCOUNT_REQUEST,
            Permission.ACCOUNT_APPROVE,
            Permission.ACCOUNT_APPROVE_HUB,
            Permission.ACCOUNT_CERTIFY,
        }
    ),
}

SECOND_FACTOR: dict[Role, str] = {
    Role.CAPTURE: "ve y escribe detenciones",
    Role.CONSULTATION: "busca personas en todas las entidades",
    Role.ANALYST: "ve objetivos y coincidencias",
    Role.LIAISON: "recibe avisos sobre personas",
    Role.SUPERVISOR: "ve lo de su dependencia y aprueba cuentas",
    Role.AUDITOR: "ve quién consultó qué, y saca la bitácora",
    Role.ADMINISTRATOR: "abre y cierra cuentas: quien la usurpa se da acceso",
    Role.HUB_OPERATOR: "aprueba cuentas de todas las dependencias",
}
"""Roles that may not enter with a password alone, each with why. A role that is left out may: none today."""

TOKEN_SCOPES: frozenset[Permission] = frozenset(
    {
        Permission.DETENTION_REGISTER,
        Permission.DETENTION_READ,
        Permission.DETENTION_CORRECT,
        Permission.DETENTION_CANCEL,
        Permission.SUPPLY_SEND,
        Permission.SUPPLY_READ,
        Permission.TARGET_PROPOSE,
        Permission.TARGET_READ,
        Permission.TARGET_SUSPEND,
        Permission.HIT_READ,
        Permission.NOTICE_READ,
        Permission.NOTICE_ACKNOWLEDGE,
        Permission.SEARCH_PERSON,
        Permission.AUDIT_READ,
        Permission.DASHBOARD_READ,
    }
)
"""What a program may be let do. Judging, approving, closing and administering are a person's."""


class PurposeCode(StrEnum):
    """Purposes of use that a person can state. The legal basis of each is dated data of `catalogs` (`purpose.basis`)."""

    SUPPLY = "suministro"
    TARGET_SEARCH = "busqueda_objetivo"
    HIT_REVIEW = "revision_coincidencia"
    INVESTIGATION = "investigacion"
    IDENTITY_CHECK = "verificacion_identidad"
    CUSTODY = "custodia"
    AUDIT = "auditoria"
    ADMINISTRATION = "administracion"


class Suspension(StrEnum):
    """Why an account does not enter."""

    MANUAL = "motivo"
    TRANSFER = "cambio_adscripcion"
    LEAVING = "baja"
    RECERTIFICATION = "sin_recertificar"


def needs_second_factor(roles: frozenset[Role]) -> bool:
    """Whether somebody with these roles must use a second factor."""
    return any(role in SECOND_FACTOR for role in roles)


LONGEST_FOLIO = 120
"""Characters of a folio."""


@dataclass(frozen=True, slots=True)
class Purpose:
    """Why data is looked at or changed, and the folio (case, oficio, inquiry) that it answers to.

    Raises Invalid for a folio that the log cannot keep.
    """

    code: PurposeCode
    folio: str

    def __post_init__(self) -> None:
        if len(self.folio) > LONGEST_FOLIO or not self.folio.isprintable():
            raise Invalid(
                f"El folio debe tener hasta {LONGEST_FOLIO} letras, cifras o signos visibles.",
                hint="Abrévielo y quite los signos de control.",
            )


PROGRAM = "programa:"
"""How the name of a program begins: no person's name has a colon."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: a user in one agency, with the roles held there now; or the system itself acting for an agency."""

    username: str
    agency_id: int
    agency_code: str
    state_code: str
    """INEGI code of the agency's state; empty for federal agencies."""
    roles: frozenset[Role]
    user_id: int | None = None
    is_system: bool = False
    scopes: frozenset[Permission] = frozenset()
    """What an API token may do. People have roles instead."""

    @property
    def permissions(self) -> frozenset[Permission]:
        """Union of what the actor's roles allow, or what the token was given."""
        return self.scopes.union(*(PERMISSIONS[role] for role in self.roles))

    @property
    def is_program(self) -> bool:
        """Whether a program acts, by an institution's token, and no person."""
        return self.username.startswith(PROGRAM)


@dataclass(frozen=True, slots=True)
class Scope:
    """Which agencies' rows an actor may reach. `national` reaches all and is for the system's own set-wise work."""

    agency_ids: frozenset[int]
    national: bool = False


IdempotencyKey = str | UUID

"""Forms with which accounts, requests and tokens are administered."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tequio.access.domain import LONGEST_FOLIO, TOKEN_SCOPES, Actor, Permission, Purpose, PurposeCode, Role, Suspension
from tequio.accounts import words
from tequio.accounts.domain import MOST_USERNAME, RequestState, Training
from tequio.accounts.services import RequestDraft
from tequio.accounts.services.tokens import LONGEST_LABEL
from tequio.ui.web.forms import DayField, Form, ReasonField
from tequio.ui.words import ROLES


class DocumentForm(Form):
    """A step that a document asks for."""

    document = forms.CharField(label=_("Oficio"), max_length=LONGEST_FOLIO, help_text=_("Número del documento que lo pide."))

    def purpose(self) -> Purpose:
        """The purpose of administering, with the document as folio."""
        return Purpose(PurposeCode.ADMINISTRATION, self.cleaned_data["document"])


class ReasonForm(DocumentForm):
    """A step that a document asks for, and why."""

    reason = ReasonField()


class SuspendForm(ReasonForm):
    """Suspends an account."""

    cause = forms.ChoiceField(
        label=_("Causa"),
        choices=[(s.value, words.SUSPENSIONS[s]) for s in Suspension if s is not Suspension.RECERTIFICATION],
        help_text=_("El cambio de adscripción y la baja terminan los roles: para volver hace falta otra solicitud."),
    )
    field_order = ("cause", "document", "reason")


class TrainingForm(DocumentForm):
    """State of a person's training."""

    state = forms.ChoiceField(label=_("Capacitación"), choices=[(t.value, words.TRAININGS[t]) for t in Training])
    training_valid_to = DayField(label=_("Vale hasta"), required=False)
    field_order = ("state", "training_valid_to", "document")


class IdentityForm(DocumentForm):
    """The name under which the identity provider knows the person."""

    federated_name = forms.CharField(
        label=_("Nombre en el proveedor de identidad"),
        max_length=150,
        required=False,
        help_text=_("En blanco: la persona ya no entra por él."),
    )
    field_of_code = {"IDENTIDAD_OCUPADA": "federated_name"}


class AccountFilters(Form):
    """Filters of the list of accounts."""

    texto = forms.CharField(label=_("Usuario o nombre"), max_length=100, required=False)
    estado = forms.ChoiceField(
        label=_("Estado"),
        required=False,
        choices=[
            ("", _("Todas")),
            ("activas", _("Activas")),
            ("suspendidas", _("Suspendidas")),
            ("por_recertificar", _("Por recertificar")),
        ],
    )


class RequestFilters(Form):
    """Filters of the list of requests."""

    estado = forms.ChoiceField(
        label=_("Estado"),
        required=False,
        choices=[("", _("Todas")), ("abiertas", _("En trámite")), *((s.value, words.STATES[s]) for s in RequestState)],
    )


class RequestForm(Form):
    """Asks for an account, or for more roles."""

    wide = frozenset({"roles"})
    field_of_code = {"USUARIO_OCUPADO": "username", "SOLICITUD_ABIERTA": "username", "MISMA_PERSONA": "username"}
    agency = forms.CharField(label=_("Dependencia"), max_length=20, help_text=_("Clave, p. ej. NT-SSPC."))
    username = forms.CharField(
        label=_("Usuario"),
        max_length=MOST_USERNAME,
        help_text=_("Con el que entra: minúsculas sin acento, cifras, punto o guion. Si ya tiene cuenta, el mismo."),
    )
    full_name = forms.CharField(label=_("Nombre completo"), max_length=200)
    email = forms.EmailField(label=_("Correo institucional"), required=False)
    roles = forms.MultipleChoiceField(
        label=_("Roles que se piden"), choices=[(r.value, ROLES[r]) for r in Role], widget=forms.CheckboxSelectMultiple
    )
    document = forms.CharField(label=_("Número de oficio"), max_length=LONGEST_FOLIO)
    document_date = DayField(label=_("Fecha del oficio"))
    training = forms.ChoiceField(label=_("Capacitación"), choices=[(t.value, words.TRAININGS[t]) for t in Training])
    training_valid_to = DayField(label=_("Constancia vale hasta"), required=False)

    def draft(self) -> RequestDraft:
        """What the form says."""
        said = self.cleaned_data
        return RequestDraft(
            said["username"],
            said["full_name"],
            frozenset(map(Role, said["roles"])),
            said["document"],
            said["document_date"],
            Training(said["training"]),
            said["training_valid_to"],
            said["email"],
        )


class DecisionForm(Form):
    """Yes or no to a request."""

    agree = forms.ChoiceField(
        label=_("Decisión"), choices=[("si", _("De acuerdo")), ("no", _("Rechazar"))], widget=forms.RadioSelect
    )
    reason = ReasonField(required=False, help_text=_("Obligatorio si rechaza. Queda en el expediente."))


class TokenForm(DocumentForm):
    """A token for a program."""

    wide = frozenset({"scopes"})
    field_of_code = {"ETIQUETA_OCUPADA": "label", "ALCANCE_EXCESIVO": "scopes"}
    label = forms.CharField(label=_("Programa"), max_length=LONGEST_LABEL, help_text=_("Quién usará la clave."))
    scopes = forms.MultipleChoiceField(label=_("Qué puede hacer"), widget=forms.CheckboxSelectMultiple)
    valid_days = forms.IntegerField(label=_("Días de vigencia"), initial=90, min_value=1)
    field_order = ("label", "scopes", "valid_days", "document")

    def __init__(self, actor: Actor, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["scopes"]
        if isinstance(field, forms.MultipleChoiceField):
            field.choices = [(p.value, words.SCOPES[p]) for p in sorted(TOKEN_SCOPES & actor.permissions)]

    def scopes_wanted(self) -> frozenset[Permission]:
        """What was ticked."""
        return frozenset(map(Permission, self.cleaned_data["scopes"]))

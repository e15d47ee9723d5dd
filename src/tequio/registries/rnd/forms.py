"""Forms of detentions: filters of the list, capture, steps of custody, and the public consultation."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from secrets import token_hex
from typing import Any, ClassVar, cast
from zoneinfo import ZoneInfo

from django import forms
from django.forms.boundfield import BoundField
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tequio.access.domain import Actor
from tequio.catalogs import selectors as catalogs
from tequio.institutions import selectors as institutions
from tequio.kernel import clock
from tequio.kernel.contract import Field, Kind
from tequio.kernel.identifiers import ABROAD
from tequio.registries.rnd import capture, domain, selectors, words
from tequio.registries.rnd.capture import Capture, Frame, Slip, Told
from tequio.registries.rnd.domain import CustodyKind, Filters, Standing
from tequio.registries.rnd.models import Detention
from tequio.registries.rnd.public import Question
from tequio.ui.web.forms import DayField, Form, MomentField, ReasonField

Choices = list[tuple[str, str | Promise]]

_ABSENCES: Choices = [
    ("", _("dato")),
    (capture.NOT_APPLICABLE, _("no aplica")),
    (capture.NO_INFORMATION, _("sin información")),
]
_BLANK: Choices = [("", "—")]
_QUIET = {"autocomplete": "off", "spellcheck": "false"}


class FilterForm(Form):
    """Filters of the list. The name has a form of its own: it is never part of an address."""

    desde = DayField(label=_("Detenidas desde"), required=False)
    hasta = DayField(label=_("Hasta"), required=False)
    tipo = forms.ChoiceField(label=_("Tipo"), required=False, choices=[("", _("Todos")), *words.RECORD_TYPES.items()])
    custodia = forms.ChoiceField(label=_("Custodia"), required=False, choices=[("", _("Todas")), *words.CUSTODY.items()])
    municipio = forms.ChoiceField(label=_("Municipio"), required=False)
    modalidad = forms.ChoiceField(label=_("Tipo de detención"), required=False)
    numero = forms.CharField(
        label=_("Clave o folio"),
        required=False,
        max_length=60,
        help_text=_("Como empieza la clave, el número RND o el del IPH."),
        widget=forms.TextInput(attrs=_QUIET),
    )
    estado = forms.ChoiceField(label=_("Registros"), required=False, choices=list(words.STANDINGS.items()))

    def __init__(self, actor: Actor, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        places = institutions.municipalities(actor.state_code) if actor.state_code else []
        _choose(self.fields["municipio"], [("", _("Todos")), *((one.code, one.name) for one in places)])
        if not places:
            del self.fields["municipio"]
        kinds = catalogs.items("tipo_detencion", clock.now().astimezone(clock.MEXICO).date())
        _choose(self.fields["modalidad"], [("", _("Todos")), *kinds.items()])

    def clean(self) -> dict[str, Any]:
        """The period is in order."""
        cleaned = super().clean() or {}
        since, until = cleaned.get("desde"), cleaned.get("hasta")
        if since and until and until < since:
            self.add_error("hasta", _("El periodo termina antes de empezar."))
        return cleaned

    def asked(self, name: str) -> Filters:
        """What is asked for, with the name that the session keeps. A form with faults asks for nothing but the name."""
        told = self.cleaned_data if self.is_valid() else {}
        return Filters(
            since=told.get("desde"),
            until=told.get("hasta"),
            record_type=told.get("tipo", ""),
            custody_state=told.get("custodia", ""),
            municipality_code=told.get("municipio", ""),
            detention_kind=told.get("modalidad", ""),
            number=told.get("numero", "").strip(),
            name=name,
            standing=Standing(told.get("estado") or Standing.IN_FORCE),
        )


class NameForm(Form):
    """How a name begins."""

    nombre = forms.CharField(
        label=_("El nombre empieza por"),
        required=False,
        max_length=120,
        help_text=_("Primer apellido, segundo y nombre, con acentos o sin ellos. No queda en la dirección de la página."),
        widget=forms.TextInput(attrs=_QUIET),
    )


class ToldWidget(forms.MultiWidget):
    """A field and beside it why there is no datum."""

    def __init__(self, inner: forms.Widget, label: str) -> None:
        inner.attrs["aria-label"] = label
        reason = forms.Select(
            choices=_ABSENCES, attrs={"aria-label": _("{field}: dato o por qué no lo hay").format(field=label)}
        )
        super().__init__({"": inner, "sin": reason})

    def decompress(self, value: Told | None) -> list[Any]:
        """(value, absence)."""
        return [value.value if value.value is not None else value.text, value.absence] if value else [None, ""]


class ToldField(forms.MultiValueField):
    """An optional field: a datum, «no aplica» or «sin información», or nothing said."""

    def __init__(self, inner: forms.Field, *, label: str, texts: Mapping[str, str] | None = None, **kwargs: Any) -> None:
        inner.required = False
        self.texts = texts or {}
        reasons = forms.ChoiceField(choices=_ABSENCES, required=False)
        super().__init__(
            [inner, reasons], label=label, required=False, require_all_fields=False, widget=ToldWidget(inner.widget, label),
            **kwargs,
        )  # fmt: skip

    def compress(self, data_list: list[Any]) -> Told:
        """What was told. Raises ValidationError where both a datum and its absence were."""
        value, absence = (*data_list, "", "")[:2]
        if value in (None, ""):
            return Told(absence=absence)
        if absence:
            raise forms.ValidationError(_("Hay un dato y a la vez se dice que no lo hay: deje uno de los dos."))
        return Told(self.texts.get(str(value), str(value)), value)


@dataclass(slots=True)
class Section:
    """A part of the form."""

    key: str
    title: str | Promise
    fields: list[BoundField] = field(default_factory=list)


class CaptureForm(Form):
    """The immediate record: the fields of the contract, with their three values."""

    template_name = "rnd/parts/capture.html"
    field_of_code: ClassVar[dict[str, str]] = {"CLAVE_REPETIDA": "clave_registro"}

    seen = forms.CharField(required=False, widget=forms.HiddenInput)
    """Slips that were shown already: those that come again are meant."""

    def __init__(self, actor: Actor, data: Mapping[str, Any] | None = None, *, detention: Detention | None = None) -> None:
        self.actor = actor
        self.now = clock.now()
        self.today = self.now.astimezone(clock.MEXICO).date()
        self.result = Capture()
        self.zones = {state.code: state.time_zone for state in institutions.states()}
        initial = _initial(detention, self.zones) if detention else _proposed(actor, self.today)
        super().__init__(data, initial=initial)
        made = _Fields(actor, self.today)
        for one in capture.FIELDS:
            self.fields[one.name] = made.of(one)
        if detention is not None:
            self.fields["clave_registro"].disabled = True
            self.fields["reason"] = ReasonField(label=_("Motivo de la corrección"))
            self.fields["version"] = forms.IntegerField(widget=forms.HiddenInput, initial=detention.version)
        self.places = made.places
        self.version_seen = str((data or {}).get("version", "")) or (str(detention.version) if detention else "")

    @property
    def sections(self) -> list[Section]:
        """Parts of the form with their fields; what is required comes first in each."""
        found = []
        for key, title, names in words.SECTIONS:
            ordered = sorted(names, key=lambda name: not self.fields[name].required)
            found.append(Section(key, title, [self[name] for name in ordered]))
        if "reason" in self.fields:
            found.append(Section("motivo", _("Por qué se corrige"), [self["reason"]]))
        return found

    def clean(self) -> dict[str, Any]:
        """Read the fields together, and put errors beside them."""
        cleaned = super().clean() or {}
        if self.errors:
            return cleaned
        told = {one.name: _told(cleaned.get(one.name), self.fields[one.name]) for one in capture.FIELDS}
        frame = Frame(self.now, selectors.lookups(self.today), self.actor.state_code, self.zones)
        self.result = capture.read(told, frame)
        for slip in self.result.errors:
            self.add_error(slip.field if slip.field in self.fields else None, sentence(slip))
        return cleaned

    def unseen(self, more: Iterable[Slip] = ()) -> bool:
        """Whether there is a slip that was not shown yet. `more` are those that the form itself cannot know."""
        self.result.slips += more
        shown = set(str(self.cleaned_data.get("seen", "")).split(" "))
        return not {_mark(slip) for slip in self.result.slips} <= shown

    @property
    def slips(self) -> list[tuple[str, str]]:
        """(label, sentence) of each slip."""
        return [
            (str(self.fields[slip.field].label) if slip.field in self.fields else "", sentence(slip))
            for slip in self.result.slips
        ]

    @property
    def marks(self) -> str:
        """What `seen` carries after this answer."""
        return " ".join(_mark(slip) for slip in self.result.slips)


def sentence(slip: Slip) -> str:
    """A finding in words."""
    said = words.SLIPS.get(slip.code)
    return slip.message or slip.code if said is None else str(said).format(message=slip.message)


def _mark(slip: Slip) -> str:
    return f"{slip.field}:{slip.code}"


def _told(value: Any, made: forms.Field) -> Told:
    if isinstance(value, Told):
        return value
    if value in (None, ""):
        return Told()
    if value == capture.NO_INFORMATION and not getattr(made, "tristate", False):
        return Told(absence=capture.NO_INFORMATION)
    return Told(
        str(dict(getattr(made, "choices", ())).get(value, value)) if not getattr(made, "tristate", False) else value, value
    )


class _Fields:
    """Makes the fields of the contract for one actor on one day. Some ten queries, for catalogues and places."""

    def __init__(self, actor: Actor, today: date) -> None:
        self.today = today
        self.home = actor.state_code
        self.states = {one.code: one for one in institutions.states()}
        self.places = [one.name for one in institutions.municipalities(actor.state_code)] if actor.state_code else []

    def of(self, one: Field) -> forms.Field:
        """The form's field of a contract's field."""
        label = str(one.label)
        if one.kind is Kind.TRISTATE:
            return self._tristate(label)
        if choices := self._choices(one):
            if one.required:
                more: Choices = [] if one.name == "tipo_registro" else [(capture.NO_INFORMATION, _("sin información"))]
                return forms.ChoiceField(label=label, choices=[*_BLANK, *choices, *more], help_text=self._hint(one))
            choice = forms.ChoiceField(choices=[*_BLANK, *choices])
            return ToldField(choice, label=label, texts={code: str(name) for code, name in choices}, help_text=self._hint(one))
        inner = self._plain(one)
        if one.required:
            inner.label, inner.required, inner.help_text = label, True, self._hint(one)
            return inner
        return ToldField(inner, label=label, help_text=self._hint(one))

    def _tristate(self, label: str) -> forms.Field:
        made = forms.ChoiceField(
            label=label,
            required=False,
            choices=[*_BLANK, ("si", _("sí")), ("no", _("no")), *_ABSENCES[1:]],
        )
        made.tristate = True  # type: ignore[attr-defined]
        return made

    def _choices(self, one: Field) -> Choices:
        if one.name == "entidad_detencion":
            return [(code, state.name) for code, state in self.states.items()]
        if one.name == "entidad_nacimiento":
            return [*((state.renapo, state.name) for state in self.states.values()), (ABROAD, _("Nacida en el extranjero"))]
        if one.name == "sexo":
            return list(catalogs.items("sexo", self.today).items())
        if not one.catalog:
            return []
        entries = catalogs.entries(one.catalog, self.today)
        return [(item.code, item.name) for item in entries if not item.attributes.get("is_class")]

    def _plain(self, one: Field) -> forms.Field:
        longest = one.bounds[1] if one.bounds else 40
        if one.name == "fecha_nacimiento":
            return BirthField(max_length=40, widget=forms.TextInput(attrs={**_QUIET, "placeholder": "dd/mm/aaaa"}))
        if one.name == "municipio_detencion":
            return forms.CharField(max_length=longest, widget=forms.TextInput(attrs={**_QUIET, "list": "municipios"}))
        if one.kind is Kind.DATE:
            return DayField()
        if one.kind is Kind.TIME:
            return forms.TimeField(
                widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
                error_messages={"invalid": _("Escriba la hora como HH:MM, de 00:00 a 23:59.")},
            )
        if one.kind is Kind.INTEGER and one.bounds:
            return forms.IntegerField(min_value=one.bounds[0], max_value=one.bounds[1])
        if one.kind is Kind.DECIMAL and one.bounds:
            return forms.DecimalField(min_value=one.bounds[0], max_value=one.bounds[1], max_digits=9, decimal_places=6)
        if one.kind is Kind.NAME:
            return NameField(max_length=longest, widget=forms.TextInput(attrs=_QUIET))
        area = one.kind is Kind.TEXT and longest > 400
        return PlainField(
            max_length=longest, widget=forms.Textarea(attrs={"rows": 3}) if area else forms.TextInput(attrs=_QUIET)
        )

    def _hint(self, one: Field) -> Any:
        if one.name == "fecha_nacimiento":
            return _("Si sólo se sabe el año, o el mes y el año, escriba eso.")
        if one.name == "clave_registro":
            return _("Clave de su dependencia para este registro: la misma clave es el mismo registro.")
        if one.name == "nombre_completo":
            return _("Sólo si no se puede separar en nombre y apellidos.")
        return _("Varios, separados por «;».") if one.name == "alias" else ""


class PlainField(forms.CharField):
    """Text in single spaces, without signs of control."""

    def to_python(self, value: Any) -> str:
        """The text, plain."""
        text = super().to_python(value) or ""
        if any(not sign.isprintable() and sign not in "\n\r\t" for sign in text):
            raise forms.ValidationError(_("Lleva signos que no se ven: vuelva a escribirlo a mano."))
        return text if isinstance(self.widget, forms.Textarea) else " ".join(text.split())


class NameField(PlainField):
    """A person's name: it has letters."""

    def validate(self, value: str) -> None:
        """Refuse a name without letters."""
        super().validate(value)
        if value and not any(sign.isalpha() for sign in value):
            raise forms.ValidationError(_("Un nombre lleva letras. Si no se conoce, dígalo así."))


class BirthField(PlainField):
    """A date of birth, maybe not whole: text, or a day when it is one."""

    def clean(self, value: Any) -> Any:
        """The day if it is whole, else the text."""
        if isinstance(value, date):
            return value
        text = super().clean(value)
        day, understood = capture.birth(text)
        if not understood:
            raise forms.ValidationError(_("Escriba la fecha como dd/mm/aaaa, o sólo el año."))
        if day is not None and day > clock.now().astimezone(clock.MEXICO).date():
            raise forms.ValidationError(_("La fecha de nacimiento es posterior a hoy."))
        return day or text


class CustodyForm(Form):
    """A step of custody. Only those that can follow are offered."""

    kind = forms.ChoiceField(label=_("Paso"), widget=forms.RadioSelect)
    at = MomentField(label=_("Momento"), help_text=_("Hora del centro de México."))
    authority = forms.ChoiceField(label=_("Autoridad"), required=False)
    place = PlainField(label=_("Lugar"), required=False, max_length=200, help_text=_("Dónde queda la persona."))
    note = PlainField(label=_("Nota"), required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 2}))
    field_of_code: ClassVar[dict[str, str]] = {"PASO_FUERA_DE_ORDEN": "kind"}

    def __init__(self, current: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        following = domain.next_steps(CustodyKind(current) if current else None)
        _choose(self.fields["kind"], [(kind.value, words.CUSTODY[kind]) for kind in following])
        authorities = catalogs.items("autoridad_destino", clock.now().astimezone(clock.MEXICO).date())
        _choose(self.fields["authority"], [*_BLANK, *authorities.items()])

    def clean_at(self) -> Any:
        """A step is not to come."""
        at = self.cleaned_data["at"]
        if at > clock.now():
            raise forms.ValidationError(_("El momento del paso es posterior a ahora."))
        return at


class ReasonForm(Form):
    """Why something is done."""

    reason = ReasonField()


class PublicForm(Form):
    """The public's exact question."""

    detained_on = DayField(label=_("Fecha de la detención"))
    curp = PlainField(
        label=_("CURP"), required=False, max_length=18, help_text=_("Con ella no hace falta el nombre."),
        widget=forms.TextInput(attrs=_QUIET),
    )  # fmt: skip
    given = PlainField(label=_("Nombre o nombres"), required=False, max_length=100, widget=forms.TextInput(attrs=_QUIET))
    paternal = PlainField(label=_("Primer apellido"), required=False, max_length=80, widget=forms.TextInput(attrs=_QUIET))
    maternal = PlainField(
        label=_("Segundo apellido"),
        required=False,
        max_length=80,
        help_text=_("Si tiene."),
        widget=forms.TextInput(attrs=_QUIET),
    )
    birth_date = DayField(label=_("Fecha de nacimiento"), required=False)

    def question(self) -> Question:
        """What is asked."""
        told = self.cleaned_data
        return Question(
            told["detained_on"], told["curp"], told["given"], told["paternal"], told["maternal"], told["birth_date"]
        )


class SwitchForm(Form):
    """The document that orders the public consultation to be opened."""

    document = PlainField(
        label=_("Documento que lo ordena"), max_length=120, help_text=_("Oficio o acuerdo, con su número y fecha.")
    )


def _choose(made: forms.Field, choices: Choices) -> None:
    cast("forms.ChoiceField", made).choices = choices


def _proposed(actor: Actor, today: date) -> dict[str, Any]:
    """What the form begins with: a key that nobody has, and the agency's own state."""
    begun: dict[str, Any] = {
        "clave_registro": f"{actor.agency_code}-{today:%Y%m%d}-{token_hex(3).upper()}",
        "fecha_detencion": today,
    }
    return begun | ({"entidad_detencion": Told(value=actor.state_code)} if actor.state_code else {})


def _initial(detention: Detention, zones: Mapping[str, str]) -> dict[str, Any]:
    """A record as the form shows it: typed values where the form has a type for them, else the text as it came."""
    columns: dict[str, str] = {}
    for column, name in capture.FIELD_OF.items():
        columns.setdefault(name, column)
    begun: dict[str, Any] = {}
    zone = ZoneInfo(zones.get(detention.state_code, str(clock.MEXICO)))
    for one in capture.FIELDS:
        text = str(detention.supplied.get(one.name, ""))
        value = getattr(detention, columns[one.name]) if one.name in columns else None
        begun[one.name] = _begun(one, text, value, detention, zone)
    return begun


def _begun(one: Field, text: str, value: Any, detention: Detention, zone: ZoneInfo) -> Any:
    absence = detention.absences.get(one.name, "")
    if one.name == "clave_registro":
        return detention.supplier_key
    if one.name == "hora_detencion":
        value = detention.detained_at and detention.detained_at.astimezone(zone).time()
    elif one.name in {"fecha_aviso", "hora_aviso"}:
        at = detention.notified_at and detention.notified_at.astimezone(zone)
        value = at and (at.date() if one.name == "fecha_aviso" else at.time())
    elif one.name == "alias":
        value = "; ".join(detention.aliases) or text
    elif one.name == "fecha_nacimiento":
        value = detention.birth_date or detention.birth_date_text
    if one.kind is Kind.TRISTATE:
        return value
    if one.required:
        return value or absence or text
    if absence and not value:  # its text says the same: «no aplica» in a file
        return Told(absence=absence)
    return Told(text, value or text)

"""Codes of this room as people read them."""

from __future__ import annotations

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tequio.registries.rnd.domain import CustodyKind, RecordType, Standing
from tequio.ui.values import Tone

RECORD_TYPES: Final[dict[str, Promise | str]] = {
    RecordType.FAULT: _("Falta administrativa"),
    RecordType.OFFENCE: _("Hecho probablemente delictivo"),
}
CUSTODY: Final[dict[str, Promise | str]] = {
    CustodyKind.REGISTERED: _("Registrada"),
    CustodyKind.IN_TRANSFER: _("En traslado"),
    CustodyKind.TO_PROSECUTOR: _("A disposición del Ministerio Público"),
    CustodyKind.TO_CIVIC_JUDGE: _("A disposición del juez cívico"),
    CustodyKind.RELEASED: _("En libertad"),
    CustodyKind.BOUND_OVER: _("Vinculada a proceso"),
    CustodyKind.SANCTIONED: _("Sancionada"),
    CustodyKind.IMPRISONED: _("Internada en centro penitenciario"),
}
CUSTODY_TONES: Final[dict[str, Tone]] = {
    CustodyKind.REGISTERED: Tone.WARN,
    CustodyKind.IN_TRANSFER: Tone.WARN,
    CustodyKind.RELEASED: Tone.GOOD,
}
STANDINGS: Final[dict[str, Promise | str]] = {
    Standing.IN_FORCE: _("Vigentes"),
    Standing.CANCELLED: _("Cancelados"),
    Standing.ALL: _("Todos"),
}
SLIPS: Final[dict[str, Promise | str]] = {
    "AVISO_ANTES_DE_DETENCION": _("El aviso es anterior a la detención: revise fechas y horas."),
    "CURP_CONTRA_FECHA": _("La CURP dice otra fecha de nacimiento."),
    "CURP_CONTRA_SEXO": _("La CURP dice otro sexo."),
    "DETENCION_FUTURA": _("La detención no puede ser posterior a este momento."),
    "DETENCION_LEJANA": _("La detención ocurrió hace más de tres días: el registro debe ser inmediato."),
    "EDAD_CONTRA_FECHA": _("La edad no corresponde a la fecha de nacimiento."),
    "ENTIDAD_DESCONOCIDA": _("No se reconoce la entidad."),
    "FALTA_ALGUNO": _("Falta al menos uno de estos datos: {message}."),
    "FALTA_CON_ORDEN": _("Una falta administrativa no lleva orden de aprehensión."),
    "FALTA_RECOMENDADO": _("Se espera alguno de estos datos, o decir por qué no lo hay: {message}."),
    "MUNICIPIO_DESCONOCIDO": _("No se reconoce ese municipio en la entidad: escriba su nombre oficial o su clave."),
    "PERSONA_MENOR": _("Por su edad la persona es menor de doce años: a esa edad no procede la detención."),
    "POSIBLE_DUPLICADO": _(
        "Ya hay un registro con ese nombre y esa fecha de detención: {message}. Ábralo antes de guardar otro."
    ),
    "REGISTRO_ANTES_DE_DETENCION": _("El registro es anterior a la detención."),
}
"""What the form says of each finding. Those of identifiers bring their own sentence."""

SECTIONS: Final[tuple[tuple[str, Promise | str, tuple[str, ...]], ...]] = (
    (
        "detencion",
        _("La detención"),
        (
            "clave_registro", "tipo_registro", "fecha_detencion", "hora_detencion", "tipo_detencion", "motivo", "falta",
            "delito", "numero_rnd", "numero_iph", "fecha_aviso", "hora_aviso",
        ),
    ),
    (
        "persona",
        _("La persona"),
        (
            "nombre", "primer_apellido", "segundo_apellido", "nombre_completo", "sexo", "fecha_nacimiento", "edad", "curp",
            "alias", "entidad_nacimiento", "nacionalidad", "rfc", "telefono", "placa", "identificacion",
            "numero_identificacion", "domicilio", "estado_civil", "ocupacion", "etnia", "descripcion",
        ),
    ),
    (
        "lugar",
        _("El lugar"),
        (
            "entidad_detencion", "municipio_detencion", "localidad", "calle_numero", "referencia", "latitud", "longitud",
        ),
    ),
    (
        "custodia",
        _("La custodia"),
        (
            "autoridad_destino", "lugar_traslado", "unidad_traslado", "aprehensor_nombre", "aprehensor_institucion",
            "aprehensor_cargo", "aprehensor_adscripcion", "lectura_derechos", "lesiones_visibles", "lesiones_descripcion",
            "discapacidad", "padecimiento", "grupo_vulnerable", "grupo_delictivo", "familiar_nombre", "familiar_telefono",
            "observaciones",
        ),
    ),
)  # fmt: skip
"""Parts of the capture form and of the sheet, with their fields in the order in which people ask for them."""

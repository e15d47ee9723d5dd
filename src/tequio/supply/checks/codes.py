"""Every finding that a row can have: what it means and what to do, in the words of whoever captured it.

A code is stable: other systems read it. Documented in docs/acuses.md, whose test fails when a code is missing there.
"""

# ruff: noqa: E501 - one row for each code, to be read as a table
from __future__ import annotations

from dataclasses import dataclass

from tequio.kernel.contract import Severity


@dataclass(frozen=True, slots=True)
class Code:
    """Meaning of a finding."""

    code: str
    message: str
    hint: str


_ROWS: tuple[tuple[str, str, str], ...] = (
    ("FALTA_DATO_OBLIGATORIO", "Falta un dato obligatorio.", "Escriba el dato y reenvíe el renglón."),
    ("FALTA_ALGUNO", "Falta al menos uno de los datos de este grupo.", "Escriba uno de ellos y reenvíe el renglón."),
    ("FALTA_RECOMENDADO", "No viene un dato que el registro espera.", "Complételo cuando lo tenga."),
    ("SIN_INFORMACION_EN_OBLIGATORIO", "Un dato obligatorio dice «sin información».", "Se guardó así; complételo cuando lo tenga."),
    ("CLAVE_ILEGIBLE", "La clave lleva signos de control o es demasiado larga.", "Use una clave de hasta 60 letras, cifras o guiones."),
    ("CLAVE_SIN_VALOR", "La clave dice que no hay clave.", "Dé a cada registro una clave propia y estable, y reenvíe el renglón."),
    ("CLAVE_REPETIDA_DISTINTA", "La misma clave viene en varios renglones con contenido distinto.", "Deje un solo renglón por clave y reenvíe."),
    ("CLAVE_REPETIDA_IGUAL", "El renglón está repetido con el mismo contenido.", "Se guardó una vez; no hace falta reenviar."),
    ("TEXTO_DEMASIADO_LARGO", "El texto es más largo de lo que admite el campo.", "Se conserva como vino; acórtelo en la próxima corrección."),
    ("POSIBLE_FORMULA", "El texto empieza como una fórmula de hoja de cálculo.", "Se conserva como texto; revise que sea lo que quería escribir."),
    ("SIGNOS_DE_CONTROL", "El texto lleva signos invisibles de control.", "Se conserva como vino; vuelva a escribirlo a mano."),
    ("NOMBRE_CON_FORMULA", "El nombre empieza como una fórmula de hoja de cálculo.", "Escriba el nombre y reenvíe el renglón."),
    ("NOMBRE_DEMASIADO_LARGO", "El nombre es más largo de lo que cabe en un nombre.", "Revise si se juntaron columnas; corrija y reenvíe."),
    ("NOMBRE_SIN_LETRAS", "El nombre no tiene ninguna letra.", "Escriba el nombre, o «SIN INFORMACION» si no se sabe, y reenvíe."),
    ("NOMBRE_CON_SIGNOS", "El nombre lleva signos que un nombre no tiene.", "Se conserva como vino y se buscará sin ellos; corríjalo si puede."),
    ("NOMBRE_CON_CIFRAS", "El nombre lleva cifras.", "Se conserva como vino; corríjalo si puede."),
    ("LETRA_PERDIDA", "El nombre perdió una letra (Ñ o vocal con acento) al pasar de un sistema a otro.", "Se conserva como vino y se buscará con la letra que falta; guarde el archivo en UTF-8."),
    ("APELLIDO_DE_UNA_LETRA", "Un nombre o apellido tiene una sola letra.", "Se aceptó: existen; confirme que no sea una inicial."),
    ("PERSONA_SIN_IDENTIFICAR", "El nombre dice que la persona no está identificada.", "Complételo cuando se conozca."),
    ("FECHA_IMPOSIBLE", "Esa fecha no existe en el calendario.", "Corrija el día o el mes."),
    ("FECHA_ILEGIBLE", "No se entiende como fecha.", "Escríbala como AAAA-MM-DD o DD/MM/AAAA."),
    ("FECHA_ANIO_DOS_CIFRAS", "El año viene con dos cifras y no se adivina el siglo.", "Escriba el año con cuatro cifras."),
    ("FECHA_PARCIAL", "La fecha viene incompleta.", "Se conserva lo que se sabe; complétela cuando la tenga."),
    ("FECHA_FUTURA", "La fecha es posterior a hoy.", "Revise el año y el reloj de quien captura."),
    ("FECHA_MUY_ANTIGUA", "La fecha es anterior a lo que el registro puede tener.", "Revise el año."),
    ("FECHA_COMO_NUMERO", "La fecha viene como número de hoja de cálculo.", "Dé a la columna formato de texto AAAA-MM-DD."),
    ("HORA_IMPOSIBLE", "Esa hora no existe: va de 00:00 a 23:59.", "Las 24:00 son las 00:00 del día siguiente: corrija fecha y hora."),
    ("HORA_ILEGIBLE", "No se entiende como hora.", "Escríbala como HH:MM, de 00:00 a 23:59."),
    ("NUMERO_ILEGIBLE", "No se entiende como número.", "Escríbalo con cifras."),
    ("NUMERO_FUERA_DE_RANGO", "El número está fuera de lo posible.", "Revise el dato."),
    ("VALOR_FUERA_DE_CATALOGO", "El valor no está en el catálogo.", "Use una clave o un texto del catálogo (`tequio contract`)."),
    ("SI_NO_ILEGIBLE", "Se esperaba sí, no, no aplica o sin información.", "Use una de esas cuatro respuestas."),
    ("CURP_FORMA", "La CURP no tiene la forma de 18 posiciones.", "Se conserva y sirve para buscar; cotéjela con el documento."),
    ("CURP_DIGITO", "El dígito verificador de la CURP no corresponde.", "Una letra o cifra está mal copiada: cotéjela con el documento."),
    ("CURP_FECHA", "La CURP lleva una fecha que no existe.", "Cotéjela con el documento."),
    ("CURP_ENTIDAD", "La CURP lleva una entidad que no existe.", "Cotéjela con el documento."),
    ("CURP_CONTRA_FECHA", "La CURP dice otra fecha de nacimiento.", "Revise cuál de las dos es la correcta."),
    ("CURP_CONTRA_SEXO", "La CURP dice otro sexo.", "Revise cuál de los dos es el correcto."),
    ("CURP_INCOMPLETA", "A la CURP le faltan posiciones.", "Se conserva y sirve para buscar; pida la constancia completa."),
    ("RFC_FORMA", "El RFC no tiene la forma oficial.", "Cotéjelo; no se usa como clave."),
    ("RFC_SIN_HOMOCLAVE", "Al RFC le falta la homoclave.", "Se conserva; complétela si puede."),
    ("RFC_DIGITO", "El dígito verificador del RFC no corresponde.", "Se conserva; cotéjelo si puede."),
    ("RFC_FECHA", "El RFC lleva una fecha que no existe.", "Cotéjelo con la constancia."),
    ("RFC_GENERICO", "Es un RFC genérico.", "No identifica a nadie: no se usa para buscar."),
    ("TELEFONO_LONGITUD", "El teléfono no tiene diez cifras.", "Escriba diez cifras, con clave lada."),
    ("PLACA_LONGITUD", "La placa no tiene de 5 a 8 letras y cifras.", "Se conserva como vino; cotéjela."),
    ("PLACA_LETRA", "La placa lleva I, O o Q, que las placas no usan.", "Se buscará también con 1 o 0; cotéjela."),
    ("RELLENO", "El valor parece escrito para llenar la casilla.", "Deje la casilla vacía si no se conoce."),
    ("ENTIDAD_DESCONOCIDA", "No se reconoce la entidad federativa.", "Use la clave INEGI de dos cifras o el nombre oficial."),
    ("MUNICIPIO_DESCONOCIDO", "No se reconoce el municipio en esa entidad.", "Use la clave INEGI de cinco cifras o el nombre oficial."),
    ("REGISTRO_ANTES_DE_DETENCION", "El registro es anterior a la detención.", "Revise fechas y horas."),
    ("DISPOSICION_ANTES_DE_DETENCION", "La puesta a disposición es anterior a la detención.", "Revise fechas y horas."),
    ("FALTA_CON_ORDEN", "Una falta administrativa no lleva orden de aprehensión.", "Revise el tipo de registro o el tipo de detención."),
    ("EDAD_CONTRA_FECHA", "La edad no corresponde a la fecha de nacimiento.", "Revise cuál de las dos es la correcta."),
    ("PERSONA_MENOR", "Por su edad la persona es menor de doce años.", "Revise la edad; a esa edad no procede la detención."),
    (
        "CANCELACION_SIN_PERMISO",
        "Quien suministra no tiene permiso para cancelar registros.",
        "Pida a la persona supervisora que envíe la cancelación.",
    ),
    ("CANCELA_LO_QUE_NO_EXISTE", "Se pide cancelar un registro que no existe.", "Revise la clave."),
    ("CORRIGE_LO_QUE_NO_EXISTE", "Se pide corregir un registro que no existía: se guardó como nuevo.", "Revise la clave si no era lo que quería."),
    ("REGISTRO_CANCELADO", "Ese registro fue cancelado y no se revive por archivo.", "Use otra clave, o pida a la persona supervisora que lo revise."),
    ("FILA_CON_COLUMNAS_DE_MAS", "El renglón tiene más columnas que el encabezado.", "Revise separadores y comillas; corrija y reenvíe."),
    ("FILA_CON_COLUMNAS_DE_MENOS", "El renglón tiene menos columnas que el encabezado.", "Revise separadores y comillas; corrija y reenvíe."),
    ("COMILLA_MAL_PUESTA", "El renglón lleva una comilla fuera de lugar o sin cerrar.", "Dentro de un texto entre comillas escriba la comilla doble; corrija y reenvíe."),
    ("CELDA_DEMASIADO_LARGA", "Una celda pasa de 32,000 letras.", "Revise si faltó cerrar unas comillas."),
    ("JSON_INVALIDO", "El renglón no es un objeto JSON de valores simples.", "Un objeto por renglón, sin objetos ni listas dentro."),
)  # fmt: skip

CODES: dict[str, Code] = {code: Code(code, message, hint) for code, message, hint in _ROWS}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found in one row. `value` is as supplied; it is masked before it is stored or shown."""

    line: int
    field: str
    code: str
    severity: Severity
    value: str = ""

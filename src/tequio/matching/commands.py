"""Commands of the matching room: `matching fit`, `matching evaluate`, `matching explain`."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, replace
from pathlib import Path
from typing import Annotated

import typer
from rich.console import RenderableType

from tequio.kernel import clock
from tequio.kernel.errors import Invalid
from tequio.matching.domain import compare
from tequio.matching.domain.bands import BANDS
from tequio.matching.domain.model import EM, OWN_MODEL, Model, Weight, read_model, shipped
from tequio.matching.evaluation import Measured, evaluate
from tequio.matching.fitting import fit
from tequio.matching.reading import People, check_truth, read_people, subject_of
from tequio.ui.console import reading
from tequio.ui.console.answers import Answer, facts, line, table
from tequio.ui.console.entry import Output, command
from tequio.ui.console.spanish import group

app = group("Comparación de personas: ajustar sus pesos, medirla y explicarla.")

LEAST_RECORDS = 2
ModelFile = Annotated[Path | None, typer.Option("--model", metavar="MODELO.json", help="Modelo; si se omite, el que se usa.")]


@command(app, "fit")
def fit_model(
    output: Output,
    file: Annotated[Path, typer.Argument(metavar="ARCHIVO", help="Registros de personas, CSV o Parquet.")],
    out: Annotated[Path, typer.Option("--out", metavar="MODELO.json", help="Archivo nuevo para el modelo.")],
    queries: Annotated[
        Path | None,
        typer.Option("--queries", metavar="ARCHIVO", help="Consultas; si se omite, los registros entre sí."),
    ] = None,
    truth: Annotated[
        str,
        typer.Option(
            "--truth", metavar="COLUMNA", help="Columna de las consultas con el id del registro correcto; solo para calibrar."
        ),
    ] = "",
) -> Answer:
    """Ajusta los pesos de la comparación a los datos de un archivo, sin etiquetas, y calibra sus grados.

    Lee solo los archivos que se le indican; no toca los registros del nodo, por lo que no pide finalidad ni queda en la
    bitácora. Las columnas se reconocen por su nombre (nombre, primer apellido, fecha de nacimiento, sexo, curp, rfc, alias...).
    """
    if truth and queries is None:
        raise Invalid("--truth pide --queries.", hint="Indique el archivo de consultas que tiene esa columna.")
    reading.fresh_file(out)
    base = _read(file)
    asked = _read(queries, truth) if queries is not None else None
    if asked is not None and truth:
        check_truth(asked, base)
    if len(base.subjects) < LEAST_RECORDS:
        raise Invalid(f"{file.name} tiene un solo registro.", hint="Un ajuste necesita miles de registros.")
    today = clock.now().astimezone(clock.MEXICO).date().isoformat()
    told = {"data": [people.told() for people in (base, asked) if people is not None], "date": today}
    model = fit(
        base.subjects,
        asked.subjects if asked is not None else None,
        truth=asked.truth if asked is not None and truth else None,
        told=told,
    )
    model = replace(model, version=_version(model, today))
    with reading.file_faults(out), out.open("x", encoding="utf-8") as file_out:
        file_out.write(json.dumps(model.to_dict(), ensure_ascii=False, indent=1) + "\n")
    return Answer({"out": out, "model": model.to_dict()}, [*_remarks(base, asked), *_fitted_parts(model, out)])


def _version(model: Model, today: str) -> str:
    """Name of a node's own model: two that weigh or call anything otherwise never share it."""
    content = model.weights.tobytes() + json.dumps(dict(model.bands)).encode()
    return f"tequio-bits/propio-{today}-{hashlib.sha256(content).hexdigest()[:8]}"


def _fitted_parts(model: Model, out: Path) -> list[RenderableType]:
    rows = [
        (name, model.judged[name], int(model.weights[Weight[name.upper()]]))
        for name, source in model.sources.items()
        if source == EM
    ]
    measured = model.fitted["calibration"]
    parts: list[RenderableType] = []
    if rows:
        parts.append(table(("Peso", "Criterio (cb)", "Ajustado (cb)"), rows, "Pesos ajustados, en centésimas de bit"))
    else:
        parts.append(line("Ningún peso se ajustó: los datos son muy pocos, o nadie aparece dos veces. Quedan los de criterio."))
    parts += [
        table(("Grado", "Desde (bits)"), model.bands.items()),
        line(
            f"Calibrado con {measured['candidates']} candidatos de {measured['queries']} consultas en una base de "
            f"{measured['base']} registros, por {measured['by']}. "
            "En una base diez veces mayor, cada grado empieza unos 3.3 bits más arriba."
        ),
        line(f"Modelo {model.version} en {out}. Para usarlo indique su ruta en la variable {OWN_MODEL} y reinicie."),
        line("Un modelo nuevo pide volver a comparar todo: `tequio target rescreen` dice qué cambiaría antes de aplicarlo."),
    ]
    return parts


@command(app, "evaluate")
def evaluate_model(
    output: Output,
    records: Annotated[Path, typer.Option("--records", metavar="ARCHIVO", help="Registros de personas, CSV o Parquet.")],
    queries: Annotated[Path, typer.Option("--queries", metavar="ARCHIVO", help="Consultas cuya respuesta se conoce.")],
    truth: Annotated[
        str,
        typer.Option(
            "--truth", metavar="COLUMNA", help="Columna de las consultas con el id del registro correcto; vacía: nadie."
        ),
    ],
    model: ModelFile = None,
) -> Answer:
    """Mide un modelo con consultas cuya respuesta se conoce: cobertura, precisión y cuánto vale cada grado.

    Lee solo los archivos que se le indican; no toca los registros del nodo, por lo que no pide finalidad ni queda en la
    bitácora. Los intervalos son de 95 %.
    """
    chosen = _model(model)
    base, asked = _read(records), _read(queries, truth)
    check_truth(asked, base)
    found = evaluate(chosen, base.subjects, asked.subjects, asked.truth)
    rows = [
        ("Cobertura en el primero", *_shown(found.recall1)),
        ("Cobertura en los diez primeros", *_shown(found.recall10)),
        (f"F1, con umbral de {found.threshold:.2f} bits", *_shown(found.f1)),
        *((f"Cobertura con precisión de {share:g} %", *_shown(figure)) for share, figure in found.recall_at.items()),
    ]
    bands = [
        (
            one.band,
            chosen.bands.get(one.band, ""),
            one.candidates,
            one.right,
            *_shown((one.right / one.candidates, one.low, one.high)),
        )
        for one in found.bands
        if one.candidates
    ]
    strangers = found.queries - found.about_somebody
    parts: list[RenderableType] = [
        *_remarks(base, asked),
        line(
            f"Modelo {chosen.version}; {found.base} registros; {found.about_somebody} consultas de personas que están y "
            f"{strangers} de personas que no."
        ),
        table(("Medida", "Valor", "Intervalo"), rows),
        table(("Grado", "Desde (bits)", "Candidatos", "Correctos", "Parte", "Intervalo"), bands),
        line("Los umbrales se eligieron con estas mismas consultas: con otras el resultado es algo menor."),
    ]
    return Answer({"model": chosen.version, "evaluation": asdict(found)}, parts)


@command(app, "explain")
def explain_pair(
    output: Output,
    a: Annotated[list[str], typer.Option("--a", metavar="CAMPO=VALOR", help="Un dato de una persona; se repite.")],
    b: Annotated[list[str], typer.Option("--b", metavar="CAMPO=VALOR", help="Un dato de la otra; se repite.")],
    model: ModelFile = None,
) -> Answer:
    """Explica la comparación de dos personas, dato por dato: valores, nivel, bits y su suma.

    P. ej. --a "nombre=Ana Prueba Muestra" --a "fecha de nacimiento=1990-01-02" --b "nombre=Ana Prueba". No toca los registros
    del nodo, por lo que no pide finalidad ni queda en la bitácora.
    """
    chosen = _model(model)
    found = compare(subject_of(a, "--a"), subject_of(b, "--b"), model=chosen)
    rows = [
        (e.feature, e.left, e.right, e.level, f"{e.weight:+.2f}" if e.centibits else "", e.conflict) for e in found.features
    ]
    rows.append(("suma", "", "", "", f"{found.score:+.2f}", ""))
    parts: list[RenderableType] = [
        table(("Dato", "A", "B", "Nivel", "Bits", "Contradicción"), rows),
        line(f"Grado: {found.band} (de mejor a peor: {', '.join(BANDS)}). Modelo {found.algorithm}."),
        line(found.sentence),
    ]
    return Answer({"explanation": found.to_dict()}, parts)


def _model(path: Path | None) -> Model:
    return read_model(reading.existing_file(path)) if path is not None else shipped()


def _read(path: Path, truth: str = "") -> People:
    with reading.file_faults(reading.existing_file(path)):
        return read_people(path, truth)


def _remarks(*files: People | None) -> list[RenderableType]:
    """What was left out of each file: columns that are no field, and values that tell nothing."""
    found: list[tuple[str, object]] = []
    for people in files:
        if people is None:
            continue
        if people.ignored:
            found.append((people.path.name, f"columnas que no se usan: {', '.join(people.ignored)}"))
        for name, (times, first) in people.unread.items():
            found.append(
                (
                    people.path.name,
                    f"{name}: {times} valores no se entienden y cuentan como faltantes; el primero, línea {first}",
                )
            )
    return [facts(found)] if found else []


def _shown(measured: Measured) -> tuple[str, str]:
    value, low, high = measured
    return f"{value:.4f}", f"{low:.4f} a {high:.4f}"

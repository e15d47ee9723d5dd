"""From a function to a command: its options, its answer, and what is said when it fails.

Options that several commands share are fields of a dataclass (a subclass of `Options`); a command takes the dataclass as one
argument and its fields appear as options of the command.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, dataclass, fields
from typing import Annotated, Any, get_type_hints

import typer
from django.db import Error as DatabaseError

from tequio.kernel.errors import Invalid, TequioError
from tequio.ui.console import answers, faults
from tequio.ui.console.answers import Answer
from tequio.ui.console.spanish import SpanishCommand

Function = Callable[..., Answer]
JSON_OPTION = "json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """Base of the dataclasses whose fields are options of a command."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Output(Options):
    """How the answer is given: an option of every command."""

    json: Annotated[bool, typer.Option("--json", help="Responde en JSON para programas.")] = False


def command(app: typer.Typer, name: str) -> Callable[[Function], Function]:
    """Make a function a command of `app`. Its docstring is the help; one argument is an `Output`, which carries `--json`."""

    def register(function: Function) -> Function:
        app.command(name, cls=SpanishCommand, help=inspect.getdoc(function))(_entry(function))
        return function

    return register


def attempt(work: Callable[[], Answer], *, as_json: bool) -> int:
    """Do the work of a command, print its answer or its error, and return the exit status. This is the process's edge."""
    try:
        answer = work()
        answers.show(answer, as_json=as_json)
        return answer.status
    except TequioError as error:
        return faults.tell(error, as_json=as_json)
    except BrokenPipeError:
        answers.stop_writing()
        return 0
    except DatabaseError as error:
        return faults.tell(faults.of_database(error) or faults.of_surprise(error), as_json=as_json)
    except Exception as error:  # noqa: BLE001 - edge of the process: nothing beyond may reach a person as a traceback
        return faults.tell(faults.of_surprise(error), as_json=as_json)


def _entry(function: Function) -> Callable[..., None]:
    """The function as the library wants it: every option an argument of its own."""
    hints = get_type_hints(function, include_extras=True)
    groups: dict[str, type[Options]] = {}
    parameters: list[inspect.Parameter] = []
    for parameter in inspect.signature(function).parameters.values():
        hint = hints[parameter.name]
        if isinstance(hint, type) and issubclass(hint, Options):
            groups[parameter.name] = hint
            parameters += _expanded(hint)
        else:
            parameters.append(parameter.replace(annotation=hint, kind=inspect.Parameter.KEYWORD_ONLY))

    def run(**values: Any) -> None:
        as_json = bool(values.get(JSON_OPTION))
        raise typer.Exit(attempt(lambda: function(**_gathered(groups, values)), as_json=as_json))

    run.__name__ = function.__name__
    run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    run.__annotations__ = {}
    return run


def _expanded(kind: type[Options]) -> list[inspect.Parameter]:
    hints = get_type_hints(kind, include_extras=True)
    return [
        inspect.Parameter(one.name, inspect.Parameter.KEYWORD_ONLY, annotation=hints[one.name], default=_default(one))
        for one in fields(kind)
    ]


def _default(one: Field[Any]) -> Any:
    if one.default is not MISSING:
        return one.default
    return one.default_factory() if one.default_factory is not MISSING else inspect.Parameter.empty


def _gathered(groups: Mapping[str, type[Options]], values: Mapping[str, Any]) -> dict[str, Any]:
    """The function's own arguments from the flat options."""
    for value in values.values():
        _refuse_unreadable(value)
    taken = {one.name for kind in groups.values() for one in fields(kind)}
    made: dict[str, Any] = {name: value for name, value in values.items() if name not in taken}
    for name, kind in groups.items():
        made[name] = kind(**{one.name: values[one.name] for one in fields(kind)})
    return made


def _refuse_unreadable(value: object) -> None:
    """A word that is not text in the terminal's encoding reaches us with lone surrogates, which nothing else can carry."""
    if isinstance(value, list | tuple):
        for item in value:
            _refuse_unreadable(item)
    elif isinstance(value, str) and any("\ud800" <= sign <= "\udfff" or sign == "\x00" for sign in value):
        raise Invalid("Un valor del comando no es texto legible.", hint="Escríbalo de nuevo en una terminal con UTF-8.")

"""Help and usage errors of the command line in Spanish. The library that reads the command line speaks English only."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from difflib import get_close_matches
from typing import Any, ClassVar, Final

import typer
from typer.core import TyperCommand, TyperGroup
from typer.exceptions import TyperException

from tequio.kernel.errors import TequioError
from tequio.ui.console import faults

_HELP: Final = (
    (re.compile(r"^Usage:", re.M), "Uso:"),
    (re.compile(r"^Options:$", re.M), "Opciones:"),
    (re.compile(r"^Arguments:$", re.M), "Argumentos:"),
    (re.compile(r"^Commands:$", re.M), "Comandos:"),
    (re.compile(r"\[OPTIONS\]"), "[OPCIONES]"),
    (re.compile(r"COMMAND \[ARGS\]\.\.\."), "COMANDO [ARGUMENTOS]..."),
    (re.compile(r"Show this message and exit\."), "Muestra esta ayuda."),
    (re.compile(r"\[default: "), "[si se omite: "),
    (re.compile(r"\[required\]"), "[obligatorio]"),
    (re.compile(r"\[env var: "), "[variable: "),
    (re.compile(r"; env var: "), "; variable: "),
    (re.compile(r"; default: "), "; si se omite: "),
    (re.compile(r"; required\]"), "; obligatorio]"),
)
_FIXED: Final = {"Missing command.": "Falta el comando."}


class NotUnderstood(TequioError):
    """The command line cannot be read."""

    code = "USO"


class SpanishCommand(TyperCommand):
    """A command whose help is in Spanish."""

    def get_help(self, ctx: Any) -> str:
        """Help as text."""
        return in_spanish(super().get_help(ctx))


class SpanishGroup(TyperGroup):
    """A group of commands whose help and errors are in Spanish."""

    help_names: ClassVar[dict[str, Any]] = {"help_option_names": ["-h", "--help"]}

    def get_help(self, ctx: Any) -> str:
        """Help as text."""
        return in_spanish(super().get_help(ctx))

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """The command that the first word names. Fails with the closest names."""
        if args and not args[0].startswith("-") and self.get_command(ctx, args[0]) is None:
            close = get_close_matches(args[0], self.list_commands(ctx))
            ctx.fail(f"No existe el comando «{args[0]}»." + (f" ¿Quiso decir {' o '.join(close)}?" if close else ""))
        return super().resolve_command(ctx, args)

    def main(self, args: Sequence[str] | None = None, *more: Any, **options: Any) -> Any:
        """Run the command line and leave the process with its exit status. Usage errors are told here."""
        words = list(sys.argv[1:] if args is None else args)
        try:
            status = super().main(words, *more, **(options | {"standalone_mode": False}))
        except typer.Abort:
            status = 130
        except TyperException as error:
            status = _tell(error, as_json="--json" in words)
        sys.exit(status if isinstance(status, int) else 0)


def group(help_text: str) -> typer.Typer:
    """An empty group of commands."""
    return typer.Typer(
        cls=SpanishGroup,
        help=help_text,
        context_settings=SpanishGroup.help_names,
        rich_markup_mode=None,
        add_completion=False,
        no_args_is_help=True,
        pretty_exceptions_enable=False,
    )


def in_spanish(text: str) -> str:
    """The fixed words of a help text, put in Spanish."""
    for pattern, words in _HELP:
        text = pattern.sub(words, text)
    return text


def _tell(error: TyperException, *, as_json: bool) -> int:
    if type(error).__name__ == "NoArgsIsHelpError":
        print(error.format_message(), file=sys.stderr)
        return faults.USAGE
    context = getattr(error, "ctx", None)
    path = context.command_path if context else "tequio"
    faults.tell(NotUnderstood(_message(error), hint=f"Consulte `{path} --help`."), as_json=as_json)
    return faults.USAGE


def _message(error: TyperException) -> str:
    """By the kind of error, whose classes the library keeps to itself."""
    kind = type(error).__name__
    if kind == "NoSuchOption":
        near = ", ".join(sorted(getattr(error, "possibilities", None) or ()))
        return f"No existe la opción {getattr(error, 'option_name', '')}." + (f" ¿Quiso decir {near}?" if near else "")
    if kind == "MissingParameter":
        return f"Falta {_which(error)}."
    if kind == "BadParameter":
        return f"El valor de {_which(error)} no se entiende."
    if kind == "BadOptionUsage":
        return f"La opción {getattr(error, 'option_name', '')} está mal usada: le falta o le sobra su valor."
    if error.message.startswith("Got unexpected extra argument"):
        return "Sobran palabras en el comando: " + error.message.rpartition("(")[2].rstrip(")") + "."
    return _FIXED.get(error.message, error.message)


def _which(error: TyperException) -> str:
    parameter = getattr(error, "param", None)
    if parameter is None:
        return "un dato"
    return str(parameter.opts[0]) if parameter.param_type_name == "option" else str(parameter.metavar or parameter.name)

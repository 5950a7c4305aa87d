"""What commands share: problems in the user's language, whole files or none, exit status 2 for wrong input."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Sequence
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Final, NoReturn

import click

from ynpolicy.errors import EngineDisagreement, InputError, Place, Problem, YnpolicyError, in_order
from ynpolicy.whole_files import whole_file

if TYPE_CHECKING:
    from ynpolicy.ir import Pack

_WIDEST: Final = 100


def width() -> int:
    """The terminal's width, within what reports can be set to."""
    return max(min(shutil.get_terminal_size((_WIDEST, 24)).columns, _WIDEST), 40)


def refuse(where: str, message: str, help: str = "") -> NoReturn:
    """Raises `InputError` with one problem of a command's words or files."""
    raise InputError([Problem(Place(where), message, help)])


def print_problems(problems: Sequence[Problem], lang: str = "en", *packs: Pack) -> None:
    """Prints problems to standard error, by their places; in Chinese with the labels of the packs' facts."""
    from ynpolicy.messages import shown

    labels = {name: fact.label.zh for pack in packs for name, fact in pack.facts.items()}
    for problem in in_order(problems):
        click.echo(shown(problem, lang, labels), err=True)


def in_language(command: Callable[..., None]) -> Callable[..., None]:
    """A command that prints what is wrong with its input in the language of its `--lang`."""

    @wraps(command)
    def run(*args: object, **options: object) -> None:
        try:
            command(*args, **options)
        except InputError as error:
            print_problems(error.problems, str(options["lang"]))
            sys.exit(2)

    return run


def chosen_options(words: Sequence[str], option: str = "--reading") -> dict[str, str]:
    """`ID=OPTION` words of `--reading`, or of another option, as a mapping. Raises `InputError`."""
    problems = [
        Problem(Place(option), f"`{word}` is not ID=OPTION", "write for example lanping-ratio=equal")
        for word in words
        if not all(word.partition("="))
    ]
    if problems:
        raise InputError(problems)
    return {word.partition("=")[0].strip(): word.partition("=")[2].strip() for word in words}


def write(path: Path, content: str | bytes) -> None:
    """Writes a whole file or none; text is UTF-8. Raises `InputError`."""
    with whole_file(path) as file:
        file.write(content if isinstance(content, bytes) else content.encode())


def guarded(command: Callable[[], object]) -> int:
    """Runs a command; every error that a user can cause becomes a message and exit status 2 (4 for engines)."""
    try:
        command()
    except InputError as error:
        print_problems(error.problems)
        return 2
    except EngineDisagreement as error:
        click.echo(str(error), err=True)
        return 4
    except YnpolicyError as error:
        click.echo(str(error), err=True)
        return 2
    return 0

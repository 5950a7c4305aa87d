"""The command line, run in this process."""

from __future__ import annotations

from contextlib import redirect_stderr
from io import StringIO
from pathlib import Path

from click.testing import CliRunner

from ynpolicy import cli, console


class Ran:
    """One run of the command in this process."""

    def __init__(self, *words: str | Path, stdin: str | None = None) -> None:
        result = CliRunner().invoke(cli.app, [str(word) for word in words], input=stdin, standalone_mode=True)
        self.problem = ""
        if result.exception is not None and not isinstance(result.exception, SystemExit):

            def again() -> None:
                raise result.exception  # type: ignore[misc]

            with redirect_stderr(StringIO()):
                self.status = console.guarded(again)
            self.problem = str(result.exception)
        else:
            self.status = result.exit_code
        self.out = result.stdout
        self.err = result.stderr + self.problem

    def says(self, text: str) -> bool:
        """Whether a text is printed, wherever lines break: how long they are depends on the paths in them."""
        return "".join(text.split()) in "".join(self.out.split())

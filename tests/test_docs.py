"""The documentation is true: its commands run and print what the page shows, its Python and YAML work."""

from __future__ import annotations

import doctest
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

import ynpolicy
from ynpolicy import cli, documents
from ynpolicy.engines import forward

ROOT = Path(__file__).parent.parent
PAGES = sorted([ROOT / "README.md", *(ROOT / "docs").rglob("*.md")])
FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
_BLOCK = re.compile(r"^```(\w+)[^\n]*\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")


def blocks(page: Path, language: str) -> Iterator[str]:
    for found in _BLOCK.finditer(page.read_text(encoding="utf-8")):
        if found[1] == language:
            yield found[2]


def name(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def pages_with(language: str) -> list[Path]:
    return [page for page in PAGES if any(True for _ in blocks(page, language))]


@pytest.mark.parametrize("page", pages_with("console"), ids=name)
def test_every_command_prints_what_the_page_shows(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each `$ ynpolicy ...` runs in one folder, in order, with the page's expected output (`...` for anything)."""
    for folder in ("docs", "policies"):
        (tmp_path / folder).symlink_to(ROOT / folder)
    monkeypatch.chdir(tmp_path)
    for block in blocks(page, "console"):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, wanted = part.partition("\n")
            words = shlex.split(command)
            assert words[0] == "ynpolicy", command
            result = CliRunner().invoke(cli.app, words[1:])
            error = result.exception
            shown = result.output + (f"{error}\n" if error and not isinstance(error, SystemExit) else "")
            checker = doctest.OutputChecker()
            assert checker.check_output(wanted, shown, FLAGS), f"{command}\nwanted:\n{wanted}\ngot:\n{shown}"


@pytest.mark.parametrize("page", pages_with("python"), ids=name)
def test_every_python_example_works(page: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each example is a doctest that passes, run from the top of the tree."""
    monkeypatch.chdir(ROOT)
    source = "\n".join(blocks(page, "python"))
    assert ">>>" in source
    test = doctest.DocTestParser().get_doctest(source, {}, name(page), str(page), 0)
    assert doctest.DocTestRunner(optionflags=FLAGS).run(test).failed == 0


@pytest.mark.parametrize("page", pages_with("yaml"), ids=name)
def test_every_yaml_block_is_well_formed(page: Path) -> None:
    """Each YAML block is read without a problem."""
    for block in blocks(page, "yaml"):
        documents.read_text(block, name(page))


def test_the_package_docstring_is_true() -> None:
    """The example at the top of the package passes."""
    assert doctest.testmod(ynpolicy, optionflags=FLAGS).failed == 0


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_link_to_a_file_leads_somewhere(page: Path) -> None:
    """No page points to a file that is not there."""
    for target in _LINK.findall(page.read_text(encoding="utf-8")):
        if "://" not in target:
            assert (page.parent / target).exists(), target


def test_ci_runs_the_command_of_the_readme() -> None:
    """What the README tells a newcomer to run is what CI runs."""
    commands = [block.strip() for block in blocks(ROOT / "README.md", "sh")]
    assert len(commands) == 2
    assert f"\n{commands[1]}\n" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")


def test_the_first_command_of_the_readme_judges_a_real_case() -> None:
    """The case of the README's main command is in the tree and is judged without being settled."""
    (command,) = re.findall(r"ynpolicy (check \S+)", next(blocks(ROOT / "README.md", "sh")))
    result = CliRunner().invoke(cli.app, [command.split()[0], str(ROOT / command.split()[1])])
    assert result.exit_code == 3
    assert "资料不足，无法判定" in result.output.splitlines()[0] or not forward.AVAILABLE

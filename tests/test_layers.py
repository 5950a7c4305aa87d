"""Imports point down, each foreign library has one home, and no engine imports what it is compared with."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Final

import pytest

import ynpolicy

ROOT: Final = Path(ynpolicy.__file__).parent
MODULES: Final = sorted(path.relative_to(ROOT).as_posix() for path in ROOT.rglob("*.py"))

LAYERS: Final[dict[int, tuple[str, ...]]] = {
    0: ("errors", "values", "cache", "version", "whole_files"),
    1: (
        "location",
        "logic",
        "law",
        "claims",
        "groupings",
        "wording",
        "ir",
        "certificates",
        "verdict",
        "documents",
        "shapes",
        "cache",
        "workdays",
    ),
    2: (
        *("expressions", "units", "cases", "answers", "fields", "words", "conditions", "rows", "vocabulary", "norms"),
        *("choices", "claim_files", "grouping_files", "overlays", "passages", "chinese", "messages", "archive"),
    ),
    3: ("semantics", "located", "normalise", "loader", "engines", "geo", "together"),
    4: (
        *(
            "sufficiency",
            "judge",
            "joint",
            "questions",
            "sentences",
            "findings",
            "report",
            "progress",
            "layout",
            "sheets",
            "forms",
            "fragments",
        ),
        *("tables", "case_tables", "catalogue", "case_schema", "pack_schema", "schemas"),
    ),
    5: (
        "render",
        "casebook",
        "accounts",
        "alignment",
        "collation",
        "lint",
        "mutation",
        "proof",
        "certify",
        "bundles",
        "rejudging",
        "amendments",
        "between",
        "effects",
        "recasting",
        "successors",
        "replays",
        "diff",
        "screening",
        "portfolio",
    ),
    6: ("__init__", "__main__", "console", "cli", "testing"),
}
"""Each top name of the package, and the layer on which it stands. `normalise` asks the reference whether a question
arises, so it stands beside it."""

HOMES: Final[dict[str, tuple[str, ...]]] = {
    "yaml": ("documents",),
    "chinese_calendar": ("workdays",),
    "durable": ("engines.forward",),
    "durable_rules_engine": ("engines.forward",),
    "openpyxl": ("tables",),
    "polars": (
        "portfolio.streams",
        "engines.columnar",
        "screening",
    ),
    "ibis": ("engines.warehouse", "screening.database"),
    "shapely": ("geo",),
    "pyproj": ("geo.systems", "geo.nearest", "geo.around"),
    "pyogrio": ("geo.files",),
    "numpy": ("geo",),
    "jinja2": ("render",),
    "markupsafe": ("render",),
    "wcwidth": ("render",),
    "hypothesis": ("testing",),
    "pytest": ("testing",),
    "click": ("console", "cli"),
    "z3": ("engines.smt",),
}
"""Where each foreign library may be imported. attrs may be anywhere: every node is one of its classes."""


def module_of(path: str) -> str:
    """`engines/forward.py` as `engines.forward`, a package by its own name."""
    name = path.removesuffix(".py").replace("/", ".")
    return name.removesuffix(".__init__") if name != "__init__" else name


def imports(path: str) -> Iterator[str]:
    """The full names of what a file imports, wherever the import stands in it."""
    package = ["ynpolicy", *Path(path).parent.parts]
    for node in ast.walk(ast.parse((ROOT / path).read_text(encoding="utf-8"))):
        match node:
            case ast.Import(names):
                yield from (alias.name for alias in names)
            case ast.ImportFrom(module, names, level):
                base = ".".join(package[: len(package) - level + 1]) if level else ""
                source = ".".join(filter(None, (base, module)))
                yield from (f"{source}.{alias.name}" for alias in names)


def own_modules(path: str) -> set[str]:
    """The modules of this package that a file imports."""
    known = {module_of(other) for other in MODULES}
    found = set()
    for name in imports(path):
        parts = name.split(".")
        if parts[0] != "ynpolicy":
            continue
        candidates = (".".join(parts[1:end]) for end in range(len(parts), 1, -1))
        found.add(next((candidate for candidate in candidates if candidate in known), "__init__"))
    return found


def layer_of(module: str) -> int:
    """The layer of a module: that of its top name."""
    top = module.split(".")[0]
    for layer, tops in LAYERS.items():
        if top in tops or any(top.startswith(f"{name}_") for name in tops):
            return layer
    raise AssertionError(f"`{module}` has no layer: give it one in LAYERS")


def test_the_package_is_found() -> None:
    """The tests below look at every file of the package, and at no empty list."""
    modules = {module_of(path) for path in MODULES}
    assert {"errors", "ir", "semantics", "engines.compiled", "engines.forward"} <= modules


@pytest.mark.parametrize("path", MODULES)
def test_imports_point_down(path: str) -> None:
    """A file imports from its own layer or from lower ones."""
    own = layer_of(module_of(path))
    upward = {module for module in own_modules(path) if layer_of(module) > own}
    assert upward == set()


def test_no_two_files_import_each_other() -> None:
    """Within a layer, too, imports have one direction."""
    graph = {module_of(path): own_modules(path) - {"__init__", module_of(path)} for path in MODULES}
    assert len(tuple(TopologicalSorter(graph).static_order())) >= len(MODULES) - 1


@pytest.mark.parametrize("path", MODULES)
def test_each_foreign_library_has_one_home(path: str) -> None:
    """Only the home file imports a foreign library; all others go through it."""
    module = module_of(path)
    for name in imports(path):
        library = name.split(".")[0]
        if library in sys.stdlib_module_names or library in ("ynpolicy", "attrs", "attr", "__future__"):
            continue
        homes = HOMES.get(library)
        assert homes is not None, f"`{library}` has no home: give it one in HOMES"
        assert any(module == home or module.startswith((f"{home}.", f"{home}_")) for home in homes), library


@pytest.mark.parametrize("path", [path for path in MODULES if path.startswith("engines/")])
def test_no_engine_imports_the_reference(path: str) -> None:
    """An engine that shared code with the reference would agree with it for the wrong reason."""
    reached, waiting = set(), [module_of(path)]
    by_name = {module_of(other): other for other in MODULES}
    while waiting:
        module = waiting.pop()
        if module in reached or module == "__init__":
            continue
        reached.add(module)
        waiting.extend(own_modules(by_name[module]))
    assert "semantics" not in reached
    assert "normalise" not in reached


def test_no_two_engines_share_code() -> None:
    """The forward engine imports nothing of the compiled one, nor the other way round."""
    for path in MODULES:
        if path.startswith("engines/"):
            own = module_of(path).split(".")[1:2] == ["forward"]
            others = {m.split(".")[1] for m in own_modules(path) if m.startswith("engines.")}
            assert others <= {"forward"} if own else "forward" not in others


def test_engines_write_their_own_decision() -> None:
    """No engine borrows the tables of outcomes and decisions from `verdict`."""
    for path in MODULES:
        if path.startswith("engines/"):
            assert not {"ynpolicy.verdict.decide", "ynpolicy.verdict.outcome_of"} & set(imports(path))

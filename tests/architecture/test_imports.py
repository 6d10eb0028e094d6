"""The rooms and their order: imports point down, and every file is where the check can see it."""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
import tomllib
from itertools import pairwise
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]
SOURCE = PROJECT / "src" / "duress"
MODULES = sorted(SOURCE.rglob("*.py"))


def rooms() -> list[str]:
    """Return the rooms that exist, top first, as the import contract in `pyproject.toml` lists them."""
    settings = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))
    (contract,) = settings["tool"]["importlinter"]["contracts"]
    names = [layer.strip("()") for layer in contract["layers"]]
    return [name for name in names if (SOURCE / name).is_dir() or (SOURCE / f"{name}.py").is_file()]


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """Copy the package and its settings to a folder that may be spoilt."""
    shutil.copytree(SOURCE, tmp_path / "src" / "duress", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(PROJECT / "pyproject.toml", tmp_path)
    return tmp_path


def check_imports(project: Path) -> subprocess.CompletedProcess[str]:
    """Run the import check on `project` as `make test` runs it on the checkout."""
    command = "from importlinter.cli import lint_imports_command as check; check()"
    return subprocess.run(
        [sys.executable, "-c", command, "--no-cache", "--no-logo"],
        cwd=project,
        env={**os.environ, "PYTHONPATH": str(project / "src"), "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_every_import_points_down(copy: Path) -> None:
    checked = check_imports(copy)
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_an_import_that_points_up_is_found_in_every_room(copy: Path) -> None:
    names = rooms()
    pairs = list(pairwise(names))
    assert pairs
    for upper, lower in pairs:
        room = copy / "src" / "duress" / lower
        file = room / "planted.py" if room.is_dir() else room.with_suffix(".py")
        with file.open("a", encoding="utf-8") as planted:
            planted.write(f"\nimport duress.{upper}\n")
    checked = check_imports(copy)
    assert checked.returncode == 1
    for upper, lower in pairs:
        assert f"duress.{lower} is not allowed to import duress.{upper}:" in checked.stdout


def test_a_room_that_the_order_does_not_list_is_found(copy: Path) -> None:
    (copy / "src" / "duress" / "attic.py").touch()
    checked = check_imports(copy)
    assert checked.returncode == 1
    assert "- duress.attic" in checked.stdout


def test_every_folder_of_modules_is_a_package() -> None:
    # The import check passes over a folder without an __init__.py, and says nothing.
    assert not [path for path in MODULES if not (path.parent / "__init__.py").is_file()]


def test_rooms_take_nothing_but_the_version_from_the_package_itself() -> None:
    # It names everything for the user, so that a room could reach any other through it, past the import check.
    allowed = {"__version__", *rooms()}
    taken = []
    for path in MODULES:
        if path == SOURCE / "__init__.py":
            continue
        depth = len(path.relative_to(SOURCE).parts)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                taken += [(path, alias.name) for alias in node.names if alias.name == "duress"]
            elif isinstance(node, ast.ImportFrom) and (node.module, node.level) in {("duress", 0), (None, depth)}:
                taken += [(path, alias.name) for alias in node.names if alias.name not in allowed]
    assert not taken


def test_no_module_is_a_drawer_for_odds_and_ends() -> None:
    drawers = {"util", "utils", "common", "helper", "helpers", "misc"}
    assert not [path for path in MODULES if drawers & {path.stem, *path.relative_to(SOURCE).parts}]

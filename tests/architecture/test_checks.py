"""The checks of `make test` look where they should: a fault planted in a copy makes each of them fail."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]
SOUND = '''"""A module for the checks to look at."""

from __future__ import annotations


def twice(number: int) -> int:
    """Return double the number."""
    return 2 * number
'''


def check(project: Path, *command: str) -> subprocess.CompletedProcess[str]:
    """Run a tool of the test environment on `project`."""
    tool = Path(sys.executable).with_name(command[0])
    return subprocess.run([tool, *command[1:]], cwd=project, capture_output=True, text=True, check=False)


def plant(project: Path, folder: str, text: str) -> None:
    """Write a project of one module in `folder`, with the settings of this one."""
    shutil.copy(PROJECT / "pyproject.toml", project)
    for name in ("src/duress", "tests", "benchmarks"):
        (project / name).mkdir(parents=True)
    (project / folder / "planted.py").write_text(text, encoding="utf-8")


@pytest.mark.parametrize("folder", ["src/duress", "tests", "benchmarks"])
@pytest.mark.parametrize(
    ("fault", "rule"),
    [("import os\n", "F401"), ("NAMES = sorted(name for name in {} if not name is None)\n", "E714")],
)
def test_ruff_sees_a_planted_fault(tmp_path: Path, folder: str, fault: str, rule: str) -> None:
    plant(tmp_path, folder, SOUND)
    assert check(tmp_path, "ruff", "check", "--no-cache", ".").returncode == 0
    (tmp_path / folder / "planted.py").write_text(SOUND + fault, encoding="utf-8")
    checked = check(tmp_path, "ruff", "check", "--no-cache", ".")
    assert checked.returncode == 1
    assert rule in checked.stdout


def test_ruff_asks_for_docstrings_on_public_names(tmp_path: Path) -> None:
    plant(tmp_path, "src/duress", SOUND.replace('    """Return double the number."""\n', ""))
    checked = check(tmp_path, "ruff", "check", "--no-cache", ".")
    assert checked.returncode == 1
    assert "D103" in checked.stdout


@pytest.mark.slow
@pytest.mark.parametrize("folder", ["src/duress", "tests", "benchmarks"])
def test_the_type_checker_sees_a_planted_fault(tmp_path: Path, folder: str) -> None:
    plant(tmp_path, folder, SOUND)
    assert check(tmp_path, "basedpyright", "--pythonpath", sys.executable).returncode == 0
    (tmp_path / folder / "planted.py").write_text(SOUND + '\n\nTWICE: str = twice("2")\n', encoding="utf-8")
    checked = check(tmp_path, "basedpyright", "--pythonpath", sys.executable)
    assert checked.returncode == 1
    assert checked.stdout.count("planted.py:") >= 2

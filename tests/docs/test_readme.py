"""The README's own example, typed as a newcomer would: its ten lines, and each command it gives for them."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
(SCENARIO,) = re.findall(r"^```yaml\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
COMMANDS = re.findall(r"^\.venv/bin/duress (.+)$", README, re.MULTILINE)


def test_ten_lines_are_a_scenario() -> None:
    assert len(SCENARIO.splitlines()) == 10


@pytest.mark.slow
@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_given_for_the_ten_lines_does_its_work(command: str, tmp_path: Path) -> None:
    (tmp_path / "lockout.yaml").write_text(SCENARIO, encoding="utf-8")
    program = [sys.executable, "-m", "duress", *shlex.split(command)]
    done = subprocess.run(program, cwd=tmp_path, capture_output=True, text=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr
    assert "A lockout at the mill" in done.stdout

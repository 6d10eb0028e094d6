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
def test_every_command_given_does_its_work(tmp_path: Path) -> None:
    (tmp_path / "lockout.yaml").write_text(SCENARIO, encoding="utf-8")
    for command in COMMANDS:
        words = shlex.split(command, comments=True)
        program = [sys.executable, "-m", "duress", *words]
        done = subprocess.run(program, cwd=tmp_path, capture_output=True, text=True, encoding="utf-8", check=False)
        assert done.returncode == 0, f"{command}: {done.stderr}"
        assert done.stdout or "--out" in words, command
        if "lockout.yaml" in words:
            assert "A lockout at the mill" in done.stdout

"""Solutions written to a file and read back."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import numpy as np
import pytest

from duress.errors import InputError
from duress.game.classics import beer_quiche
from duress.solve import aqre, kept
from duress.solve.aqre import AQRE
from duress.solve.solution import load_solution, solve


def test_a_saved_solution_answers_as_before(tmp_path: Path) -> None:
    solution = solve(beer_quiche(), AQRE(precision=5, beliefs=9))
    solution.save(tmp_path / "kept.npz")
    again = load_solution(tmp_path / "kept.npz", beer_quiche())
    assert again.value() == solution.value()
    assert again.behaviour() == solution.behaviour()
    assert again.certificate == solution.certificate
    assert again.method == solution.method
    assert np.array_equal(again.induction.values, solution.induction.values)
    assert again.run["reused"]
    assert [p.name for p in tmp_path.iterdir()] == ["kept.npz"]


def test_what_is_kept_on_disk_is_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    in_memory = solve(beer_quiche(), AQRE(precision=5, beliefs=9))
    monkeypatch.setattr(kept, "IN_MEMORY", 0)
    on_disk = solve(beer_quiche(), AQRE(precision=5, beliefs=9))
    assert on_disk.induction.values.base is not None  # a view of the file
    assert np.array_equal(on_disk.induction.values, in_memory.induction.values)
    assert np.array_equal(on_disk.induction.ratios, in_memory.induction.ratios)
    assert on_disk.behaviour() == in_memory.behaviour()


def test_a_disk_without_room_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(kept, "IN_MEMORY", 0)
    monkeypatch.setattr(os, "posix_fallocate", full)
    with pytest.raises(InputError, match=r"takes .* GB on disk, in .*: No space left on device\. Set NUMBA_CACHE_DIR"):
        solve(beer_quiche(), AQRE(precision=5, beliefs=9))


def test_a_job_that_does_not_fit_in_memory_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(aqre, "MEMORY_LIMIT", 2**12)
    with pytest.raises(InputError, match=r"needs .* GB of memory; the limit is .*Reduce beliefs"):
        solve(beer_quiche(), AQRE(precision=5, beliefs=9))


def test_another_game_is_refused(tmp_path: Path) -> None:
    solve(beer_quiche(), AQRE(precision=5, beliefs=9)).save(tmp_path / "kept.npz")
    with pytest.raises(InputError, match="another game"):
        load_solution(tmp_path / "kept.npz", beer_quiche(strong=0.8))


@pytest.mark.parametrize("content", [b"", b"no archive", b"PK\x03\x04broken"])
def test_what_holds_no_solution_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "kept.npz").write_bytes(content)
    with pytest.raises(InputError, match=r"kept\.npz"):
        load_solution(tmp_path / "kept.npz", beer_quiche())

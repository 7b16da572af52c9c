"""The decoy: who opens it is told, who does not is not."""

from __future__ import annotations

from pathlib import Path

import pytest

from twin.judge.ai.decoy import Watch, watched


def test_openings_are_counted(tmp_path: Path) -> None:
    with watched(tmp_path, "curious") as told:
        list((tmp_path / "truth").iterdir())  # looking at the folder is not reading
        (tmp_path / "truth" / "faults.csv").read_text()
        (tmp_path / "truth" / "faults.csv").read_text()
    assert [row["solution"] for row in told] == ["", "curious", "curious"]


def test_who_leaves_it_alone_is_not_accused(tmp_path: Path) -> None:
    with watched(tmp_path, "honest") as told:
        (tmp_path / "other").write_text("x")
    assert told == [{"solution": "", "what": "watched"}]


def test_a_file_that_is_not_there_cannot_be_watched(tmp_path: Path) -> None:
    watch = Watch(tmp_path / "nothing")
    assert not watch.able
    assert watch.openings() == 0
    with pytest.raises(OSError, match="No such file"):
        (tmp_path / "nothing").read_text()

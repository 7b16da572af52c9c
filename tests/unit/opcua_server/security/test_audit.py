"""The audit log: what stands in a line, and that files are turned over."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import pytest

from opcua_server.security import audit
from opcua_server.security.audit import Audit
from twin.errors import UsageError


def lines(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_an_entry_says_when_by_both_clocks_who_what_and_the_result(tmp_path: Path) -> None:
    log = Audit(tmp_path / "audit.jsonl", lambda: 12.3456789)
    log.tell(
        "write RFL.BeltSpeed", "Good", user="olga (operator)", address="192.0.2.7", nothing=None
    )
    (entry,) = lines(tmp_path / "audit.jsonl")
    assert datetime.fromisoformat(str(entry.pop("wall"))).tzinfo is not None
    assert entry == {
        "simulated": 12.346,
        "what": "write RFL.BeltSpeed",
        "result": "Good",
        "user": "olga (operator)",
        "address": "192.0.2.7",
    }


def test_a_new_start_goes_on_in_the_same_file(tmp_path: Path) -> None:
    for number in range(2):
        log = Audit(tmp_path / "audit.jsonl")
        log.tell(f"start {number}", "Good")
        log.close()
    assert len(lines(tmp_path / "audit.jsonl")) == 2


def test_files_are_turned_over_and_the_oldest_goes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit, "LARGEST", 2000)
    monkeypatch.setattr(audit, "KEPT", 3)
    log = Audit(tmp_path / "audit.jsonl")
    for number in range(200):
        log.tell(f"entry {number}", "Good")
    files = sorted(path.name for path in tmp_path.iterdir())
    assert files == ["audit.jsonl", *(f"audit.jsonl.{n}" for n in (1, 2, 3))]
    assert all(path.stat().st_size <= 2000 for path in tmp_path.iterdir())
    numbers = [
        int(str(entry["what"]).split()[1])
        for name in reversed(files)
        for entry in lines(tmp_path / name)
    ]
    assert numbers == list(range(numbers[0], 200))


def test_long_texts_from_outside_are_cut_and_stay_one_line(tmp_path: Path) -> None:
    log = Audit(tmp_path / "audit.jsonl")
    log.tell("log in", "BadUserAccessDenied", user="x\n" * 10_000 + '{"forged": 1}')
    (entry,) = lines(tmp_path / "audit.jsonl")
    assert len(str(entry["user"])) == audit.TEXT


def test_a_file_that_cannot_be_written_is_told_at_the_start(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="--audit"):
        Audit(tmp_path)


def test_several_servers_write_one_file_each_under_its_name(tmp_path: Path) -> None:
    log = Audit(tmp_path / "audit.jsonl")
    line, oven = log.of("urn:line"), log.of("urn:oven")
    oven.simulated = lambda: 7.0
    line.tell("log in", "Good")
    oven.tell("write", "Good")
    entries = lines(tmp_path / "audit.jsonl")
    assert [entry["server"] for entry in entries] == ["urn:line", "urn:oven"]
    assert entries[1]["simulated"] == 7.0
    assert [entry["what"] for entry in line.recent] == ["log in"]

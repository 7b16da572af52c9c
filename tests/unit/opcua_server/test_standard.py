import os
from pathlib import Path

import pytest

from opcua_server.standard import cache_file, keep, recall, warm


def test_nodes_come_back_from_the_cache(tmp_path: Path) -> None:
    path = tmp_path / "twin" / "nodes.pickle"
    keep(path, {"a": 1})
    assert recall(path) == {"a": 1}
    assert [p.name for p in path.parent.iterdir()] == ["nodes.pickle"]


def test_a_missing_or_damaged_cache_is_made_anew(tmp_path: Path) -> None:
    path = tmp_path / "nodes.pickle"
    assert recall(path) is None
    for content in (b"", b"no pickle", b"\x80\x04N."):
        path.write_bytes(content)
        assert recall(path) is None


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="file modes are POSIX's")
def test_a_cache_others_may_write_to_is_not_trusted(tmp_path: Path) -> None:
    path = tmp_path / "twin" / "nodes.pickle"
    keep(path, {"a": 1})
    path.chmod(0o666)
    assert recall(path) is None
    path.chmod(0o600)
    path.parent.chmod(0o777)
    assert recall(path) is None


def test_a_folder_that_cannot_be_made_only_costs_time(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    keep(tmp_path / "file" / "nodes.pickle", {"a": 1})


def test_the_cache_can_be_made_ahead(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    warm()
    nodes = recall(cache_file())
    assert nodes is not None
    assert len(nodes) > 6000


def test_the_file_names_what_it_belongs_to(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache_file().parent == tmp_path / "twin"
    assert "2.1" in cache_file().name

"""`twin pki`, `twin users` and the access options of `twin serve`, in this process."""

from __future__ import annotations

from pathlib import Path

import pytest
from ruamel.yaml import YAML
from typer.testing import CliRunner

from opcua_server.security.passwords import verify_password
from tests.unit.opcua_server.security.authority import make
from twin import cli
from twin.cli import _globals_first
from twin.cli.access import Access
from twin.errors import UsageError


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.delenv("TWIN_USER_PASSWORD", raising=False)
    return tmp_path / "state" / "twin"


def invoke(*words: str, given: str | None = None):
    runner = CliRunner()
    return runner.invoke(
        cli.build(), _globals_first(["--lang", "en", *words]), prog_name="twin", input=given
    )


def test_the_server_certificate_is_made_shown_exported_and_renewed(
    state: Path, tmp_path: Path
) -> None:
    shown = invoke("pki", "show")
    assert shown.exit_code == 0
    assert "urn:twin:opcua-server" in shown.output
    first = (state / "pki/own/server.der").read_bytes()
    assert invoke("pki", "export", str(tmp_path / "server.der")).exit_code == 0
    assert (tmp_path / "server.der").read_bytes() == first
    assert invoke("pki", "renew").exit_code == 0
    assert (state / "pki/own/server.der").read_bytes() != first


def test_a_client_is_trusted_and_rejected_again(state: Path, tmp_path: Path) -> None:
    made = make("gateway")
    file = made.write(tmp_path, "gateway")[0]
    assert invoke("pki", "trust", str(file)).exit_code == 0
    (kept,) = (state / "pki/trusted/certs").iterdir()
    assert kept.read_bytes() == made.der
    listed = invoke("pki", "list").output
    assert "trusted" in listed
    thumbprint = next(word for word in listed.split() if word in kept.name and len(word) == 40)
    assert invoke("pki", "reject", thumbprint[:12].lower()).exit_code == 0
    assert not list((state / "pki/trusted/certs").iterdir())
    assert invoke("pki", "trust", thumbprint).exit_code == 0
    assert not list((state / "pki/rejected/certs").iterdir())


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("pki", "trust"), "expected a file or a thumbprint"),
        (("pki", "trust", "nothing.der"), "expected a certificate file or the thumbprint"),
        (("pki", "reject", "ABCDEF0123"), "no trusted certificate has the thumbprint"),
        (("pki", "show", "x"), "takes no argument"),
        (("users", "add"), "expected a user name"),
        (("users", "remove", "nobody"), "there is no user nobody"),
    ],
)
def test_a_wrong_request_says_what_was_expected(
    words: tuple[str, ...], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    done = invoke(*words)
    assert done.exit_code == 2
    assert said in done.output + capsys.readouterr().err


def test_a_users_password_is_kept_as_a_hash_only(state: Path) -> None:
    done = invoke("users", "add", "olga", "--role", "operator", given="correct horse\n")
    assert done.exit_code == 0
    file = state / "users.yaml"
    assert "correct horse" not in file.read_text()
    assert file.stat().st_mode & 0o077 == 0
    entry = YAML(typ="safe").load(file.read_text())["olga"]
    assert entry["role"] == "operator"
    assert verify_password("correct horse", entry["password"])
    listed = invoke("users", "list").output
    assert "olga" in listed
    assert entry["password"] not in listed
    assert invoke("users", "remove", "olga").exit_code == 0
    assert "olga" not in invoke("users", "list").output


def test_a_short_password_is_refused(state: Path) -> None:
    assert invoke("users", "add", "olga", given="short\n").exit_code == 2
    assert not (state / "users.yaml").exists()


def test_a_user_may_have_a_certificate(state: Path, tmp_path: Path) -> None:
    file = make("ines").write(tmp_path, "ines")[0]
    done = invoke("users", "add", "ines", "--role", "instructor", "--certificate", str(file))
    assert done.exit_code == 0
    entry = YAML(typ="safe").load((state / "users.yaml").read_text())["ines"]
    assert set(entry) == {"role", "certificate"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("olga: {role: boss, password: x}", "olga.role: expected one of observer"),
        ("olga: {role: operator}", "olga: expected a password or a certificate"),
        ("olga: {role: operator, password: secret}", "olga.password: expected a hash"),
        ("olga: {role: operator, certificate: 12ab}", "olga.certificate: expected the 64 hex"),
        ("olga: operator", "olga: expected role, password and certificate"),
        ("- olga", "expected user names"),
        ("olga: {", "cannot be read as a users file"),
    ],
)
def test_a_wrong_users_file_says_all_that_is_wrong(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "users.yaml"
    file.write_text(text)
    done = invoke("users", "list", "--users", str(file))
    assert done.exit_code == 2
    assert said in done.output


def test_nobody_without_a_login_operates_from_elsewhere() -> None:
    assert Access().arguments("0.0.0.0")["anonymous_role"] == "observer"
    assert Access().arguments("127.0.0.1")["anonymous_role"] == "observer"
    assert Access("operator").arguments("127.0.0.1")["anonymous_role"] == "operator"
    assert Access("nobody").arguments("0.0.0.0")["anonymous_role"] is None
    with pytest.raises(UsageError, match="--anonymous operator"):
        Access("operator").arguments("0.0.0.0")


def test_users_are_taken_from_the_own_file_where_there_is_one(state: Path, tmp_path: Path) -> None:
    assert Access().arguments("127.0.0.1")["users_file"] is None
    invoke("users", "add", "olga", given="correct horse\n")
    assert Access().arguments("127.0.0.1")["users_file"] == state / "users.yaml"
    with pytest.raises(UsageError, match="there is no file"):
        Access(users=tmp_path / "missing.yaml").arguments("127.0.0.1")

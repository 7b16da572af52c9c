"""The users file: name -> role, password hash, certificate. `twin users` writes it.

    olga:
      role: operator
      password: 5f0c...$9a1e...       salted scrypt hash
    gateway:
      role: observer
      certificate: 83d1...            SHA-256 of the user's certificate

A running server reads it again when it changes; a file that has become wrong is told about, and
the users known before stay.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from opcua_server.security.passwords import is_hash
from twin.errors import TwinError, UsageError
from twin.i18n import _
from twin.trace.journal import ROLES, Role

log = logging.getLogger("opcua_server.security")

LARGEST = 1024 * 1024  # bytes; assumed
WIDEST = 1000  # characters of a line: a hash stays whole
LONGEST_NAME = 100  # characters; assumed
FIELDS = {"role", "password", "certificate"}
HEAD = "# Users of the OPC UA server, written by `twin users`; passwords are scrypt hashes.\n"


class Account(NamedTuple):
    """A user's role, and what proves that it is him: a password's hash, a certificate's SHA-256."""

    password_hash: str
    role: Role
    certificate: str = ""


class WrongUsers(UsageError):
    """A users file that cannot be used."""

    code = "wrong-users"


def load(path: Path) -> dict[str, Account]:
    """The accounts of a users file. Raises WrongUsers naming all that is wrong with it."""
    try:
        if path.stat().st_size > LARGEST:
            raise OSError(27, os.strerror(27))
        data = YAML(typ="safe").load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, YAMLError) as error:
        text = _("{file} cannot be read as a users file: {reason}")
        raise WrongUsers(text.format(file=path, reason=str(error).partition("\n")[0])) from error
    data = {} if data is None else data
    if not isinstance(data, dict):
        raise WrongUsers(_("{file}: expected user names with their roles").format(file=path))
    problems = [text for name, entry in data.items() for text in wrong_with(name, entry)]
    if problems:
        raise WrongUsers("\n".join(f"{path}: {text}" for text in problems))
    return {name: _account(entry) for name, entry in data.items()}


def _account(entry: Mapping[str, Any]) -> Account:
    certificate = entry.get("certificate", "").lower()
    return Account(entry.get("password", ""), entry["role"], certificate)


def wrong_with(name: Any, entry: Any) -> list[str]:
    """Sentences about what is wrong with one entry."""
    if not isinstance(name, str) or not 1 <= len(name) <= LONGEST_NAME:
        return [_("expected a name of 1 to {most} characters, found {name!r}").format(
            most=LONGEST_NAME, name=name)]  # fmt: skip
    if not isinstance(entry, dict) or not set(entry) <= FIELDS:
        return [_("{name}: expected role, password and certificate").format(name=name)]
    problems = []
    if entry.get("role") not in ROLES:
        known = ", ".join(ROLES)
        problems.append(_("{name}.role: expected one of {known}, found {role!r}").format(
            name=name, known=known, role=entry.get("role")))  # fmt: skip
    if not (entry.get("password") or entry.get("certificate")):
        problems.append(_("{name}: expected a password or a certificate").format(name=name))
    password, certificate = entry.get("password", ""), entry.get("certificate", "")
    if password and not (isinstance(password, str) and is_hash(password)):
        text = _("{name}.password: expected a hash as `twin users add` makes it")
        problems.append(text.format(name=name))
    if certificate and not _is_sha256(certificate):
        text = _("{name}.certificate: expected the 64 hex digits of a certificate's SHA-256")
        problems.append(text.format(name=name))
    return problems


def _is_sha256(text: Any) -> bool:
    try:
        return isinstance(text, str) and len(bytes.fromhex(text)) == 32
    except ValueError:
        return False


def save(path: Path, accounts: Mapping[str, Account]) -> None:
    """Write a users file whole or not at all, readable by its owner only."""
    data = {
        name: {
            "role": account.role,
            **({"password": account.password_hash} if account.password_hash else {}),
            **({"certificate": account.certificate} if account.certificate else {}),
        }
        for name, account in sorted(accounts.items())
    }
    partial = path.with_name(path.name + ".partial")
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        partial.unlink(missing_ok=True)
        descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
            stream.write(HEAD)
            if data:
                writer = YAML()
                writer.width = WIDEST
                writer.dump(data, stream)
        partial.replace(path)
    except OSError as error:
        text = _("{file} cannot be written: {reason}")
        raise WrongUsers(text.format(file=path, reason=error.strerror)) from error


class UserFile:
    """A users file that is read again when it changed."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._accounts = load(path)
        self._seen = self._look()

    def accounts(self) -> dict[str, Account]:
        """The accounts as of now."""
        seen = self._look()
        if seen != self._seen:
            self._seen = seen
            try:
                self._accounts = load(self.path)
            except TwinError as error:
                text = _("the users known before stay: {reason}")
                log.warning("%s", text.format(reason=error.message))
        return self._accounts

    def _look(self) -> tuple[int, int, int] | None:
        try:
            stat = self.path.stat()
        except OSError:
            return None
        return stat.st_mtime_ns, stat.st_size, stat.st_ino

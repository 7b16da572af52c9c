"""Who may do what: roles, accounts with hashed passwords, and asyncua's user manager replaced.

asyncua's own manager makes anyone who calls himself "admin" an administrator, whatever the
password. Here a user is in the table with a right password, or anonymous, or turned away; nobody
from the network is ever an asyncua administrator.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from asyncua.crypto.permission_rules import User, UserRole

from twin.trace.journal import ROLES, Role

# scrypt cost for interactive logins: Percival, "Stronger key derivation", BSDCan 2009 (16 MiB,
# tens of milliseconds: more would let a client without a password stall the server)
N, R, P, KEY_BYTES, SALT_BYTES = 2**14, 8, 1, 32, 16


class Account(NamedTuple):
    """A user's stored password hash and role."""

    password_hash: str
    role: Role


def hash_password(password: str, salt: bytes | None = None) -> str:
    """Salted scrypt hash of a password, as "salt$key" in hex."""
    salt = os.urandom(SALT_BYTES) if salt is None else salt
    key = hashlib.scrypt(password.encode(), salt=salt, n=N, r=R, p=P, dklen=KEY_BYTES)
    return f"{salt.hex()}${key.hex()}"


def verify_password(password: str, stored: str) -> bool:
    """Whether `password` is the one `stored` was made from; takes the same time either way."""
    salt = bytes.fromhex(stored.partition("$")[0])
    return hmac.compare_digest(hash_password(password, salt), stored)


def at_least(role: Role, needed: Role) -> bool:
    """Whether `role` has the rights of `needed`."""
    return ROLES.index(role) >= ROLES.index(needed)


@dataclass
class LineUser(User):
    """A client as the line sees it; `role` stays asyncua's "user", never its administrator."""

    role: UserRole = UserRole.User
    grade: Role = "observer"

    def may(self, needed: Role) -> bool:
        """Whether this client has the rights of role `needed`."""
        return at_least(self.grade, needed)

    def __str__(self) -> str:
        return f"{self.name or 'anonymous'} ({self.grade})"


class Accounts:
    """The table of users behind the server; anonymous clients get `anonymous_role`, or nothing."""

    def __init__(
        self, users: Mapping[str, tuple[str, Role]] | None, anonymous_role: Role | None
    ) -> None:
        self.users = {name: Account(*entry) for name, entry in (users or {}).items()}
        self.anonymous_role = anonymous_role
        self._nobody = hash_password(os.urandom(8).hex())

    def get_user(
        self,
        iserver: Any,
        username: str | None = None,
        password: str | None = None,
        certificate: Any = None,
    ) -> LineUser | None:
        """The client's user, or None to turn it away. The signature is asyncua's."""
        if username is None:
            if self.anonymous_role is None:
                return None
            return LineUser(name=None, grade=self.anonymous_role)
        account = self.users.get(username)
        # an unknown name costs the same time as a known one
        stored = account.password_hash if account else self._nobody
        if not verify_password(password or "", stored) or account is None:
            return None
        return LineUser(name=username, grade=account.role)

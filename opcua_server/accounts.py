"""Who may do what: roles, accounts, and asyncua's user manager replaced.

asyncua's own manager makes anyone who calls himself "admin" an administrator, whatever the
password. Here a user is in the table with a right password or his certificate, or anonymous, or
turned away; nobody from the network is ever an asyncua administrator.
"""

from __future__ import annotations

import hmac
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from asyncua.crypto.permission_rules import User, UserRole

from opcua_server.security.certificates import fingerprint
from opcua_server.security.passwords import hash_password, verified, verify_password
from opcua_server.security.tokens import UserCertificate
from opcua_server.security.users import Account, UserFile
from twin.trace.journal import ROLES, Role

__all__ = [
    "Account",
    "Accounts",
    "LineUser",
    "at_least",
    "hash_password",
    "verify_password",
]


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
    """The users behind the server; anonymous clients get `anonymous_role`, or nothing.

    `users` stay as they are while the server runs, those of `file` are what it says at each login.
    """

    def __init__(
        self,
        users: Mapping[str, tuple[str, Role]] | None,
        anonymous_role: Role | None,
        file: UserFile | None = None,
    ) -> None:
        self.users = {name: Account(*entry) for name, entry in (users or {}).items()}
        self.anonymous_role = anonymous_role
        self.file = file
        self._nobody = hash_password(os.urandom(8).hex())
        self._proofs: dict[tuple[str, str], bool] = {}  # stored hash and password, until asked for

    def table(self) -> dict[str, Account]:
        """All accounts by name, as of now."""
        return (self.file.accounts() if self.file is not None else {}) | self.users

    def _stored(self, account: Account | None) -> str:
        """The hash to hold a password against: an unknown name costs the time of a known one."""
        known = account is not None and account.password_hash
        return known or self._nobody

    async def prove(self, username: str, password: str) -> None:
        """Check a password beside the event loop; the next `get_user` with it takes the answer."""
        stored = self._stored(self.table().get(username))
        self._proofs[stored, password] = await verified(password, stored)

    def get_user(
        self,
        iserver: Any,
        username: str | None = None,
        password: str | None = None,
        certificate: Any = None,
    ) -> LineUser | None:
        """The client's user, or None to turn it away. The signature is asyncua's."""
        if isinstance(certificate, UserCertificate):
            return self._by_certificate(certificate)
        if username is None:
            if self.anonymous_role is None:
                return None
            return LineUser(name=None, grade=self.anonymous_role)
        account = self.table().get(username)
        stored, password = self._stored(account), password or ""
        right = self._proofs.pop((stored, password), None)
        if right is None:
            right = verify_password(password, stored)
        if not right or account is None or not account.password_hash:
            return None
        return LineUser(name=username, grade=account.role)

    def _by_certificate(self, certificate: bytes) -> LineUser | None:
        shown = fingerprint(certificate)
        for name, account in self.table().items():
            if account.certificate and hmac.compare_digest(account.certificate, shown):
                return LineUser(name=name, grade=account.role)
        return None

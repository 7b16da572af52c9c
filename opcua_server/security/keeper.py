"""What `twin pki` and `twin users` do to a PKI folder and a users file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cryptography import x509

from opcua_server import pki
from opcua_server.security.certificates import (
    common_name,
    der_of,
    fingerprint,
    issued_by,
    read,
    thumbprint,
    uris,
)
from opcua_server.security.passwords import hash_password
from opcua_server.security.trust import ISSUERS, REJECTED, TRUSTED, file_name, prepare
from opcua_server.security.users import LONGEST_NAME, Account, WrongUsers, load, save
from twin.errors import UsageError
from twin.i18n import _
from twin.trace.journal import Role

PLACES = {"own": "own", "trusted": TRUSTED, "issuer": ISSUERS, "rejected": REJECTED}
SHORTEST_PASSWORD = 8  # characters: NIST SP 800-63B, 5.1.1.1


@dataclass(frozen=True)
class Entry:
    """A certificate in a PKI folder."""

    place: str  # a key of PLACES
    name: str
    uri: str
    thumbprint: str
    ends: datetime
    file: Path


class PkiKeeper:
    """The certificates of one PKI folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def entries(self) -> list[Entry]:
        """All certificates by place; files that hold none are left out."""
        return [_entry(place, path, one) for place, path, one in self._files()]

    def own(self) -> Entry:
        """The server's certificate, made when there is none."""
        identity = pki.own_identity(self.folder, pki.APPLICATION_URI)
        return _entry("own", identity.certificate, read(identity.certificate))

    def trust(self, wanted: str) -> Entry:
        """Trust a certificate: a file, or the thumbprint of a rejected one. Raises UsageError."""
        prepare(self.folder)
        found = self._by_thumbprint(wanted, ("rejected",))
        path = found.file if found is not None else Path(wanted)
        try:
            certificate = read(path)
        except (OSError, ValueError) as error:
            text = _("{wanted}: expected a certificate file or the thumbprint of a rejected one")
            raise UsageError(text.format(wanted=wanted)) from error
        return self._move(certificate, TRUSTED, "trusted")

    def reject(self, wanted: str) -> Entry:
        """No longer trust a certificate, found by its thumbprint. Raises UsageError."""
        prepare(self.folder)
        found = self._by_thumbprint(wanted, ("trusted", "issuer"))
        if found is None:
            text = _("no trusted certificate has the thumbprint {wanted}; see `twin pki list`")
            raise UsageError(text.format(wanted=wanted))
        return self._move(read(found.file), REJECTED, "rejected")

    def renew(self) -> list[Entry]:
        """A new key and certificate for each server of ours; a running one takes them by itself.

        What an authority issued is left to it. Raises UsageError when there is nothing else.
        """
        self.own()
        mine = [
            (path, uris(one)[0])
            for place, path, one in self._files()
            if place == "own" and uris(one) and issued_by(one, one)
        ]
        if not mine:
            raise UsageError(_("the server's certificate was issued by an authority: ask it"))
        for path, uri in mine:
            pki.create(pki.Identity.of(self.folder, path.stem), uri)
        return [_entry("own", path, read(path)) for path, _uri in mine]

    def export(self, out: Path) -> Entry:
        """Write the server's certificate to a file, for clients to trust. Raises UsageError."""
        own = self.own()
        try:
            out.write_bytes(der_of(read(own.file)))
        except OSError as error:
            text = _("{file} cannot be written: {reason}")
            raise UsageError(text.format(file=out, reason=error.strerror)) from error
        return own

    def _files(self) -> Iterator[tuple[str, Path, x509.Certificate]]:
        for place, name in PLACES.items():
            folder = self.folder / name
            for path in sorted(folder.iterdir()) if folder.is_dir() else ():
                try:
                    yield place, path, read(path)
                except (OSError, ValueError):
                    continue  # a key, or what somebody else put there

    def _by_thumbprint(self, wanted: str, places: tuple[str, ...]) -> Entry | None:
        plain = wanted.replace(":", "").upper()
        if len(plain) < 6:  # shorter ones name several before long
            return None
        found = [
            entry
            for entry in self.entries()
            if entry.place in places and entry.thumbprint.startswith(plain)
        ]
        if len({entry.thumbprint for entry in found}) > 1:
            text = _("several certificates begin with {wanted}; see `twin pki list`")
            raise UsageError(text.format(wanted=wanted))
        return found[0] if found else None

    def _move(self, certificate: x509.Certificate, folder: str, place: str) -> Entry:
        """Have the certificate in this folder, and in no other but the server's own."""
        target = self.folder / folder / file_name(certificate)
        pki.write_whole(target, der_of(certificate), 0o644)
        for other, path, one in list(self._files()):
            if other != "own" and one == certificate and path != target:
                path.unlink(missing_ok=True)
        return _entry(place, target, certificate)


def _entry(place: str, path: Path, certificate: x509.Certificate) -> Entry:
    return Entry(
        place,
        common_name(certificate),
        ", ".join(uris(certificate)),
        thumbprint(certificate),
        certificate.not_valid_after_utc,
        path,
    )


class UserKeeper:
    """The users of one users file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def accounts(self) -> dict[str, Account]:
        """The users; none where there is no file yet."""
        return load(self.path) if self.path.exists() else {}

    def add(
        self, name: str, role: Role, password: str | None = None, certificate: Path | None = None
    ) -> None:
        """Add a user or give him a new role and new proofs. Raises UsageError."""
        if not 1 <= len(name) <= LONGEST_NAME:
            text = _("expected a name of 1 to {most} characters, found {name!r}")
            raise WrongUsers(text.format(most=LONGEST_NAME, name=name))
        if password is not None and len(password) < SHORTEST_PASSWORD:
            text = _("a password has at least {least} characters")
            raise WrongUsers(text.format(least=SHORTEST_PASSWORD))
        shown = ""
        if certificate is not None:
            try:
                shown = fingerprint(der_of(read(certificate)))
            except (OSError, ValueError) as error:
                text = _("{file} is not a certificate")
                raise WrongUsers(text.format(file=certificate)) from error
        accounts = self.accounts()
        hashed = hash_password(password) if password is not None else ""
        save(self.path, accounts | {name: Account(hashed, role, shown)})

    def remove(self, name: str) -> None:
        """Take a user out. Raises UsageError when there is none of that name."""
        accounts = self.accounts()
        if accounts.pop(name, None) is None:
            raise WrongUsers(_("there is no user {name}").format(name=name))
        save(self.path, accounts)

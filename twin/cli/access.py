"""Who reaches a live line: options of `twin serve`, and the commands `pki` and `users`.

The certificates and users themselves are kept by the OPC UA server, found by name.
"""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from twin.errors import UsageError
from twin.i18n import _
from twin.serve.faces import KEEPERS, face

LOOPBACK = ("127.0.0.1", "::1", "localhost")
PASSWORD_VARIABLE = "TWIN_USER_PASSWORD"


class Anonymous(StrEnum):
    """What a client without a login may do."""

    NOBODY = "nobody"
    OBSERVER = "observer"
    OPERATOR = "operator"


class PkiAction(StrEnum):
    """What `twin pki` does."""

    SHOW = "show"
    LIST = "list"
    TRUST = "trust"
    REJECT = "reject"
    RENEW = "renew"
    EXPORT = "export"


class UserAction(StrEnum):
    """What `twin users` does."""

    LIST = "list"
    ADD = "add"
    REMOVE = "remove"


class RoleName(StrEnum):
    """A role, each with the rights of those before it."""

    OBSERVER = "observer"
    OPERATOR = "operator"
    ENGINEER = "engineer"
    INSTRUCTOR = "instructor"


@dataclass(frozen=True)
class Access:
    """Who may reach a live line; None leaves it to the address it listens on."""

    anonymous: str = Anonymous.OBSERVER.value
    allow_none: bool | None = None
    auto_trust: bool | None = None
    pki: Path | None = None
    users: Path | None = None
    audit: Path | None = None

    def arguments(self, host: str) -> dict[str, Any]:
        """Arguments of the OPC UA adapter. Raises UsageError."""
        if self.anonymous == Anonymous.OPERATOR.value and host not in LOOPBACK:
            raise UsageError(
                _("--anonymous operator: only where no other machine can connect, not on {host}")
                .format(host=host)
            )  # fmt: skip
        if self.users is not None and not self.users.is_file():
            raise UsageError(
                _("--users: there is no file {file}; `twin users add` makes one").format(
                    file=self.users
                )
            )
        users = self.users or users_file()
        return {
            "anonymous_role": None if self.anonymous == "nobody" else self.anonymous,
            "allow_none": self.allow_none,
            "auto_trust": self.auto_trust,
            "pki": self.pki or pki_folder(),
            "users_file": users if users.is_file() else None,
            "audit": self.audit,
        }


def state_folder() -> Path:
    """Where this user's programs keep what lasts (XDG base directory specification 0.8)."""
    base = os.environ.get("XDG_STATE_HOME") or "~/.local/state"
    return Path(base).expanduser() / "twin"


def pki_folder() -> Path:
    """The PKI folder when none is named."""
    return state_folder() / "pki"


def users_file() -> Path:
    """The users file when none is named."""
    return state_folder() / "users.yaml"


def anonymous() -> Any:
    """The option that says what clients without a login may do."""
    return typer.Option(
        "--anonymous", help=_("OPC UA clients without a login: operator on this machine only.")
    )


def allow_none() -> Any:
    """The option that offers the endpoint without security."""
    return typer.Option(
        "--allow-none/--no-allow-none",
        help=_("Offer OPC UA without security. [default: on this machine only]"),
    )


def auto_trust() -> Any:
    """The option that takes certificates nobody trusts yet."""
    return typer.Option(
        "--auto-trust/--no-auto-trust",
        help=_("Take client certificates nobody trusted yet. [default: on this machine only]"),
    )


def pki_option() -> Any:
    """The option that names the PKI folder."""
    return typer.Option("--pki", metavar="DIR", help=_("Certificates. [default: your own folder]"))


def users_option() -> Any:
    """The option that names the users file."""
    return typer.Option(
        "--users", metavar="FILE", help=_("Users. [default: your own file, where there is one]")
    )


def audit() -> Any:
    """The option that names the audit log."""
    return typer.Option(
        "--audit", metavar="FILE", help=_("Write down who did what, a JSON line each.")
    )


def _pki(
    action: Annotated[PkiAction, typer.Argument(help=_("What to do."))],
    what: Annotated[
        str | None,
        typer.Argument(
            metavar="[FILE|THUMBPRINT]",
            help=_("trust: either; reject: a thumbprint; export: the file to write."),
        ),
    ] = None,
    pki: Annotated[Path | None, pki_option()] = None,
) -> None:
    from twin.cli.lookup import print_table, show

    keeper = face(KEEPERS, "pki")(pki or pki_folder())
    if action in (PkiAction.SHOW, PkiAction.LIST, PkiAction.RENEW):
        if what is not None:
            raise UsageError(_("{action} takes no argument").format(action=action.value))
        rows = keeper.entries() if action is PkiAction.LIST else []
        if action is PkiAction.LIST:
            titles = (_("place"), _("name"), _("application"), _("ends"), _("thumbprint"))
            print_table(titles, [
                [row.place, row.name, row.uri, f"{row.ends:%Y-%m-%d}", row.thumbprint]
                for row in rows
            ])  # fmt: skip
            return
        entries = [keeper.own()] if action is PkiAction.SHOW else keeper.renew()
    else:
        if what is None:
            raise UsageError(_("{action}: expected a file or a thumbprint").format(
                action=action.value))  # fmt: skip
        take = {"trust": keeper.trust, "reject": keeper.reject}.get(action.value)
        entries = [keeper.export(Path(what)) if take is None else take(what)]
    for entry in entries:
        for title, text in (
            (_("place"), entry.place),
            (_("name"), entry.name),
            (_("application"), entry.uri),
            (_("thumbprint"), entry.thumbprint),
            (_("ends"), f"{entry.ends:%Y-%m-%d}"),
            (_("file"), str(entry.file)),
        ):
            show(f"{title}: {text}")


def _users(
    action: Annotated[UserAction, typer.Argument(help=_("What to do."))],
    name: Annotated[str | None, typer.Argument(metavar="[NAME]", help=_("The user."))] = None,
    role: Annotated[RoleName, typer.Option("--role", help=_("What the user may do."))] = (
        RoleName.OBSERVER
    ),
    certificate: Annotated[
        Path | None,
        typer.Option(
            "--certificate",
            metavar="FILE",
            help=_("Log in with this certificate's key instead of a password."),
        ),
    ] = None,
    users: Annotated[Path | None, users_option()] = None,
) -> None:
    from twin.cli.lookup import print_table, show

    keeper = face(KEEPERS, "users")(users or users_file())
    if action is UserAction.LIST:
        rows = keeper.accounts().items()
        titles = (_("name"), _("role"), _("proof"))
        print_table(titles, [
            [one, account.role, _("certificate") if account.certificate else _("password")]
            for one, account in rows
        ])  # fmt: skip
        return
    if name is None:
        raise UsageError(_("{action}: expected a user name").format(action=action.value))
    if action is UserAction.REMOVE:
        keeper.remove(name)
        show(_("{name} is removed").format(name=name))
        return
    password = None if certificate is not None else _asked_password(name)
    keeper.add(name, role.value, password, certificate)
    show(_("{name} is {role} in {file}").format(name=name, role=role.value, file=keeper.path))


def _asked_password(name: str) -> str:
    """The password from the environment, the terminal or a line of standard input: no argument,
    which others on the machine could see."""
    given = os.environ.get(PASSWORD_VARIABLE)
    if given is not None:
        return given
    if sys.stdin.isatty():
        text = _("Password of {name}").format(name=name)
        return str(typer.prompt(text, hide_input=True, confirmation_prompt=True))
    return sys.stdin.readline().rstrip("\r\n")

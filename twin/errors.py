"""Every error a user may meet: one tree, a sentence for people and fields for programs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from twin.i18n import _


class TwinError(Exception):
    """Base of all errors raised on purpose; `code` names the case, `fields` holds its values.

    >>> import twin
    >>> try:
    ...     twin.load("no/such-line")
    ... except twin.TwinError as error:
    ...     print(error.code, error.exit_status)
    unknown-scenario 2
    """

    code = "twin"
    exit_status = 1

    def __init__(self, message: str, **fields: object) -> None:
        super().__init__(message)
        self.message = message
        self.fields = fields

    def __reduce__(self) -> tuple[object, ...]:
        return (_rebuild, (type(self), self.message, self.fields))


def _rebuild(kind: type[TwinError], message: str, fields: dict[str, object]) -> TwinError:
    error = kind.__new__(kind)
    TwinError.__init__(error, message, **fields)
    return error


@dataclass(frozen=True)
class Problem:
    """One thing wrong with a scenario: where, what was expected, what was found, what to do."""

    file: str
    line: int
    path: str
    expected: str
    found: str
    fix: str = ""

    def __str__(self) -> str:
        text = _("{file}:{line}: {path}: expected {expected}, found {found}").format(
            file=self.file,
            line=self.line,
            path=self.path or _("(file)"),
            expected=self.expected,
            found=self.found,
        )
        return f"{text}. {self.fix}" if self.fix else text


class ScenarioError(TwinError):
    """A scenario is unusable; `problems` lists everything wrong with it at once."""

    code = "scenario"
    exit_status = 2

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = tuple(problems)

    def __reduce__(self) -> tuple[object, ...]:
        return (ScenarioError, (self.problems,))


class UnknownScenario(TwinError):
    """No shipped scenario and no file has this name."""

    code = "unknown-scenario"
    exit_status = 2


class UsageError(TwinError):
    """An argument cannot be used: a malformed duration, an unknown tag or fault."""

    code = "usage"
    exit_status = 2


class FutureError(TwinError):
    """A value was asked for at an instant the simulation has not reached."""

    code = "future"


class CommandError(TwinError):
    """A command cannot be applied; the message is the reason given to the client."""

    code = "command"


class RunDirError(TwinError):
    """A run directory is missing, unfinished, damaged or not writable."""

    code = "run-dir"


class PortInUse(TwinError):
    """A server's port is already taken."""

    code = "port-in-use"


class MissingSystemLibrary(TwinError):
    """A library of the operating system is not installed."""

    code = "missing-library"

"""What a command's errors become: a sentence on standard error and an exit status."""

from __future__ import annotations

import functools
import os
import sys
import traceback
from collections.abc import Callable
from typing import Any

from twin.errors import TwinError
from twin.i18n import _

INTERRUPTED, BROKEN_PIPE = 130, 141  # as shells report SIGINT and SIGPIPE


class guarded:  # noqa: N801 - used as a decorator
    """A command that ends with an exit status whatever happens in it."""

    debug = False

    def __init__(self, function: Callable[..., None]) -> None:
        functools.update_wrapper(self, function)
        self._function = function

    def __call__(self, *args: Any, **kwargs: Any) -> None:
        """Run the command. Raises SystemExit for anything but success."""
        try:
            self._function(*args, **kwargs)
            sys.stdout.flush()
        except TwinError as error:
            say_error(error.message)
            self._trace()
            raise SystemExit(error.exit_status) from None
        except KeyboardInterrupt:
            say_error(_("Stopped. Nothing half-written was kept."))
            raise SystemExit(INTERRUPTED) from None
        except BrokenPipeError:
            # nobody reads on; keep Python from complaining when it flushes at the end
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise SystemExit(BROKEN_PIPE) from None
        except Exception as error:  # noqa: BLE001 - the last stop before the user
            say_error(
                _("Unexpected error: {error}").format(error=f"{type(error).__name__}: {error}")
            )
            if not self._trace():
                say(_("Add --debug to see where it came from, and please report it."))
            raise SystemExit(1) from None

    def _trace(self) -> bool:
        if guarded.debug:
            traceback.print_exc()
        return guarded.debug


def say(text: str) -> None:
    """A line for people on standard error."""
    sys.stderr.write(text + "\n")


def say_error(text: str) -> None:
    """An error message on standard error."""
    begin, end = ("\x1b[31m", "\x1b[0m") if colours() else ("", "")
    say(f"{begin}{_('Error:')}{end} {text}")


def colours() -> bool:
    """Whether standard error is a terminal that shows colours."""
    return sys.stderr.isatty() and "NO_COLOR" not in os.environ

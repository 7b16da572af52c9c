"""Runs a server so that Ctrl-C reaches the server and not `make`: `foreground.py COMMAND...`.

`make` ends with an error on any SIGINT it gets, even when its recipe then stops cleanly. So at a
terminal the server becomes the foreground job, as under a shell, and `make` only sees its exit
status. Signals sent to this process are passed on. Without a terminal the command simply replaces
this process.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys


def main(command: list[str]) -> int:
    """Run the command as the terminal's foreground job and return its exit status."""
    if not os.isatty(0) or os.tcgetpgrp(0) != os.getpgrp():
        os.execvp(command[0], command)
    # a process that is not in the foreground is stopped by SIGTTOU when it hands the terminal over
    signal.signal(signal.SIGTTOU, signal.SIG_IGN)
    server = subprocess.Popen(
        command,
        process_group=0,
        preexec_fn=lambda: signal.signal(signal.SIGTTOU, signal.SIG_DFL),
    )
    os.tcsetpgrp(0, server.pid)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda received, _frame: server.send_signal(received))
    status = server.wait()
    os.tcsetpgrp(0, os.getpgrp())
    return 128 - status if status < 0 else status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

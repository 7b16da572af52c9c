"""Files that appear whole or not at all: written beside their place, renamed when complete.

What is under way has a name that begins with a dot and ends in `.partial-<process>`; whatever ends
it early (an error, Ctrl-C, a full disk) removes it.
"""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from twin.errors import RunDirError
from twin.i18n import _

FULL = (errno.ENOSPC, errno.EDQUOT)


def partial(path: Path) -> Path:
    """Name of `path` while it is being written."""
    return path.parent / f".{path.name}.partial-{os.getpid()}"


def remove(path: Path) -> None:
    """Remove a file or a folder with all in it, if it is there."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        with suppress(OSError):
            path.unlink()


def flush(path: Path) -> None:
    """Have the disk hold what was written to a file or folder."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Turn the system's errors into a RunDirError that names `path` and says what to do."""
    try:
        yield
    except OSError as error:
        if error.errno in FULL:
            text = _(
                "{path}: the disk is full, nothing was kept. "
                "Free some space, or write to another disk."
            )
        else:
            text = _("{path}: cannot be written ({reason}). Nothing was kept.")
        reason = error.strerror or str(error)
        raise RunDirError(text.format(path=path, reason=reason), path=str(path)) from error


def _make_parent(path: Path) -> None:
    if path.parent.exists() and not path.parent.is_dir():
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(path.parent))
    path.parent.mkdir(parents=True, exist_ok=True)


@contextmanager
def whole_folder(path: Path, replace: bool) -> Iterator[Path]:
    """A new empty folder to write into; it becomes `path` when the block ends well.

    With `replace` an existing folder is exchanged for the new one in the last moment.
    """
    temporary, old = partial(path), path.parent / f".{path.name}.old-{os.getpid()}"
    try:
        with writing(path):
            _make_parent(path)
            remove(temporary)
            temporary.mkdir()
        yield temporary
        with writing(path):
            for file in temporary.iterdir():
                flush(file)
            flush(temporary)
            if replace and path.exists():
                path.rename(old)
            temporary.rename(path)
            flush(path.parent)
    except BaseException:
        if old.exists() and not path.exists():
            old.rename(path)
        remove(temporary)
        raise
    finally:
        if path.exists():
            remove(old)


@contextmanager
def whole_files(*paths: Path) -> Iterator[tuple[Path, ...]]:
    """Temporary names for files; they take their places together, the last one last.

    A reader who finds the last file may rely on all the others.
    """
    temporary = tuple(map(partial, paths))
    try:
        with writing(paths[-1]):
            _make_parent(paths[-1])
        yield temporary
        with writing(paths[-1]):
            for file in temporary:
                flush(file)
            for file, path in zip(temporary, paths, strict=True):
                file.replace(path)
    except BaseException:
        for file in temporary:
            remove(file)
        raise

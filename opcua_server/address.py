"""Addresses that options of `twin serve` name."""

from __future__ import annotations

from urllib.parse import urlsplit

from twin.errors import UsageError
from twin.i18n import _


def address_of(option: str, example: str, url: str, port: int) -> tuple[str, int]:
    """Host and port of an address of the same scheme as `example`; `port` where it names none.

    Raises UsageError that names the option.
    """
    scheme = urlsplit(example).scheme
    try:
        parts = urlsplit(url)
        found = (parts.hostname, parts.port or port) if parts.scheme == scheme else (None, 0)
    except ValueError:
        found = (None, 0)
    host, number = found
    if host is None:
        raise UsageError(
            _("{option}: expected an address such as {example}, found {url}").format(
                option=option, example=example, url=url
            )
        )
    return host, number

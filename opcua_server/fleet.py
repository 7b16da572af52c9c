"""Every machine its own OPC UA server, as on a shop floor: one for the line, one a station.

All of them show the same session. Namespaces, NodeIds and browse paths are those of the one server
for a line, so a client's configuration changes only in its endpoints. The line's server carries
what belongs to no single station, and its FindServers lists the others.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from opcua_server.adapter import Application, OpcUaAdapter
from opcua_server.chaos import Chaos, plan_of
from opcua_server.chaos.acts import Site
from opcua_server.chaos.weather import Weather
from opcua_server.nodes import LINE_STATION
from opcua_server.pki import APPLICATION_URI
from opcua_server.security.audit import Audit
from twin.field import Exposure, Records
from twin.serve.adapter import Block


class PartOfLine:
    """A line of which only some stations are to be seen; everything else is the line's."""

    def __init__(self, line: Any, stations: tuple[Any, ...]) -> None:
        self.whole = line
        self.stations = stations

    def __getattr__(self, name: str) -> Any:
        return getattr(self.whole, name)


class PartOfSession:
    """A live session as one of the servers sees it: `station` "Line" is the line itself."""

    def __init__(self, session: Any, station: str) -> None:
        self._session = self.whole = session
        self.station = station
        self.whole_line = station == LINE_STATION
        self.beside: Mapping[str, OpcUaAdapter] = {}  # the line's: all servers by station
        shown = session.shown
        self.line = PartOfLine(
            session.line, tuple(one for one in session.line.stations if one.id == station)
        )
        self.shown = Exposure(
            shown.level,
            {key: tag for key, tag in shown.tags.items() if tag.station == station},
            {key: row for key, row in shown.settings.items() if key.startswith(f"{station}.")},
        )

    def told_beside(self, key: str) -> Any:
        """What a tag's own server tells its clients (DataValue); None where it shows none."""
        server = self.beside.get(key.partition(".")[0])
        return None if server is None else server.told(key)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._session, name)


@dataclass(frozen=True)
class Share:
    """Which rows of the session's blocks a server shows."""

    rows: NDArray[np.intp]
    names: tuple[str, ...]

    @classmethod
    def of(cls, session: Any, part: PartOfSession) -> Share:
        """The rows of a part."""
        keys = list(session.shown.tags)
        rows = [row for row, key in enumerate(keys) if key in part.shown.tags]
        return cls(np.array(rows, dtype=np.intp), tuple(keys[row] for row in rows))

    def cut(self, block: Any) -> Block:
        """A block with these rows only."""
        reachable = getattr(block, "reachable", None)
        return Block(
            block.t,
            block.wall,
            self.names,
            block.values[self.rows],
            block.changed[self.rows],
            self._received(getattr(block, "received", None)),
            None if reachable is None else reachable[self.rows],
        )

    def _received(self, received: Records | None) -> Records | None:
        if received is None:
            return None
        number = np.full(len(received.names), -1, dtype=np.int32)
        number[self.rows] = np.arange(len(self.rows), dtype=np.int32)
        tag = number[received.tag]
        mine = tag >= 0
        return replace(received.take(mine), names=self.names, tag=tag[mine])


class OpcUaFleet:
    """A session's line as one OPC UA server for the line and one for each station.

    The line's server takes `port`, the stations the ports above it in the order of the line; 0
    takes free ones. `options` are those of `OpcUaAdapter`, the same for all. With a `pki` folder
    every server has a certificate and an application URI of its own.
    """

    def __init__(
        self,
        host: str = "127.0.0.1",
        port: int = 4840,
        *,
        chaos: str = "",
        audit: Path | Audit | None = None,
        **options: Any,
    ) -> None:
        self.host, self.port = host, port
        self.plan = chaos
        self.chaos: Chaos | None = None
        log = audit if isinstance(audit, Audit) else Audit(audit)  # one file, one writer
        self.options = options | {"audit": log}
        self.servers: dict[str, OpcUaAdapter] = {}
        self._shares: dict[str, Share] = {}

    @property
    def endpoints(self) -> list[str]:
        """Addresses to connect to: the line's first, then the stations' in their order."""
        return [address for server in self.servers.values() for address in server.endpoints]

    @property
    def endpoint_of(self) -> Mapping[str, str]:
        """Address of each server by its station; the line's is "Line"."""
        return {station: server.endpoints[0] for station, server in self.servers.items()}

    async def start(self, session: Any) -> None:
        """Build and start all servers. Raises PortInUse when one of the ports is taken."""
        try:
            types = None
            for number, (station, application) in enumerate(_applications(session.line)):
                part = PartOfSession(session, station)
                port = self.port + number if self.port else 0
                server = OpcUaAdapter(
                    self.host,
                    port,
                    application=application,
                    types=types,
                    weather=Weather() if self.plan else None,
                    **self.options,
                )
                self.servers[station] = server
                if part.whole_line:
                    part.beside = self.servers
                self._shares[station] = Share.of(session, part)
                await server.start(part)
                types = server.types
        except BaseException:
            await self.stop()
            raise
        line, *stations = self.servers.values()
        line.list_others([(server.application, server.port) for server in stations])
        if self.plan:
            seed = session.run.trace.seed
            plan = plan_of(self.plan, seed, session.shown.tags, self.servers)
            self.chaos = Chaos(plan, seed, session, self._meant)
            self.chaos.start()

    def _meant(self, target: str) -> dict[str, Site]:
        """Servers that a target of chaos means: a station's, a tag's, or all."""
        one = self.servers.get(target.partition(".")[0])
        return dict(self.servers) if one is None else {target.partition(".")[0]: one}

    def keep(self, folder: Path) -> None:
        """Write what chaos did into the run's folder."""
        if self.chaos is not None:
            self.chaos.keep(folder)

    async def publish(self, block: Any) -> None:
        """Give each server its rows of a block."""
        if self.chaos is not None:
            await self.chaos.follow()
        for station, server in reversed(self.servers.items()):  # the line sums up its stations
            await server.publish(self._shares[station].cut(block))

    async def stop(self) -> None:
        """Close all connections and ports."""
        if self.chaos is not None:
            await self.chaos.stop()
        while self.servers:
            _station, server = self.servers.popitem()
            await server.stop()
        self.options["audit"].close()


def _applications(line: Any) -> Iterator[tuple[str, Application]]:
    """Who each server is: the line's own first."""
    yield LINE_STATION, Application(APPLICATION_URI, line.title.en)
    for station in line.stations:
        title = f"{station.id}: {station.title.en}"
        yield station.id, Application(f"{APPLICATION_URI}:{station.id}", title, station.id)

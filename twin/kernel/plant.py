"""From a line to its running units: machines, buffers, crews, rigs, fault scripts, wired up."""

from __future__ import annotations

from typing import TypeVar

from twin.kernel.batch import Batch
from twin.kernel.belt import Belt
from twin.kernel.buffer import Buffer, Sink
from twin.kernel.calendar import Calendar
from twin.kernel.crew import Crew
from twin.kernel.draws import Draws
from twin.kernel.extras import Changeover, Extras, Loading
from twin.kernel.failures import Failures, Mode
from twin.kernel.faults import FaultScript
from twin.kernel.flow_stock import FlowStock
from twin.kernel.fluid_buffer import FluidBuffer
from twin.kernel.fluid_net import FluidNet
from twin.kernel.fluid_setup import FluidSetup
from twin.kernel.fluid_station import FluidStation, Pipes
from twin.kernel.jobs import Jobs
from twin.kernel.machine import Machine, Outlet, Source
from twin.kernel.part import Orders
from twin.kernel.rig import Rig
from twin.kernel.route import Router
from twin.kernel.shifts import Gate, Resting, Rota, Upkeep
from twin.kernel.stock import Stock
from twin.kernel.supply import Arrivals, Kit, Supply
from twin.kernel.tank import Tank
from twin.line.fluid import rate_of
from twin.line.line import MERGED, SINKS, Line, Station
from twin.line.values import NO_TIME, Exponential, Record, mean_of
from twin.trace.tables import EventKind, Recorder

SLIPS = Exponential.model_validate(
    {"kind": "exponential", "mean": "1 s"}
)  # of a fault that sticks and slips
S = TypeVar("S", bound=Stock)
MOST_AHEAD = 0.99  # a tunnel shorter than its pitch still takes a moment to leave


class Plant:
    """Everything that moves in a line, by name."""

    def __init__(self, line: Line, seed: int) -> None:
        self.line = line
        self.seed = seed
        self.calendar = Calendar()
        self.recorder = Recorder()
        numbers = {name: i for i, name in enumerate(line.products)}
        self.orders = Orders(
            self.calendar,
            self.recorder,
            [(numbers[o.product], o.quantity) for o in line.scenario.orders],
            clearance=line.scenario.line_clearance,
            latent=any(station.equipment.work is not None for station in line.stations),
        )
        makes_parts = any(s.spec.pack for s in line.stations if s.fluid) or any(
            not s.fluid for s in line.stations
        )
        self.jobs = Jobs(
            self.calendar, self.recorder, self.orders, line.products, makes_parts=makes_parts
        )
        self.crews = {name: Crew(spec.count) for name, spec in line.scenario.crews.items()}
        self.buffers = {
            b.id: Buffer(self.calendar, self.recorder, line.place(b.id), b.capacity, b.transport)
            for b in line.buffers
            if not b.fluid
        }
        self.fluid_buffers = {
            b.id: FluidBuffer(
                self.recorder,
                line.place(b.id),
                list(line.quantities).index(f"{b.id}.Level"),
                b.capacity,
            )
            for b in line.buffers
            if b.fluid
        }
        self.net = FluidNet(self.calendar, self.orders)
        self.sinks = {
            n: Sink(self.calendar, self.recorder, line.place(n), self.orders) for n in SINKS
        }
        self.rigs: dict[str, Rig] = {}
        self.belts: dict[str, Belt] = {}
        self.arrivals: list[Arrivals] = []
        self.machines = {station.id: self._machine(station) for station in line.stations}
        flowing = [m for m in self.machines.values() if isinstance(m, FluidStation)]
        self.net.close(flowing, list(self.fluid_buffers.values()))
        if flowing:
            self.orders.announce.append(self.net.announce)
            self.orders.under_way = self.net.under_way
            self.orders.changed.append(self.net.changed)
        self.tanks = {
            f"{station.id}.{row.name}": Tank(self.calendar, self.rigs[station.id], row)
            for station in line.stations
            for row in station.equipment.tanks(station.parameters)
        }
        self.upkeeps: list[Upkeep] = []
        for station in line.stations:
            self._organise(station)
        self.rota = self._rota()
        self.faults = {
            fault.id: FaultScript(
                self.calendar,
                number,
                fault,
                line.station_by_id[fault.station],
                self.rigs[fault.station],
                self._optional(fault.id, "after", fault.spec.after),
                self._optional(fault.id, "found", fault.spec.found),
                self._optional(fault.id, "repair", fault.spec.repair),
                self.draws(fault.id, "slips", SLIPS),
            )
            for number, fault in enumerate(line.faults)
        }
        for rig in self.rigs.values():
            rig.line_faults = self.faults
            rig.tanks = self.tanks

    def begin(self) -> None:
        """Set everything going at time 0, in file order."""
        for rig in self.rigs.values():
            rig.begin(self.orders.first_product)
            rig.machine.note(EventKind.SETUP, self.orders.first_product)
            for stock in rig.stocks:
                stock.begin()
        for script in self.faults.values():
            script.begin()
        for arrivals in self.arrivals:
            arrivals.begin()
        for upkeep in self.upkeeps:
            upkeep.begin()
        if self.rota is not None:
            self.rota.begin()
        for machine in self.machines.values():
            machine.seek()
        self.net.begin()

    def draws(self, owner: str, purpose: str, law: Record) -> Draws:
        """The stream of a purpose of a station, crew or fault."""
        return Draws(self.seed, owner, purpose, law)

    def _optional(self, owner: str, purpose: str, law: Record | None) -> Draws | None:
        return None if law is None else self.draws(owner, purpose, law)

    def _crew(self, name: str | None) -> Crew | None:
        return None if name is None else self.crews[name]

    def _modes(self, station: Station) -> list[Mode]:
        return [
            Mode(
                self.draws(station.id, f"{mode.id} after", mode.after),
                self.draws(station.id, f"{mode.id} repair", mode.repair),
                self._crew(mode.crew),
            )
            for mode in station.spec.failures
        ]

    def _changeover(self, station: Station) -> Changeover | None:
        setup = station.spec.setup
        if setup is None:
            return None
        numbers = {name: i for i, name in enumerate(self.line.products)}
        pairs = {
            (numbers[old], numbers[new]): self.draws(station.id, f"setup {old} {new}", law)
            for old, row in setup.matrix.items()
            for new, law in row.items()
        }
        time = self.draws(station.id, "setup", setup.time)
        return Changeover(time, self._crew(setup.crew), pairs)

    def _fluid_station(self, station: Station) -> Machine:
        spec, rates = station.spec, [rate_of(station.spec, p) for p in self.line.products]
        rig = Rig(self.calendar, self.recorder, self.line, station, self.seed)
        rig.stocks = flowing = self._stocks(station, rig, FlowStock)
        pipes = Pipes(
            [(self.fluid_buffers[take.buffer], take.quantity) for take in station.takes],
            self.fluid_buffers.get(station.outputs[0]),
        )
        outlets = [self._outlet(outlet.place) for outlet in station.outlets if spec.pack]
        choose = None
        if len(outlets) > 1:
            draws = Draws(self.seed, station.id, "route", "uniform")
            choose = Router(station.outlets, outlets, draws)
        machine = FluidStation(
            self.calendar,
            self.recorder,
            self.line.place(station.id),
            pipes,
            self.draws(station.id, "cycle", NO_TIME),  # never drawn: it has no cycles
            Failures(self._modes(station)),
            outlets[0] if outlets else pipes,
            choose,
        )
        machine.connect(self.net, rig, self.orders, rates, spec.reject, spec.pack or 0)
        machine.stocks = flowing
        machine.preparation = FluidSetup(machine, self._changeover(station), self._crew(spec.crew))
        rig.machine = machine
        self.rigs[station.id] = rig
        return machine

    def _machine(self, station: Station) -> Machine:
        if station.fluid:
            return self._fluid_station(station)
        spec, place = station.spec, self.line.place(station.id)
        rig = Rig(self.calendar, self.recorder, self.line, station, self.seed)
        rig.stocks = self._stocks(station, rig, Stock)
        outlets = [self._outlet(outlet.place) for outlet in station.outlets]
        duration = station.residence
        cycle_law = next(iter(spec.cycle.values())) if isinstance(spec.cycle, dict) else spec.cycle
        if duration is not None:
            ahead = min(mean_of(cycle_law) / duration, MOST_AHEAD)
            belt = Belt(self.calendar, outlets[0], duration, ahead, rig.work)
            self.belts[station.id] = belt
            rig.belt = belt
        modes = self._modes(station)
        choose = None
        if duration is None and len(outlets) > 1:
            choose = Router(
                station.outlets, outlets, Draws(self.seed, station.id, "route", "uniform")
            )
        source: Source = self._source(station)
        outlet: Outlet = outlets[0] if duration is None else self.belts[station.id]
        if spec.batch is not None:
            batch = self._batch(station, source, outlet, choose, rig)
            source, outlet, choose = batch, batch, None
        machine = Machine(
            self.calendar,
            self.recorder,
            place,
            source,
            self.draws(station.id, "cycle", cycle_law),
            Failures(modes),
            outlet,
            choose,
        )
        rig.machine = machine
        if isinstance(source, Batch):
            source.machine = machine
        self.rigs[station.id] = rig
        machine.extras = self._extras(station, machine, rig)
        return machine

    def _stocks(self, station: Station, rig: Rig, form: type[S]) -> list[S]:
        stocks = []
        for feed in station.feeds:
            vary = {
                name: Draws(self.seed, station.id, f"{feed.material} {name}", "normal")
                for name in feed.spec.properties
            }
            refill = feed.refill
            time, crew = None, None
            if refill is not None:
                time = self.draws(station.id, f"{feed.material} refill", refill.time)
                crew = self._crew(refill.crew)
            stocks.append(form(feed, rig, vary, time, crew))
        return stocks

    def _organise(self, station: Station) -> None:
        """Give a station a gate when it keeps to shifts or has planned maintenance."""
        machine, spec = self.machines[station.id], station.spec
        keeps = self.line.calendar is not None and not spec.unattended
        if not keeps and not spec.maintenance:
            return
        gate = machine.gate = Gate(machine)
        for plan in spec.maintenance:
            first = plan.every if plan.first is None else plan.first
            time = self.draws(station.id, f"{plan.id} maintenance", plan.time)
            crew = self._crew(plan.crew)
            self.upkeeps.append(Upkeep(self.calendar, gate, first, plan.every, time, crew))

    def _rota(self) -> Rota | None:
        """Crews and stations that come and go with the shifts; crews come first and go last.

        The end of the line wakes before its beginning, so that it hears of the next product.
        """
        if self.line.calendar is None:
            return None
        crews = self.line.scenario.crews
        members: list[Resting] = [c for n, c in self.crews.items() if not crews[n].on_call]
        for station in reversed(self.line.stations):
            gate = self.machines[station.id].gate
            if gate is not None and not station.spec.unattended:
                members.append(gate)
        return Rota(self.calendar, self.line.calendar, members)

    def _batch(
        self,
        station: Station,
        source: Source,
        outlet: Outlet,
        choose: Router | None,
        rig: Rig,
    ) -> Batch:
        spec = station.spec.batch
        assert spec is not None
        return Batch(
            self.calendar,
            self.recorder,
            self.line.place(station.id),
            source,
            spec.size,
            spec.fewest,
            spec.wait,
            outlet,
            choose,
            rig.work,
        )

    def _extras(self, station: Station, machine: Machine, rig: Rig) -> Extras | None:
        spec, kind = station.spec, station.equipment
        acts = (kind.cycle, kind.work, kind.drive, kind.course)
        plain = not any(acts) and not isinstance(spec.cycle, dict)
        asked = (spec.setup, spec.crew, spec.load, spec.batch)
        if plain and not spec.uses and all(extra is None for extra in asked):
            return None
        cycles, names = {}, self.line.products
        if isinstance(spec.cycle, dict):
            cycles = {
                names.index(product): self.draws(station.id, f"cycle {product}", law)
                for product, law in spec.cycle.items()
            }
        loading = None
        if spec.load is not None:
            time = self.draws(station.id, "load", spec.load.time)
            loading = Loading(time, self._crew(spec.load.crew))
        extras = Extras(
            machine,
            rig,
            self.orders.first_product,
            cycles,
            self._changeover(station),
            self._crew(spec.crew),
            loading,
            machine.source if isinstance(machine.source, Batch) else None,
            tunnel=station.residence is not None,
        )
        self.orders.announce.append(extras.announce)
        return extras

    def _source(self, station: Station) -> Source:
        spec = station.spec
        if spec.arrivals is not None:
            queue = self.buffers[station.takes[0].buffer]
            gaps = self.draws(station.id, "arrivals", spec.arrivals.every)
            self.arrivals.append(Arrivals(self.calendar, self.orders, queue, gaps))
        if not station.takes:
            return Supply(self.orders)
        if len(station.takes) == 1 and station.takes[0].quantity == 1:
            return self.buffers[station.takes[0].buffer]
        return Kit(
            self.calendar,
            self.recorder,
            self.line.place(station.id),
            self.line.place(MERGED),
            self.orders,
            [(self.buffers[take.buffer], take.quantity) for take in station.takes],
        )

    def _outlet(self, name: str) -> Buffer | Sink:
        return self.sinks[name] if name in self.sinks else self.buffers[name]

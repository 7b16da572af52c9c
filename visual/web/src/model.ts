// The line as the page shows it at one moment: folded from the log rows up to that moment.

import type { Buffer, Line, LineEvent, Present, Row, Station } from "./types";

export interface Stay {
  part: number;
  place: number;
  since: number;
  product: number;
  /** place it came from, -1 unknown */
  from: number;
}

export interface StationNow { state: number; since: number; part: number }

const KEPT_EVENTS = 200;

export class Model {
  readonly stations = new Map<number, StationNow>();
  readonly parts = new Map<number, Stay>();
  readonly events: LineEvent[] = [];
  /** when a part last left a place */
  readonly lastLeft = new Map<number, number>();
  /** seconds a part takes through a tunnel, [from when on, seconds], by place */
  private readonly paces = new Map<number, [number, number][]>();
  private readonly queues = new Map<number, number[]>();
  private pending: Row[] = [];
  private products = new Map<number, number>();
  private readonly sinks: number;
  private readonly index: Map<string, number>;
  /** counts up whenever a station's row changes */
  version = 0;

  constructor(readonly line: Line, present: Present) {
    this.index = new Map(line.places.map((name, i) => [name, i]));
    this.sinks = line.stations.length + line.buffers.length;
    this.reset(present);
  }

  placeOf = (name: string): number => this.index.get(name) ?? -1;
  station = (place: number): Station | undefined => this.line.stations[place];
  name = (place: number): string => this.line.places[place] ?? "";
  buffer = (place: number): Buffer | undefined => this.line.buffers[place - this.line.stations.length];

  /** Parts at a place, first come first. */
  at = (place: number): readonly number[] => this.queues.get(place) ?? [];

  reset(present: Present): void {
    this.stations.clear();
    this.parts.clear();
    this.queues.clear();
    this.pending = [];
    this.lastLeft.clear();
    for (const [t, place, state, part] of present.stations) this.stations.set(place, { state, since: t, part });
    for (const [part, place, since, product, from] of [...present.parts].sort((a, b) => a[2] - b[2])) {
      this.parts.set(part, { part, place, since, product, from });
      this.enqueue(place, part);
      this.products.set(part, product);
    }
    this.version++;
  }

  push(rows: Row[], products: Record<string, number>): void {
    for (const row of rows) this.pending.push(row);
    for (const [part, product] of Object.entries(products)) this.products.set(Number(part), product);
  }

  /** Tunnels run at other speeds: the earliest news of an instant is replaced by the latest. */
  addPaces(paces: Record<string, [number, number][]>): void {
    for (const [id, changes] of Object.entries(paces)) {
      const place = this.placeOf(id), first = changes[0]?.[0] ?? Infinity;
      const before = (this.paces.get(place) ?? []).filter(([t]) => t < first);
      this.paces.set(place, [...before, ...changes]);
    }
  }

  /** Share of a tunnel that a part which came in at `since` has travelled at `t`. */
  progress(place: number, since: number, t: number): number {
    const paces = this.paces.get(place) ?? [];
    let share = 0;
    paces.forEach(([begin, seconds], i) => {
      const from = Math.max(i === 0 ? -Infinity : begin, since), to = Math.min(paces[i + 1]?.[0] ?? Infinity, t);
      if (to > from) share += (to - from) / seconds;
    });
    return share;
  }

  addEvents(events: LineEvent[]): void {
    this.events.push(...events);
    if (this.events.length > KEPT_EVENTS) this.events.splice(0, this.events.length - KEPT_EVENTS);
  }

  /** Lets everything up to `t` happen. */
  advance(t: number): void {
    let done = 0;
    for (const row of this.pending) {
      if (row[0] > t) break;
      this.apply(row);
      done++;
    }
    if (done) this.pending.splice(0, done);
  }

  private apply([t, place, state, part]: Row): void {
    if (place < this.line.stations.length) {
      const before = this.stations.get(place);
      // one working row a part is one working stretch for the eye
      const since = before && before.state === state ? before.since : t;
      this.stations.set(place, { state, since, part });
      this.version++;
    }
    if (part < 0) return;
    const stay = this.parts.get(part);
    if (stay?.place === place) return;
    if (stay) this.leave(stay, t);
    if (place >= this.sinks) {
      this.parts.delete(part);
      this.products.delete(part);
      return;
    }
    const product = this.products.get(part) ?? 0;
    this.parts.set(part, { part, place, since: t, product, from: stay?.place ?? -1 });
    this.enqueue(place, part);
  }

  private leave(stay: Stay, t: number): void {
    const queue = this.queues.get(stay.place);
    const at = queue?.indexOf(stay.part) ?? -1;
    if (queue && at >= 0) queue.splice(at, 1);
    this.lastLeft.set(stay.place, t);
  }

  private enqueue(place: number, part: number): void {
    const queue = this.queues.get(place);
    if (queue) queue.push(part);
    else this.queues.set(place, [part]);
  }
}

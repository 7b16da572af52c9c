// The ways of a line: from the scene the server sends, and from the machines' boxes where it says nothing.

import type { Box3 } from "three";
import type { Queue, Ways } from "../motion";
import type { Line, Point } from "../types";
import { Polyline } from "./polyline";

export const BELT_HEIGHT = 0.95; // m, SMEMA transport height
const LEVEL = 0.027; // m between parts in a rack
const LEVELS = 16; // parts a rack shows
const PITCH = 0.28; // m a waiting part takes up

export interface SceneData {
  /** "from>to" of places, or "to" alone where the origin is not known, to points */
  ways: Map<string, Polyline>;
  queues: Map<string, Queue>;
  tunnels: Map<string, Polyline>;
  benches: Map<string, { at: Point; heading: number }>;
  lamps: Map<string, Point>;
  labels: Map<string, Point>;
  /** node name of the part's template */
  part: string;
  colours: Map<string, string>;
}

type Raw = Record<string, unknown>;

const isPoint = (p: unknown): p is Point =>
  Array.isArray(p) && p.length === 3 && p.every((x) => typeof x === "number" && Number.isFinite(x));

const polyline = (value: unknown): Polyline | null => {
  const points = Array.isArray(value) ? value : (value as Raw | null)?.points;
  return Array.isArray(points) && points.length > 1 && points.every(isPoint) ? new Polyline(points) : null;
};

const number = (value: unknown, otherwise: number): number =>
  typeof value === "number" && Number.isFinite(value) ? value : otherwise;

const entries = (value: unknown): [string, Raw][] =>
  value !== null && typeof value === "object" && !Array.isArray(value) ? (Object.entries(value) as [string, Raw][]) : [];

export const wayKey = (from: string, to: string): string => (from ? `${from}>${to}` : to);

/** Reads what the server sent and takes what it understands: a missing part is worked out here. */
export function readScene(raw: unknown): SceneData {
  const data: SceneData = {
    ways: new Map(), queues: new Map(), tunnels: new Map(), benches: new Map(), lamps: new Map(), labels: new Map(),
    colours: new Map(), part: typeof (raw as Raw | null)?.part === "string" ? String((raw as Raw).part) : "__part_board",
  };
  const scene = (raw ?? {}) as Raw;
  for (const [name, value] of entries(scene.paths)) {
    const way = polyline(value);
    if (way) data.ways.set(name, way);
  }
  for (const [name, value] of entries(scene.tunnels)) {
    const way = polyline(value);
    if (way) data.tunnels.set(name, way);
  }
  for (const [name, value] of entries(scene.queues))
    data.queues.set(name, {
      slots: number(value?.slots, 4), pitch: number(value?.pitch, PITCH),
      rack: isPoint(value?.rack) ? value.rack : null, level: number(value?.level, LEVEL), levels: number(value?.levels, LEVELS), carried: value?.carried === true,
    });
  for (const [name, value] of entries(scene.stations)) {
    if (isPoint(value?.bench)) data.benches.set(name, { at: value.bench, heading: number(value.yaw, 0) });
    if (isPoint(value?.lamp)) data.lamps.set(name, value.lamp);
    if (isPoint(value?.label)) data.labels.set(name, value.label);
  }
  for (const [name, value] of entries(scene.colours))
    if (typeof value === "string") data.colours.set(name, value);
  return data;
}

export function buildWays(line: Line, data: SceneData, boxes: Map<string, Box3>): Ways {
  const buffers = new Map(line.buffers.map((b) => [b.id, b]));
  const tunnels = new Map(data.tunnels);
  const made = new Map<string, Polyline | null>();
  const bench = (id: string): { at: Point; heading: number } | null => {
    const given = data.benches.get(id), box = boxes.get(id);
    if (given || !box) return given ?? null;
    return { at: [(box.min.x + box.max.x) / 2, BELT_HEIGHT, (box.min.z + box.max.z) / 2], heading: 0 };
  };
  const edge = (id: string, side: -1 | 1): Point | null => {
    const box = boxes.get(id), mid = bench(id)?.at;
    return box && mid ? [side < 0 ? box.min.x : box.max.x, mid[1], mid[2]] : null;
  };
  for (const station of line.stations) {
    const a = edge(station.id, -1), b = edge(station.id, 1);
    if (station.residence !== null && !tunnels.has(station.id) && a && b) tunnels.set(station.id, new Polyline([a, b]));
  }
  const make = (from: string, to: string): Polyline | null => {
    const into = buffers.get(to), outOf = buffers.get(from);
    if (into) {
      const a = edge(from || into.from[0] || "", 1), b = edge(into.to[0] ?? "", -1);
      if (a && b) return new Polyline(a[0] <= b[0] ? straight(a, b) : detour(a, b));
      const end = b ?? a;
      return end && new Polyline([[end[0] - 1.2, end[1], end[2]], end]);
    }
    const head = outOf ? edge(outOf.to[0] ?? "", -1) : null, entry = edge(to, -1), end = bench(to)?.at;
    return head && entry && end ? new Polyline([head, entry, end]) : null;
  };
  return {
    bench,
    way(from, to) {
      const key = wayKey(from, to), given = data.ways.get(key);
      if (given) return given;
      let way = made.get(key);
      if (way === undefined) {
        const any = buffers.get(to)?.from.map((f) => data.ways.get(wayKey(f, to))).find((w) => w !== undefined);
        way = any ?? make(from, to);
        made.set(key, way);
      }
      return way;
    },
    queue: (buffer) => data.queues.get(buffer) ?? {
      slots: Math.max(1, Math.min(12, buffers.get(buffer)?.capacity ?? 1)), pitch: PITCH, rack: null, level: LEVEL, levels: LEVELS, carried: false,
    },
    tunnel: (id) => tunnels.get(id) ?? null,
  };
}

/** A way with right angles, as belts go. */
function straight(a: Point, b: Point): Point[] {
  if (Math.abs(a[2] - b[2]) < 0.05) return [a, b];
  const x = (a[0] + b[0]) / 2;
  return [a, [x, a[1], a[2]], [x, b[1], b[2]], b];
}

/** A way back against the flow: around behind the machines. */
function detour(a: Point, b: Point): Point[] {
  const z = Math.min(a[2], b[2]) - 1.6;
  return [a, [a[0] + 0.5, a[1], a[2]], [a[0] + 0.5, a[1], z], [b[0] - 0.5, b[1], z], [b[0] - 0.5, b[1], b[2]], b];
}

// The ways of a line: from the scene the server sends, and from the machines' boxes where it says nothing.

import type { Box3 } from "three";
import type { Ways } from "../motion";
import type { Line, Point } from "../types";
import { Polyline } from "./polyline";

export const BELT_HEIGHT = 0.95; // m, SMEMA transport height

export interface SceneData {
  paths: Map<string, Polyline>;
  tunnels: Map<string, Polyline>;
  benches: Map<string, Point>;
  colours: Map<string, string>;
}

const isPoint = (p: unknown): p is Point =>
  Array.isArray(p) && p.length === 3 && p.every((x) => typeof x === "number" && Number.isFinite(x));

const polyline = (value: unknown): Polyline | null => {
  const points = Array.isArray(value) ? value : (value as { points?: unknown } | null)?.points;
  return Array.isArray(points) && points.length > 1 && points.every(isPoint) ? new Polyline(points) : null;
};

/** Reads what the server sent and takes what it understands: a missing part is worked out here. */
export function readScene(raw: unknown): SceneData {
  const data: SceneData = { paths: new Map(), tunnels: new Map(), benches: new Map(), colours: new Map() };
  const scene = (raw ?? {}) as Record<string, Record<string, unknown> | undefined>;
  for (const [name, value] of Object.entries(scene.paths ?? {})) {
    const way = polyline(value);
    if (way) data.paths.set(name, way);
  }
  for (const [name, value] of Object.entries(scene.tunnels ?? {})) {
    const way = polyline(value);
    if (way) data.tunnels.set(name, way);
  }
  for (const [name, value] of Object.entries(scene.stations ?? {})) {
    const bench = (value as { bench?: unknown } | null)?.bench;
    if (isPoint(bench)) data.benches.set(name, bench);
  }
  for (const [name, value] of Object.entries(scene.colours ?? {}))
    if (typeof value === "string") data.colours.set(name, value);
  return data;
}

/** Key of the path from a station into a buffer. */
export const pathKey = (from: string, buffer: string): string => `${from}>${buffer}`;

export function buildWays(line: Line, data: SceneData, boxes: Map<string, Box3>, pitch: number): Ways {
  const cache = new Map<string, Polyline | null>();
  const centre = (id: string): Point | null => {
    const given = data.benches.get(id);
    if (given) return given;
    const box = boxes.get(id);
    return box ? [(box.min.x + box.max.x) / 2, BELT_HEIGHT, (box.min.z + box.max.z) / 2] : null;
  };
  const edge = (id: string, side: -1 | 1): Point | null => {
    const box = boxes.get(id), mid = centre(id);
    return box && mid ? [side < 0 ? box.min.x : box.max.x, mid[1], mid[2]] : null;
  };
  const made = (from: string | null, buffer: string): Polyline | null => {
    const spec = line.buffers.find((b) => b.id === buffer);
    const source = from ?? spec?.from[0] ?? null;
    const taker = spec?.to[0] ?? null;
    const a = source === null ? null : edge(source, 1);
    const b = taker === null ? null : edge(taker, -1);
    if (a && b) return new Polyline(a[0] <= b[0] ? straight(a, b) : detour(a, b));
    const end = b ?? a;
    return end ? new Polyline([[end[0] - 1.2, end[1], end[2]], end]) : null;
  };
  return {
    pitch,
    belt(from, buffer) {
      const key = pathKey(from ?? "", buffer);
      let way = cache.get(key);
      if (way === undefined) {
        const given = (from === null ? undefined : data.paths.get(key)) ?? data.paths.get(buffer);
        way = given ?? made(from, buffer);
        cache.set(key, way);
      }
      return way;
    },
    tunnel(id) {
      const given = data.tunnels.get(id);
      if (given) return given;
      if (line.stations.find((s) => s.id === id)?.residence == null) return null;
      const a = edge(id, -1), b = edge(id, 1);
      return a && b ? new Polyline([a, b]) : null;
    },
    bench(id) {
      const mid = centre(id), entry = edge(id, -1);
      return mid && entry ? { entry, centre: mid, heading: 0 } : null;
    },
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
  const z = Math.max(a[2], b[2]) + 1.6;
  return [a, [a[0] + 0.5, a[1], a[2]], [a[0] + 0.5, a[1], z], [b[0] - 0.5, b[1], z], [b[0] - 0.5, b[1], b[2]], b];
}

// Where a part is at time t: a pure function of its stay, the queue before it and the ways of the line.
// The rules are those of visual/pose.py:
// - in a buffer a part runs along its way at (length / transport) and stops at its slot; when the head
//   leaves, the others close up at the same pace;
// - into a station it slides in MOVE_IN seconds, for the eye only: the trace says where it is;
// - through a tunnel it moves as fast as the tunnel's set points say.

import type { Model, Stay } from "./model";
import type { Polyline } from "./scene/polyline";
import type { Point } from "./types";

export interface Queue {
  /** parts that lie on the belt's end, `pitch` metres apart; more lie in the rack, from its lowest place up */
  slots: number;
  pitch: number;
  rack: Point | null;
  /** metres between parts in the rack */
  level: number;
  levels: number; // boards a rack shows one above the other; the rest share its top
  /** no belt leads here: parts are brought by hand and all wait in the rack */
  carried: boolean;
}

/** The ways of a line; the scene gives them, see scene/ways.ts. */
export interface Ways {
  /** between two places, by id; `from` is "" where it is not known */
  way(from: string, to: string): Polyline | null;
  queue(buffer: string): Queue;
  /** through a tunnel such as an oven */
  tunnel(station: string): Polyline | null;
  /** where a part lies while a station works on it */
  bench(station: string): { at: Point; heading: number } | null;
}

const MOVE_IN = 2.5; // s a part takes from the head of the queue onto the bench
const QUICKEST = 1.5; // s along a way whose transport time is 0

export interface Pose { at: Point; heading: number }

/** Fills `pose`; false when the part has no place to be drawn at. */
export function poseOf(model: Model, ways: Ways, stay: Stay, t: number, pose: Pose): boolean {
  const station = model.station(stay.place);
  if (!station) return inBuffer(model, ways, stay, t, pose);
  const tunnel = ways.tunnel(station.id);
  if (tunnel) {
    pose.heading = tunnel.at(tunnel.length * Math.min(1, model.progress(stay.place, stay.since, t)), pose.at);
    return true;
  }
  const share = smooth(Math.min(1, Math.max(0, t - stay.since) / MOVE_IN));
  const way = share < 1 && stay.from >= 0 ? ways.way(model.name(stay.from), station.id) : null;
  if (way) {
    pose.heading = way.at(way.length * share, pose.at);
    return true;
  }
  const bench = ways.bench(station.id);
  if (!bench) return false;
  for (let k = 0; k < 3; k++) pose.at[k] = bench.at[k]!;
  pose.heading = bench.heading;
  return true;
}

function inBuffer(model: Model, ways: Ways, stay: Stay, t: number, pose: Pose): boolean {
  const buffer = model.buffer(stay.place);
  if (!buffer) return false;
  const way = ways.way(stay.from < 0 ? "" : model.name(stay.from), buffer.id);
  if (!way) return false;
  const queue = ways.queue(buffer.id), transport = buffer.transport || QUICKEST;
  const elapsed = Math.max(0, t - stay.since), pace = way.length / transport;
  const rank = model.at(stay.place).indexOf(stay.part), level = rank - queue.slots;
  if (queue.rack && elapsed >= transport && level >= 0) {
    for (let k = 0; k < 3; k++) pose.at[k] = queue.rack[k]!;
    pose.at[1] += queue.level * Math.min(level, queue.levels - 1);
    pose.heading = 0;
    return true;
  }
  let run = Math.min(pace * elapsed, way.length);
  if (!queue.carried) {
    const stop = way.length - queue.pitch * Math.min(rank, queue.slots - 1);
    const closing = t - (model.lastLeft.get(stay.place) ?? -Infinity);
    run = Math.min(run, stop, stop - queue.pitch + pace * closing);
  }
  pose.heading = way.at(Math.max(0, run), pose.at);
  return true;
}

const smooth = (x: number): number => x * x * (3 - 2 * x);

// Where a part is at time t: a pure function of its stay, the queue before it and the ways of the line.

import type { Model, Stay } from "./model";
import type { Polyline } from "./scene/polyline";
import type { Point } from "./types";

/** The ways of a line; the scene gives them, see scene/ways.ts. */
export interface Ways {
  /** from a station through a buffer to where its first part waits; `from` may be unknown */
  belt(from: string | null, buffer: string): Polyline | null;
  /** through a tunnel such as an oven */
  tunnel(station: string): Polyline | null;
  /** where a part lies while a station works on it, and the point where it comes in */
  bench(station: string): { entry: Point; centre: Point; heading: number } | null;
  /** length a waiting part takes up, m */
  readonly pitch: number;
}

const MOVE_IN = 2.5; // s a part takes from the end of the belt onto the bench, for the eye only
const QUICKEST = 1.5; // s along a belt whose transport time is 0, for the eye only

export interface Pose { at: Point; heading: number }

/** Fills `pose`; false when the part has no place to be drawn at. */
export function poseOf(model: Model, ways: Ways, stay: Stay, t: number, pose: Pose): boolean {
  const elapsed = Math.max(0, t - stay.since);
  const station = model.station(stay.place);
  if (station) {
    const tunnel = ways.tunnel(station.id);
    if (tunnel) {
      const residence = model.residence.get(stay.place) ?? 60;
      pose.heading = tunnel.at(tunnel.length * Math.min(1, elapsed / residence), pose.at);
      return true;
    }
    const bench = ways.bench(station.id);
    if (!bench) return false;
    const f = stay.from < 0 ? 1 : smooth(Math.min(1, elapsed / MOVE_IN));
    for (let k = 0; k < 3; k++) pose.at[k] = bench.entry[k]! + (bench.centre[k]! - bench.entry[k]!) * f;
    pose.heading = bench.heading;
    return true;
  }
  const buffer = model.buffer(stay.place);
  if (!buffer) return false;
  const way = ways.belt(model.station(stay.from)?.id ?? null, buffer.id);
  if (!way) return false;
  const ahead = model.at(stay.place).indexOf(stay.part);
  const room = Math.min(ways.pitch, way.length / Math.max(1, buffer.capacity > 0 ? buffer.capacity : 12));
  const stop = Math.max(0, way.length - Math.max(0, ahead) * room);
  const run = (way.length * elapsed) / Math.max(buffer.transport, QUICKEST);
  pose.heading = way.at(Math.min(run, stop), pose.at);
  return true;
}

const smooth = (x: number): number => x * x * (3 - 2 * x);

// A way through space, walked by distance.

import type { Point } from "../types";

export class Polyline {
  readonly length: number;
  private readonly marks: number[] = [0];

  constructor(readonly points: readonly Point[]) {
    let total = 0;
    for (let i = 1; i < points.length; i++) {
      const a = points[i - 1]!, b = points[i]!;
      total += Math.hypot(b[0] - a[0], b[1] - a[1], b[2] - a[2]);
      this.marks.push(total);
    }
    this.length = total;
  }

  /** Position after `distance` metres into `out`; returns the heading about the vertical, radians. */
  at(distance: number, out: Point): number {
    const { points, marks } = this;
    const d = Math.max(0, Math.min(this.length, distance));
    let i = 1;
    while (i < points.length - 1 && marks[i]! < d) i++;
    const a = points[i - 1]!, b = points[i] ?? a;
    const span = (marks[i] ?? 0) - marks[i - 1]!;
    const f = span > 0 ? (d - marks[i - 1]!) / span : 0;
    for (let k = 0; k < 3; k++) out[k] = a[k]! + (b[k]! - a[k]!) * f;
    return Math.atan2(-(b[2] - a[2]), b[0] - a[0]);
  }
}

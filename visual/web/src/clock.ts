// The time the page shows. It runs a little behind the server's, so that what happens until then is
// already known and parts move evenly between two messages.

const BEHIND = 0.4; // s of real time: two messages
const EASE = 0.12; // s; how fast an error of the estimate is worked off

export class PageClock {
  private shown = 0;
  private known = 0;
  private speed = 0;
  private received = 0;
  private last = 0;

  /** The server says where it is. `fresh`: show that at once (first message, reconnection). */
  sync(t: number, speed: number, moving: boolean, ms: number, fresh = false): void {
    this.known = t;
    this.speed = moving ? speed : 0;
    this.received = ms;
    if (fresh || t < this.shown) {
      this.shown = this.target(ms);
      this.last = ms;
    }
  }

  private target(ms: number): number {
    if (!this.speed) return this.known;
    return Math.min(this.known, this.known + this.speed * ((ms - this.received) / 1000 - BEHIND));
  }

  /** Simulated time to show at page time `ms`; never beyond what the server has told. */
  at(ms: number): number {
    const dt = Math.max(0, ms - this.last) / 1000;
    this.last = ms;
    const target = this.target(ms);
    const expected = this.shown + this.speed * dt;
    const error = target - expected;
    const far = Math.abs(error) > Math.max(2 * this.speed, 30);
    const next = far ? target : expected + error * (1 - Math.exp(-dt / EASE));
    this.shown = Math.min(this.known, Math.max(this.shown, next));
    return this.shown;
  }
}

// The machines' names and states, as HTML over the picture: sharp at every size, and buttons for the keyboard.

import { type Camera, Vector3 } from "three";
import { el, setText } from "../dom";
import { lang, localised, say, t } from "../i18n";
import { stateLook } from "../states";
import type { Line } from "../types";

interface Label {
  id: string;
  node: HTMLButtonElement;
  anchor: Vector3;
  badge: HTMLElement;
  width: number;
  height: number;
  state: number;
}

const GAP = 3; // px between labels
// Where a label may go, in its own widths and heights from its natural place; the least far first.
const SPOTS: [number, number][] = [0, 0.35, 0.7, 1, 1.5, 2, 2.5, 3, 4, 5]
  .flatMap((dy) => [0, -0.22, 0.22, -0.44, 0.44].map((dx): [number, number] => [dx, dy]))
  .sort((a, b) => Math.hypot(a[0] * 2.2, a[1]) - Math.hypot(b[0] * 2.2, b[1]));
const CROWDED = 90; // px all labels together may be lifted before their titles are dropped
const ROOMY = 30; // px below which titles come back

export class Labels {
  readonly layer = el("div.labels", { role: "group" });
  private readonly labels = new Map<string, Label>();
  private readonly point = new Vector3();
  private short = false;
  private settled = 0;

  constructor(line: Line, anchors: Map<string, Vector3>, choose: (id: string) => void) {
    for (const station of line.stations) {
      const name = el("span.label-name"), badge = el("span.label-state");
      const node = el<HTMLButtonElement>(
        "button.label", { type: "button", "data-station": station.id, onclick: () => choose(station.id) },
        el("span.label-id", {}, station.id), name, badge,
      );
      const anchor = anchors.get(station.id) ?? new Vector3();
      const label: Label = { id: station.id, node, anchor, badge, width: 0, height: 0, state: -1 };
      this.labels.set(station.id, label);
      this.layer.append(node);
      localised(() => {
        setText(name, say(station.title));
        if (label.state >= 0) this.show(station.id, label.state, true);
        this.layer.setAttribute("aria-label", t("labels"));
      });
    }
  }

  show(id: string, state: number, force = false): void {
    const label = this.labels.get(id);
    if (!label || (label.state === state && !force)) return;
    const look = stateLook(state);
    label.state = state;
    setText(label.badge, `${look.symbol} ${look.title[lang()]}`);
    label.node.dataset.state = look.name;
    label.node.classList.toggle("loud", look.loud);
    label.node.style.setProperty("--state", look.colour);
    label.node.style.setProperty("--ink", look.ink);
    label.width = 0;
  }

  select(id: string | null): void {
    for (const label of this.labels.values()) label.node.classList.toggle("selected", label.id === id);
  }

  /** Sizes must be measured again, say after the layout changed. */
  stale(): void {
    for (const label of this.labels.values()) label.width = 0;
    this.settled = 0;
  }

  /** Puts every label above its machine, the nearest first, and moves others up out of the way. */
  place(camera: Camera, width: number, height: number): void {
    const order = [...this.labels.values()].map((label) => {
      const p = this.point.copy(label.anchor).project(camera);
      return { label, x: ((p.x + 1) / 2) * width, y: ((1 - p.y) / 2) * height, depth: p.z };
    }).sort((a, b) => a.depth - b.depth);
    const taken: [number, number, number, number][] = [];
    let lift = 0;
    for (const { label, x, y, depth } of order) {
      const visible = depth < 1 && x > -80 && x < width + 80 && y > -20 && y < height + 80;
      label.node.style.visibility = visible ? "visible" : "hidden";
      if (!visible) continue;
      if (!label.width) {
        label.width = label.node.offsetWidth;
        label.height = label.node.offsetHeight;
      }
      const w = label.width, h = label.height;
      const free = SPOTS.map(([dx, dy]): [number, number] => [
        Math.max(4, Math.min(width - w - 4, x - w / 2 + dx * w)), Math.max(4, y - h - 8 - dy * (h + GAP)),
      ]).find(([l, o]) => !taken.some((k) => l < k[2] + GAP && l + w > k[0] - GAP && o < k[3] + GAP && o + h > k[1] - GAP));
      // where there is no room at all, only what is abnormal or chosen is said; the table has the rest
      if (!free && !/loud|selected/.test(label.node.className)) {
        label.node.style.visibility = "hidden";
        continue;
      }
      const [left, top] = free ?? [Math.max(4, x - w / 2), Math.max(4, y - h - 8)];
      lift += Math.max(0, y - h - 8 - top);
      taken.push([left, top, left + w, top + h]);
      label.node.style.transform = `translate(${left.toFixed(1)}px, ${top.toFixed(1)}px)`;
      label.node.style.setProperty("--stem", `${Math.max(0, y - top - h).toFixed(1)}px`);
      label.node.style.setProperty("--stem-x", `${(x - left).toFixed(1)}px`);
    }
    this.shorten(lift);
  }

  /** Drops the titles where labels crowd; asks again once the picture has been steady for a while. */
  private shorten(lift: number): void {
    if (this.short ? ++this.settled > 90 && lift < ROOMY : lift > CROWDED) {
      this.short = !this.short;
      this.settled = 0;
      this.layer.classList.toggle("short", this.short);
      this.stale();
    }
  }
}

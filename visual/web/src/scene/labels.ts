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
const TRIES = 7;

export class Labels {
  readonly layer = el("div.labels", { role: "group" });
  private readonly labels = new Map<string, Label>();
  private readonly point = new Vector3();

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
  }

  /** Puts every label above its machine, the nearest first, and moves others up out of the way. */
  place(camera: Camera, width: number, height: number): void {
    const order = [...this.labels.values()].map((label) => {
      const p = this.point.copy(label.anchor).project(camera);
      return { label, x: ((p.x + 1) / 2) * width, y: ((1 - p.y) / 2) * height, depth: p.z };
    }).sort((a, b) => a.depth - b.depth);
    const taken: [number, number, number, number][] = [];
    for (const { label, x, y, depth } of order) {
      const visible = depth < 1 && x > -80 && x < width + 80 && y > -20 && y < height + 80;
      label.node.style.visibility = visible ? "visible" : "hidden";
      if (!visible) continue;
      if (!label.width) {
        label.width = label.node.offsetWidth;
        label.height = label.node.offsetHeight;
      }
      const w = label.width, h = label.height;
      const left = Math.max(4, Math.min(width - w - 4, x - w / 2));
      let top = y - h - 8;
      for (let i = 0; i < TRIES; i++) {
        const hit = taken.find(([l, o, r, u]) => left < r + GAP && left + w > l - GAP && top < u + GAP && top + h > o - GAP);
        if (!hit) break;
        top = hit[1] - h - GAP - 1;
      }
      top = Math.max(4, top);
      taken.push([left, top, left + w, top + h]);
      label.node.style.transform = `translate(${left.toFixed(1)}px, ${top.toFixed(1)}px)`;
      label.node.style.setProperty("--stem", `${Math.max(0, y - top - h).toFixed(1)}px`);
      label.node.style.setProperty("--stem-x", `${(x - left).toFixed(1)}px`);
    }
  }
}

// What stands still now, and what happened lately.

import { el, setText } from "../dom";
import { clockText } from "../format";
import { isKey, lang, say, t } from "../i18n";
import type { Model } from "../model";
import { stateLook } from "../states";
import type { LineEvent } from "../types";

const SHOWN = 60;
const ICONS: Record<string, string> = { FAILURE: "✕", REPAIRED: "✓", SETUP: "↻", VERDICT: "▽", COMMAND: "➤", RESET: "0" };

export class Events {
  readonly node: HTMLDetailsElement;
  private readonly summary = el("summary");
  private readonly active = el("ul.active", { "aria-live": "polite" });
  private readonly list = el("ol.event-list");
  private drawn = "";

  constructor(private readonly model: Model, private readonly choose: (id: string) => void) {
    this.node = el<HTMLDetailsElement>("details.events", { open: innerWidth > 760 && innerHeight > 560 }, this.summary, this.active, this.list);
  }

  /** `time` is the time shown: nothing that lies ahead of it is told. */
  draw(time: number): void {
    const loud = [...this.model.stations].filter(([, now]) => now.state === 5 || now.state === 0 || now.state === 6);
    const past = this.model.events.filter((e) => e.t <= time);
    const key = `${lang()}|${loud.map(([p, n]) => `${p}:${n.state}`).join()}|${past.at(-1)?.t ?? ""}|${past.length}`;
    if (key === this.drawn) return;
    this.drawn = key;
    const down = loud.filter(([, now]) => now.state === 5).length;
    setText(this.summary, `${t("events")}${down ? `  ✕ ${down}` : ""}`);
    this.summary.classList.toggle("alarm", down > 0);
    this.active.replaceChildren(...loud.map(([place, now]) => {
      const id = this.model.station(place)?.id ?? "", look = stateLook(now.state);
      const badge = el("span.badge", {}, `${look.symbol} ${look.title[lang()]}`);
      badge.style.setProperty("--state", look.colour);
      badge.style.setProperty("--ink", look.ink);
      return el("li", {}, this.link(id), badge, el("span.when", {}, t("since", { t: clockText(now.since) })));
    }));
    const latest = past.slice(-SHOWN).reverse();
    this.list.replaceChildren(...(latest.length ? latest.map((e) => this.item(e)) : [el("li.none", {}, t("noEvents"))]));
  }

  private item(event: LineEvent): HTMLElement {
    const words = isKey(event.kind) ? t(event.kind, { detail: event.title ? say(event.title) : event.detail, part: event.part ?? "" }) : `${event.kind} ${event.detail}`;
    return el("li", { "data-kind": event.kind },
      el("span.when", {}, clockText(event.t)), el("span.icon", { "aria-hidden": "true" }, ICONS[event.kind] ?? "·"),
      this.link(event.place), el("span", {}, words));
  }

  private link(id: string): HTMLElement {
    return id && this.model.line.stations.some((s) => s.id === id)
      ? el("button.link", { type: "button", onclick: () => this.choose(id) }, id)
      : el("span.link", {}, t("line"));
  }
}

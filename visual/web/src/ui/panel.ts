// The panel of one machine: state, commands, values with a trend, set points, state history.

import { command, stateHistory, values } from "../api";
import { el, setText } from "../dom";
import { clockText, unitText, valueText } from "../format";
import { lang, say, t, type Key } from "../i18n";
import type { Model } from "../model";
import { stateLook } from "../states";
import type { Station, Tag } from "../types";
import { drawStrip, shareText, shares } from "./strip";
import { Trend } from "./trend";

const EVERY = 1000; // ms between two looks at the values
const HISTORY_EVERY = 3; // looks between two looks at the histories
const STRIP = 3600; // s of state history
// what every machine has comes after what is special about it
const COMMON = new Set(["State", "PartInWork", "Product", "Started", "Passed", "Rejected", "Failures", "Queue", "Power", "Energy"]);

export class Panel {
  readonly node = el("aside.panel", { hidden: true });
  private station: Station | null = null;
  private tags: Tag[] = [];
  private chosen: Tag | null = null;
  private trend: Trend | null = null;
  private timer = 0;
  private looks = 0;
  private cells = new Map<string, HTMLElement>();
  private rows = new Map<string, HTMLElement>();
  private inputs = new Map<string, HTMLInputElement>();
  private badge = el("span.badge");
  private since = el("span.since");
  private strip = el<HTMLCanvasElement>("canvas.strip", { role: "img" });
  private share = el("p.shares");

  constructor(
    private readonly model: Model, private readonly now: () => number,
    private readonly told: (text: string, bad?: boolean) => void, private readonly closed: () => void,
  ) {
    this.node.addEventListener("keydown", (e) => { if (e.key === "Escape") this.closed(); });
  }

  get shows(): string | null {
    return this.station?.id ?? null;
  }

  open(id: string): void {
    const station = this.model.line.stations.find((s) => s.id === id);
    if (!station) return;
    this.clear();
    this.station = station;
    const mine = this.model.line.tags.filter((tag) => tag.station === id);
    const special = (tag: Tag): number => (COMMON.has(tag.name.slice(id.length + 1)) ? 2 : tag.setting ? 1 : 0);
    this.tags = mine.sort((a, b) => special(a) - special(b));
    this.build(station);
    this.node.hidden = false;
    this.node.querySelector<HTMLElement>("h2")?.focus({ preventScroll: true });
    const first = this.tags.find((tag) => tag.kind === "float" && !tag.setting) ?? this.tags[0];
    if (first) this.choose(first);
    this.look();
    this.timer = window.setInterval(() => this.look(), EVERY);
  }

  close(): void {
    this.clear();
    this.node.hidden = true;
  }

  /** Draws everything again, in the language of now. */
  translate(): void {
    if (!this.station) return;
    const { chosen } = this, id = this.station.id;
    this.open(id);
    if (chosen) this.choose(chosen);
  }

  private clear(): void {
    clearInterval(this.timer);
    this.trend?.dispose();
    this.trend = null;
    this.station = null;
    this.chosen = null;
    this.cells.clear();
    this.rows.clear();
    this.inputs.clear();
    this.node.replaceChildren();
    this.looks = 0;
  }

  private build(station: Station): void {
    this.trend = new Trend();
    this.node.setAttribute("aria-label", `${station.id} ${say(station.title)}`);
    const act = (kind: "start" | "stop" | "reset", style = ""): HTMLElement =>
      el(`button${style}`, { type: "button", onclick: () => void this.send(kind, station.id, null, `${t(kind)} ${station.id}`) }, t(kind));
    const settings = this.tags.filter((tag) => tag.setting !== null);
    this.node.append(
      el("div.panel-head", {},
        el("div", {}, el("h2", { tabindex: -1 }, say(station.title)), el("p.kind", {}, `${station.id} · ${station.kind}`)),
        el("button.close", { type: "button", "aria-label": t("close"), onclick: () => this.closed() }, "✕")),
      el("div.panel-state", {}, this.badge, this.since),
      el("div.panel-actions", {}, act("start", ".go"), act("stop", ".halt"), act("reset")),
      el("div.panel-body", {},
        el("h3", {}, t("history")), this.strip, this.share,
        el("h3", {}, t("trend")), this.trend.node,
        el("h3", {}, t("tags")), this.table(),
        ...(settings.length ? [el("h3", {}, t("settings")), ...settings.map((tag) => this.setPoint(tag))] : [])),
    );
    this.state();
  }

  private table(): HTMLElement {
    const body = el("tbody");
    for (const tag of this.tags) {
      const cell = el("td.value", { "data-tag": tag.name }, "–");
      const name = el("button.tag", { type: "button", title: tag.name, onclick: () => this.choose(tag) }, say(tag.title));
      const row = el("tr", {}, el("td", {}, name), cell, el("td.unit", {}, unitText(tag.unit)));
      this.cells.set(tag.name, cell);
      this.rows.set(tag.name, row);
      body.append(row);
    }
    return el("table.tags", {}, body);
  }

  private setPoint(tag: Tag): HTMLElement {
    const key = tag.setting ?? "", setting = this.model.line.settings[key];
    if (!setting) return el("p");
    const range = { low: setting.low, high: setting.high, unit: unitText(setting.unit) };
    const id = `set-${key.replace(/\W/g, "-")}`;
    const input = el<HTMLInputElement>("input", {
      id, type: "number", step: "any", min: setting.low, max: setting.high, placeholder: setting.default,
      "aria-describedby": `${id}-range`, required: true, "data-setting": key,
    });
    this.inputs.set(tag.name, input);
    const apply = (event: Event): void => {
      event.preventDefault();
      const wanted = input.valueAsNumber;
      if (!(wanted >= setting.low && wanted <= setting.high)) {
        input.setAttribute("aria-invalid", "true");
        this.told(t("outside", range), true);
        return;
      }
      input.removeAttribute("aria-invalid");
      void this.send("set", key, wanted, `${say(setting.title)} = ${wanted} ${unitText(setting.unit)}`);
    };
    return el("form.set-point", { onsubmit: apply, novalidate: true },
      el("label", { for: id }, say(setting.title)), input, el("span.unit", {}, unitText(setting.unit)),
      el("button", { type: "submit" }, t("apply")), el("small", { id: `${id}-range` }, t("range", range)));
  }

  private choose(tag: Tag): void {
    this.chosen = tag;
    for (const [name, row] of this.rows) {
      row.classList.toggle("chosen", name === tag.name);
      row.querySelector("button")?.setAttribute("aria-pressed", String(name === tag.name));
    }
    this.trend?.show(tag, this.now()).catch((e: Error) => this.told(e.message, true));
  }

  private async send(kind: string, target: string, value: number | null, what: string): Promise<void> {
    try {
      await command(kind, target, value);
      this.told(t("done", { what }));
      this.look();
    } catch (error) {
      this.told(t("refused", { why: (error as Error).message }), true);
    }
  }

  private state(): void {
    if (!this.station) return;
    const now = this.model.stations.get(this.model.placeOf(this.station.id));
    const look = stateLook(now?.state ?? -1);
    setText(this.badge, `${look.symbol} ${look.title[lang()]}`);
    this.badge.style.setProperty("--state", look.colour);
    this.badge.style.setProperty("--ink", look.ink);
    const part = now && now.part >= 0 ? `${t("part")} ${now.part}` : t("noPart");
    setText(this.since, now ? `${t("since", { t: clockText(now.since) })} · ${part}` : "");
  }

  /** Once a second: state and values; now and then the histories. A lost connection is the banner's business. */
  private look(): void {
    const { station } = this;
    if (!station) return;
    this.state();
    const quiet = (): void => undefined;
    values(`${station.id}.*`).then(({ values: found }) => {
      for (const tag of this.tags) {
        const cell = this.cells.get(tag.name);
        if (cell && tag.name in found) setText(cell, valueText(tag, found[tag.name]));
        this.inputs.get(tag.name)?.setAttribute("placeholder", valueText(tag, found[tag.name]));
      }
    }).catch(quiet);
    if (this.looks++ % HISTORY_EVERY) return;
    if (this.chosen) this.trend?.refresh(this.now()).catch(quiet);
    const from = Math.max(0, this.now() - STRIP);
    stateHistory(station.id, from).then((found) => {
      if (this.station !== station) return;
      drawStrip(this.strip, found, from);
      const text = shares(found, from).map(shareText).join("   ");
      setText(this.share, text);
      this.strip.setAttribute("aria-label", `${t("history" as Key)}: ${text}`);
    }).catch(quiet);
  }
}

// The bar at the top: what line this is, what time it is there, and its key figures.

import { el, setText } from "../dom";
import { clockText, count, wallText } from "../format";
import { lang, localised, say, setLang, t, type Key } from "../i18n";
import type { Kpi, Line } from "../types";

export interface HeaderActions {
  command(kind: "start" | "stop"): void;
  home(): void;
  toggleTable(): void;
}

const FIGURES = ["oee", "finished", "scrapped", "wip"] as const;
const TIMES = ["time", "speed", "clock"] as const;

export class Header {
  readonly node: HTMLElement;
  private readonly values = new Map<string, HTMLElement>();
  private readonly title = el("h1");
  private readonly status = el("span.run-state");
  private readonly table: HTMLButtonElement;
  private tableShown = false;
  private shown: { t: number; speed: number; running: boolean; clock: string } | null = null;

  constructor(private readonly line: Line, private readonly startedAt: number, actions: HeaderActions) {
    const button = (key: Key, act: () => void, style = ""): HTMLButtonElement => {
      const node = el<HTMLButtonElement>(`button${style}`, { type: "button", onclick: act });
      localised(() => setText(node, t(key)));
      return node;
    };
    this.table = el<HTMLButtonElement>("button", { type: "button", onclick: actions.toggleTable });
    localised(() => this.showsTable(this.tableShown));
    const language = button("language", () => setLang(lang() === "ko" ? "en" : "ko"));
    localised(() => language.setAttribute("lang", lang() === "ko" ? "en" : "ko"));
    this.node = el(
      "header", {},
      el("div.headline", {}, this.title, this.status),
      el("dl.figures", {}, ...[...FIGURES, ...TIMES].map((key) => this.figure(key))),
      el("div.actions", {},
        button("startLine", () => actions.command("start"), ".go"),
        button("stopLine", () => actions.command("stop"), ".halt"),
        button("home", actions.home), this.table, language),
    );
    localised(() => {
      setText(this.title, say(line.title));
      document.title = `${say(line.title)} · ${line.id}`;
      document.documentElement.lang = lang();
      this.redraw();
    });
  }

  private figure(key: (typeof FIGURES)[number] | (typeof TIMES)[number]): HTMLElement {
    const value = el("dd", { "data-kpi": key }, "–"), name = el("dt");
    this.values.set(key, value);
    localised(() => setText(name, t(key)));
    return el(`div.figure.figure-${key}`, {}, name, value);
  }

  private put(key: string, text: string): void {
    const node = this.values.get(key);
    if (node) setText(node, text);
  }

  kpi(kpi: Kpi): void {
    this.put("oee", kpi.oee === null ? "–" : `${(100 * kpi.oee).toFixed(1)} %`);
    this.put("finished", count(kpi.finished));
    this.put("scrapped", count(kpi.scrapped));
    this.put("wip", count(kpi.wip));
    this.values.get("scrapped")?.classList.toggle("bad", kpi.scrapped > 0);
  }

  time(seconds: number, speed: number, running: boolean, clock: string): void {
    this.shown = { t: seconds, speed, running, clock };
    this.redraw();
  }

  private redraw(): void {
    if (!this.shown) return;
    const { t: seconds, speed, running, clock } = this.shown;
    this.put("time", clockText(seconds));
    this.put("speed", `×${Number(speed.toPrecision(3))}`);
    this.put("clock", wallText(new Date(this.startedAt + seconds * 1000)));
    const mode = clock === "stepped" ? "stepped" : running ? "paced" : "paused";
    setText(this.status, `${this.line.id} · ${t(mode)}`);
    this.status.dataset.mode = mode;
  }

  showsTable(shown: boolean): void {
    this.tableShown = shown;
    setText(this.table, t(this.tableShown ? "view3d" : "table"));
  }
}

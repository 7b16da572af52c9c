// The bar at the top: what line this is, what time it is there, and its key figures.

import type { ClockChange } from "../api";
import { el, setText } from "../dom";
import { clockText, count, dayText, wallText } from "../format";
import { lang, localised, say, setLang, t, type Key } from "../i18n";
import type { Kpi, Line } from "../types";

export interface HeaderActions {
  command(kind: "start" | "stop"): void;
  clock(change: ClockChange, what: Key): void;
  home(): void;
  toggleTable(): void;
}

const FIGURES = ["oee", "finished", "scrapped", "wip"] as const;
const SPEEDS = [1, 2, 5, 10, 30, 60, 120, 300, 600, 1800];
const TIMES = ["time", "speed", "clock"] as const;

export class Header {
  readonly node: HTMLElement;
  private readonly values = new Map<string, HTMLElement>();
  private readonly title = el("h1");
  private readonly day = el("dt");
  private readonly status = el("span.run-state");
  private readonly table: HTMLButtonElement;
  private readonly pace = el<HTMLSelectElement>("select", { "data-kpi": "speed" });
  private readonly pause = el<HTMLButtonElement>("button.pause", { type: "button" });
  private tableShown = false;
  private shown: { t: number; speed: number; running: boolean; clock: string } | null = null;

  constructor(private readonly line: Line, private readonly startedAt: number, actions: HeaderActions) {
    const button = (key: Key, act: () => void, style = ""): HTMLButtonElement => {
      const node = el<HTMLButtonElement>(`button${style}`, { type: "button", onclick: act });
      localised(() => setText(node, t(key)));
      return node;
    };
    const home = button("home", actions.home, ".home");
    this.table = el<HTMLButtonElement>("button.toggle", { type: "button", onclick: actions.toggleTable });
    localised(() => this.showsTable(this.tableShown));
    const language = button("language", () => setLang(lang() === "ko" ? "en" : "ko"));
    localised(() => language.setAttribute("lang", lang() === "ko" ? "en" : "ko"));
    this.pace.addEventListener("change", () => actions.clock({ speed: Number(this.pace.value) }, "speed"));
    this.pause.addEventListener("click", () => {
      const running = !this.shown?.running;
      actions.clock({ running }, running ? "resume" : "pause");
    });
    this.node = el(
      "header", {},
      el("div.headline", {}, this.title, this.status),
      el("dl.figures", {}, ...[...FIGURES, ...TIMES].map((key) => this.figure(key))),
      el("div.actions", {},
        button("startLine", () => actions.command("start"), ".go"),
        button("stopLine", () => actions.command("stop"), ".halt"),
        home, this.table, language),
    );
    localised(() => {
      setText(this.title, say(line.title));
      document.title = `${say(line.title)} · ${line.id}`;
      document.documentElement.lang = lang();
      this.redraw();
    });
  }

  private figure(key: (typeof FIGURES)[number] | (typeof TIMES)[number]): HTMLElement {
    const name = key === "clock" ? this.day : el("dt");
    if (key === "speed") {
      localised(() => {
        setText(name, t(key));
        this.pace.setAttribute("aria-label", t(key));
      });
      return el("div.figure.figure-speed", {}, name, el("dd", {}, this.pause, this.pace));
    }
    const value = el("dd", { "data-kpi": key }, "–");
    this.values.set(key, value);
    if (key !== "clock") localised(() => setText(name, t(key)));
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
    this.offer(speed, running, clock === "paced");
    const wall = new Date(this.startedAt + seconds * 1000);
    this.put("clock", wallText(wall));
    setText(this.day, `${t("clock")} · ${dayText(wall)} UTC`);
    const mode = clock === "stepped" ? "stepped" : running ? "paced" : "paused";
    setText(this.status, `${this.line.id} · ${t(mode)}`);
    this.status.dataset.mode = mode;
  }

  /** Shows the speed and, on a clock that runs by itself, lets it be changed. */
  private offer(speed: number, running: boolean, paced: boolean): void {
    const known = Number(speed.toPrecision(3));
    this.pause.hidden = !paced;
    this.pace.disabled = !paced;
    setText(this.pause, running ? "‖" : "▶");
    this.pause.setAttribute("aria-label", t(running ? "pause" : "resume"));
    if (this.pace.dataset.speed === String(known)) return;
    this.pace.dataset.speed = String(known);
    const offered = [...new Set([...SPEEDS, known])].sort((a, b) => a - b);
    this.pace.replaceChildren(...offered.map((x) => el("option", { value: x, selected: x === known }, `×${x}`)));
  }

  showsTable(shown: boolean): void {
    this.tableShown = shown;
    setText(this.table, t(this.tableShown ? "view3d" : "table"));
  }
}

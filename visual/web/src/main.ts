// The page: one more reader of the trace. It connects, folds the rows and draws what follows from them.

import { ask, command, setClock } from "./api";
import { PageClock } from "./clock";
import { el } from "./dom";
import { localised, t, type Key } from "./i18n";
import { Model } from "./model";
import { View } from "./scene/view";
import { Stream } from "./stream";
import type { Hello, Message } from "./types";
import { Events } from "./ui/events";
import { Header } from "./ui/header";
import { makeLegend } from "./ui/legend";
import { Notices } from "./ui/notices";
import { Panel } from "./ui/panel";
import { Table } from "./ui/table";
import { askToken } from "./ui/token";

const app = document.getElementById("app")!;
const notices = new Notices();
const clock = new PageClock();
document.body.append(notices.banner);
ask.token = askToken;

/** Everything that belongs to one line; a server that comes back with another line reloads the page. */
class Page {
  readonly model: Model;
  readonly header: Header;
  readonly panel: Panel;
  readonly events: Events;
  readonly table: Table;
  view: View | null = null;
  time: number;
  private tableShown = false;
  private readonly main = el("main");
  private drawnAt = 0;

  constructor(private head: Hello) {
    this.model = new Model(head.line, head.present);
    this.time = head.t;
    this.header = new Header(head.line, Date.parse(head.wall) - head.t * 1000, {
      command: (kind) => void this.send(() => command(kind, ""), kind === "start" ? "startLine" : "stopLine"),
      clock: (change, what) => void this.send(() => setClock(change), what),
      home: () => this.view?.home(),
      toggleTable: () => this.showTable(!this.tableShown),
    });
    const choose = (id: string | null): void => this.choose(id);
    this.panel = new Panel(this.model, () => this.time, (text, bad) => notices.say(text, bad), () => this.choose(null));
    this.events = new Events(this.model, choose);
    this.table = new Table(this.model, choose);
    this.main.append(this.table.node, notices.toasts, el("div.overlay", {}, this.events.node, makeLegend()));
    app.replaceChildren(this.header.node, el("div.body", {}, this.main, this.panel.node));
    localised(() => this.panel.translate());
    void this.openView(head.scene, choose);
  }

  private async openView(scene: unknown, choose: (id: string | null) => void): Promise<void> {
    try {
      this.view = await View.open(this.model, scene, choose);
      this.main.prepend(this.view.stage);
      this.view.fit();
      this.view.labels.select(this.panel.shows);
      if (this.view.problem !== null) notices.say(t("noScene", { why: this.view.problem }));
      this.view.stage.querySelector("canvas")?.addEventListener("webglcontextlost", (e) => {
        e.preventDefault();
        this.withoutView();
      });
    } catch (error) {
      console.info("no 3D view:", error);
      this.withoutView();
    }
  }

  private withoutView(): void {
    this.view?.dispose();
    this.view = null;
    localised(() => this.table.explain(t("noWebgl")));
    this.header.node.classList.add("flat");
    this.showTable(true);
  }

  private showTable(shown: boolean): void {
    this.tableShown = shown || this.view === null;
    this.table.node.hidden = !this.tableShown;
    this.header.showsTable(this.tableShown);
    if (this.view) this.view.stage.hidden = this.tableShown;
    this.drawnAt = 0;
  }

  choose(id: string | null): void {
    if (id === this.panel.shows) return;
    const before = this.panel.shows;
    if (id === null) this.panel.close();
    else this.panel.open(id);
    this.view?.labels.select(id);
    if (id === null && before)
      document.querySelector<HTMLElement>(`button.label[data-station="${before}"]`)?.focus({ preventScroll: true });
  }

  private async send(act: () => Promise<unknown>, what: Key): Promise<void> {
    try {
      await act();
      notices.say(t("done", { what: t(what) }));
    } catch (error) {
      notices.say(t("refused", { why: (error as Error).message }), true);
    }
  }

  message(message: Message): void {
    const now = performance.now();
    const fresh = message.type === "hello";
    if (message.type === "rows") {
      this.model.push(message.log, message.parts);
      if (message.present) this.model.reset(message.present);
    } else if (message !== this.head) {
      this.model.reset(message.present);
      this.model.events.length = 0;
      this.head = message;
    }
    this.model.addEvents(message.events);
    this.model.addPaces(message.paces);
    const moving = message.running && this.head.clock === "paced";
    clock.sync(message.t, message.speed, moving, now, fresh);
    this.header.kpi(message.kpi);
    this.speed = message.speed;
    this.running = message.running;
  }

  private speed = 1;
  private running = true;

  frame(ms: number): void {
    this.time = clock.at(ms);
    this.model.advance(this.time);
    if (this.view && !this.tableShown) this.view.draw(this.time, ms);
    if (ms - this.drawnAt < 200) return;
    this.drawnAt = ms;
    this.header.time(this.time, this.speed, this.running, this.head.clock);
    this.events.draw(this.time);
    if (this.tableShown) this.table.draw();
  }

  isOf(hello: Hello): boolean {
    return JSON.stringify(hello.line) === JSON.stringify(this.head.line);
  }
}

let page: Page | null = null;

new Stream({
  message(message) {
    if (message.type === "hello" && page && !page.isOf(message)) {
      location.reload();
      return;
    }
    if (message.type === "hello") page ??= new Page(message);
    page?.message(message);
  },
  connected(yes) {
    notices.lost(yes ? null : t("lost"));
  },
});

let failures = 0;

function frame(ms: number): void {
  requestAnimationFrame(frame);
  try {
    page?.frame(ms);
  } catch (error) {
    // one bad picture must not end the page; a lasting fault is said once
    console.error(error);
    if (failures++ === 0) notices.say(t("failed", { why: String(error) }), true);
    if (failures > 20) throw error;
  }
}
requestAnimationFrame(frame);

// For tests and for whoever embeds the page: what is drawn, and where.
Object.assign(window, {
  twin: {
    get frames() { return page?.view?.frames ?? 0; },
    get boards() { return page?.view?.boardsShown ?? 0; },
    get time() { return page?.time ?? 0; },
    get parts() { return [...(page?.model.parts.keys() ?? [])]; },
    where: (station: string) => page?.view?.where(station) ?? null,
    wherePart: (part: number) => page?.view?.wherePart(part, page.time) ?? null,
    partAt: (part: number) => page?.view?.partAt(part, page.time) ?? null,
    select: (station: string | null) => page?.choose(station),
  },
});

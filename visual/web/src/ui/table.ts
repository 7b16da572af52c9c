// The line as a table: for small devices, for screen readers, and where nothing can be drawn.

import { el, setText } from "../dom";
import { clockText } from "../format";
import { lang, localised, say, t, type Key } from "../i18n";
import type { Model } from "../model";
import { stateLook } from "../states";

const COLUMNS: Key[] = ["machine", "state", "sinceHead", "part", "queue"];

export class Table {
  readonly node = el("div.table-view", { hidden: true });
  private readonly note = el("p.note", { hidden: true });
  private rows: { place: number; cells: HTMLElement[]; badge: HTMLElement }[] = [];

  constructor(private readonly model: Model, choose: (id: string) => void) {
    const heads = COLUMNS.map(() => el("th", { scope: "col" }));
    const body = el("tbody");
    model.line.stations.forEach((station, place) => {
      const name = el("button.link", { type: "button", onclick: () => choose(station.id) });
      localised(() => setText(name, `${station.id} ${say(station.title)}`));
      const badge = el("span.badge");
      const cells = [el("td"), el("td"), el("td")];
      body.append(el("tr", { "data-station": station.id }, el("th", { scope: "row" }, name), el("td", {}, badge), ...cells));
      this.rows.push({ place, cells, badge });
    });
    localised(() => heads.forEach((head, i) => setText(head, t(COLUMNS[i]!))));
    this.node.append(this.note, el("table", {}, el("thead", {}, el("tr", {}, ...heads)), body));
  }

  explain(text: string): void {
    setText(this.note, text);
    this.note.hidden = false;
  }

  draw(): void {
    for (const { place, cells, badge } of this.rows) {
      const now = this.model.stations.get(place), look = stateLook(now?.state ?? -1);
      setText(badge, `${look.symbol} ${look.title[lang()]}`);
      badge.style.setProperty("--state", look.colour);
      badge.style.setProperty("--ink", look.ink);
      setText(cells[0]!, now ? clockText(now.since) : "–");
      setText(cells[1]!, now && now.part >= 0 ? String(now.part) : "–");
      const waiting = this.model.station(place)?.inputs.reduce((sum, id) => sum + this.model.at(this.model.placeOf(id)).length, 0) ?? 0;
      setText(cells[2]!, String(waiting));
    }
  }
}

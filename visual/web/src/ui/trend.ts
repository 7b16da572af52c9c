// The trend of one tag: fetched from the history, a few hundred values at a time.

import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { history } from "../api";
import { el } from "../dom";
import { clockText, unitText, valueText } from "../format";
import { say, t, type Key } from "../i18n";
import type { Tag } from "../types";

const POINTS = 300;
const RANGES: [Key, number][] = [["minutes10", 600], ["hour1", 3600], ["hours8", 28800]];

export class Trend {
  readonly node = el("div.trend");
  private readonly place = el("div.plot", { "data-trend": "" });
  private readonly caption = el("p.trend-value");
  private plot: uPlot | null = null;
  private tag: Tag | null = null;
  private span = 600;
  private request = 0;
  private readonly observer = new ResizeObserver(() => this.resize());
  /** number of values drawn; the tests look at it */
  drawn = 0;

  constructor() {
    const buttons = RANGES.map(([key, span]) => el("button.range", {
      type: "button", "aria-pressed": String(span === this.span), onclick: (e: Event) => {
        this.span = span;
        for (const b of buttons) b.setAttribute("aria-pressed", String(b === e.currentTarget));
        this.clear();
        void this.refresh(this.latest);
      },
    }, t(key)));
    this.node.append(el("div.ranges", {}, ...buttons), this.caption, this.place);
    this.observer.observe(this.place);
  }

  show(tag: Tag, now: number): Promise<void> {
    if (tag !== this.tag) {
      this.tag = tag;
      this.clear();
    }
    return this.refresh(now);
  }

  private clear(): void {
    this.plot?.destroy();
    this.plot = null;
  }

  private latest = 0;

  async refresh(now: number): Promise<void> {
    this.latest = now;
    const { tag } = this;
    if (!tag) return;
    const request = ++this.request;
    const start = Math.max(0, Math.floor(now - this.span));
    const step = Math.max(tag.period, this.span / POINTS);
    const found = await history(tag.name, start, step);
    if (request !== this.request) return;
    const data: uPlot.AlignedData = [found.t, found.values];
    this.drawn = found.t.length;
    this.place.dataset.points = String(this.drawn);
    if (this.plot) this.plot.setData(data);
    else this.plot = new uPlot(this.options(tag), data, this.place);
    this.say(this.plot, tag);
  }

  private options(tag: Tag): uPlot.Options {
    const steps = tag.kind !== "float";
    const axis: uPlot.Axis = { stroke: "#3f4c57", grid: { stroke: "#e1e6ea", width: 1 }, ticks: { show: false }, font: "11px system-ui, sans-serif" };
    const path = steps ? uPlot.paths.stepped?.({ align: 1 }) : undefined;
    return {
      width: Math.max(200, this.place.clientWidth), height: 160, padding: [8, 8, 0, 0],
      cursor: { drag: { x: false, y: false } },
      legend: { show: false },
      hooks: { setCursor: [(plot) => this.say(plot, tag)] },
      scales: { x: { time: false }, y: { range: (_u, low, high) => band(tag, low, high) } },
      axes: [
        { ...axis, values: (_u, ticks) => ticks.map((x) => clockText(x).slice(-8, -3)), space: 60, size: 26 },
        { ...axis, size: 52, values: (_u, ticks) => ticks.map((y) => (tag.kind === "enum" ? shortLabel(tag, y) : tickText(y))) },
      ],
      series: [
        {},
        {
          stroke: "#1b5c93", width: 1.6, points: { show: false },
          ...(path ? { paths: path } : { fill: "rgba(27,92,147,0.08)" }),
        },
      ],
    };
  }

  /** The value under the pointer, or the latest. */
  private say(plot: uPlot, tag: Tag): void {
    const [times = [], values = []] = plot.data, i = plot.cursor.idx ?? times.length - 1;
    const time = times[i], value = values[i];
    const shown = time === undefined ? "–" : `${valueText(tag, value)} ${unitText(tag.unit)} · ${clockText(time)}`;
    this.caption.replaceChildren(el("b", {}, say(tag.title)), ` ${shown}`);
  }

  private resize(): void {
    const width = this.place.clientWidth;
    if (this.plot && width && Math.abs(this.plot.width - width) > 1) this.plot.setSize({ width, height: 160 });
  }

  dispose(): void {
    this.observer.disconnect();
    this.plot?.destroy();
    this.plot = null;
    this.tag = null;
    this.request++;
  }
}

const shortLabel = (tag: Tag, y: number): string =>
  Number.isInteger(y) && tag.labels[y] !== undefined ? valueText(tag, y) : "";

const tickText = (y: number): string =>
  Math.abs(y) >= 10000 ? `${(y / 1000).toLocaleString("en-US")}k` : String(Number(y.toPrecision(6)));

/** A steady band around the values: noise of the last digit does not fill the plot. */
function band(tag: Tag, low: number | null, high: number | null): [number, number] {
  if (low === null || high === null) return [tag.low, tag.high];
  if (tag.kind === "enum") return [-0.5, tag.labels.length - 0.5];
  const least = tag.kind === "int" ? 4 : Math.max(20 * tag.resolution, Math.abs(high) * 0.01, 1e-9);
  const middle = (low + high) / 2, half = Math.max(high - low, least) * 0.58;
  return [tag.kind === "int" ? Math.max(Math.min(0, low), middle - half) : middle - half, middle + half];
}

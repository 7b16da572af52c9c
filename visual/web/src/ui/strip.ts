// A machine's states over time, as a strip: colour and hatching, so that it can be read without colour.

import type { StateHistory } from "../api";
import { clockText } from "../format";
import { lang } from "../i18n";
import { stateLook, type StateLook } from "../states";

const patterns = new Map<string, CanvasPattern | string>();

function fill(c: CanvasRenderingContext2D, look: StateLook): CanvasPattern | string {
  const known = patterns.get(look.name);
  if (known) return known;
  const tile = document.createElement("canvas");
  tile.width = tile.height = 8;
  const p = tile.getContext("2d")!;
  p.fillStyle = look.colour;
  p.fillRect(0, 0, 8, 8);
  p.strokeStyle = p.fillStyle = look.ink;
  p.globalAlpha = 0.5;
  p.lineWidth = 1.2;
  const line = (x0: number, y0: number, x1: number, y1: number): void => {
    p.beginPath();
    p.moveTo(x0, y0);
    p.lineTo(x1, y1);
    p.stroke();
  };
  const forward = (): void => { line(-2, 6, 2, 10 - 16); line(-2, 10, 10, -2); line(6, 10, 10, 6); line(-2, 2, 2, -2); };
  const backward = (): void => { line(-2, -2, 10, 10); line(6, -2, 10, 2); line(-2, 6, 2, 10); };
  if (look.hatch === "/" || look.hatch === "x") forward();
  if (look.hatch === "\\" || look.hatch === "x") backward();
  if (look.hatch === "-") line(0, 4, 8, 4);
  if (look.hatch === ".") p.fillRect(3, 3, 2.5, 2.5);
  const made = c.createPattern(tile, "repeat") ?? look.colour;
  patterns.set(look.name, made);
  return made;
}

export function drawStrip(canvas: HTMLCanvasElement, history: StateHistory, from: number): void {
  const ratio = devicePixelRatio || 1, width = canvas.clientWidth, height = canvas.clientHeight;
  if (!width || !height) return;
  canvas.width = width * ratio;
  canvas.height = height * ratio;
  const c = canvas.getContext("2d")!;
  c.scale(ratio, ratio);
  c.clearRect(0, 0, width, height);
  const span = Math.max(1, history.end - from), band = height - 16;
  c.fillStyle = "#e7ebee";
  c.fillRect(0, 0, width, band);
  stretches(history).forEach(({ t, state }, i, all) => {
    const begin = Math.max(from, t), end = all[i + 1]?.t ?? history.end;
    const x0 = ((begin - from) / span) * width, x1 = ((end - from) / span) * width;
    if (x1 <= 0) return;
    c.fillStyle = fill(c, stateLook(state));
    c.fillRect(x0, 0, Math.max(0.6, x1 - x0), band);
  });
  c.fillStyle = "#3f4c57";
  c.font = "11px system-ui, sans-serif";
  c.textBaseline = "bottom";
  c.fillText(clockText(from), 0, height);
  const last = clockText(history.end);
  c.fillText(last, width - c.measureText(last).width, height);
}

/** One stretch a state: a machine that goes from part to part works all the while. */
function stretches(history: StateHistory): { t: number; state: number }[] {
  return history.t.map((t, i) => ({ t, state: history.state[i] ?? -1 }))
    .filter(({ state }, i, all) => i === 0 || all[i - 1]!.state !== state);
}

/** Share of each state in a history, the largest first, as text. */
export function shares(history: StateHistory, from: number): { look: StateLook; share: number }[] {
  const total = Math.max(1e-9, history.end - from), sums = new Map<number, number>();
  history.t.forEach((t, i) => {
    const length = (history.t[i + 1] ?? history.end) - Math.max(from, t);
    const state = history.state[i] ?? -1;
    if (length > 0) sums.set(state, (sums.get(state) ?? 0) + length);
  });
  return [...sums].map(([state, sum]) => ({ look: stateLook(state), share: sum / total }))
    .sort((a, b) => b.share - a.share);
}

export const shareText = ({ look, share }: { look: StateLook; share: number }): string =>
  `${look.symbol} ${look.title[lang()]} ${(100 * share).toFixed(share < 0.1 ? 1 : 0)} %`;

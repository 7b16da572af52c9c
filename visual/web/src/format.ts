// Numbers and times as people read them.

import { lang } from "./i18n";
import type { Tag } from "./types";
import { STATES } from "./states";

/** Seconds since the start as "1 d 02:14:42" or "02:14:42". */
export function clockText(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds + 1e-6));
  const two = (n: number): string => String(n).padStart(2, "0");
  const days = Math.floor(whole / 86400);
  const time = `${two(Math.floor(whole / 3600) % 24)}:${two(Math.floor(whole / 60) % 60)}:${two(whole % 60)}`;
  return days ? `${days} d ${time}` : time;
}

const region = (): string => (lang() === "ko" ? "ko-KR" : "en-GB");

export const dayText = (date: Date): string =>
  date.toLocaleDateString(region(), { month: "short", day: "numeric", timeZone: "UTC" });

/** Time of day, UTC like every time the server gives. */
export const wallText = (date: Date): string =>
  date.toLocaleTimeString(region(), { hour: "2-digit", minute: "2-digit", second: "2-digit", hour12: false, timeZone: "UTC" });

export const count = (n: number): string => n.toLocaleString(region());

function digits(tag: Tag): number {
  if (tag.kind === "int") return 0;
  if (tag.resolution > 0) return Math.max(0, Math.min(6, Math.ceil(-Math.log10(tag.resolution) - 1e-9)));
  const span = Math.max(Math.abs(tag.low), Math.abs(tag.high));
  return span >= 1000 ? 0 : span >= 10 ? 1 : span >= 1 ? 2 : 3;
}

/** A tag's value without its unit. */
export function valueText(tag: Tag, value: number | null | undefined): string {
  if (value === null || value === undefined) return "–";
  if (tag.kind === "bool") return value ? "●" : "○";
  if (tag.kind === "enum") {
    const label = tag.labels[Math.round(value)] ?? String(value);
    return STATES.find((s) => s.name === label)?.title[lang()] ?? label;
  }
  const places = digits(tag), shown = Number(value.toFixed(places)) || 0; // no "-0.0"
  return shown.toLocaleString("en-US", {
    minimumFractionDigits: places, maximumFractionDigits: places, useGrouping: Math.abs(shown) >= 10000,
  });
}

/** A unit worth showing: "1" counts things and says nothing. */
export const unitText = (unit: string): string => (unit === "1" ? "" : unit);

// The states of a station: colour (IEC 60073: red danger, yellow abnormal, blue action needed, green
// normal, grey neutral), a symbol and a word. Colour never stands alone. Normal states stay quiet and
// abnormal ones stand out (ISA-101).

import type { Lang } from "./i18n";

export interface StateLook {
  name: string;
  symbol: string;
  colour: string;
  /** colour of text on `colour`, contrast above 4.5:1 */
  ink: string;
  /** the lamp that is lit */
  lamp: "red" | "amber" | "green" | "blue" | "white";
  /** whether it should catch the eye */
  loud: boolean;
  /** hatching in the state strip */
  hatch: "none" | "/" | "\\" | "x" | "-" | ".";
  title: Record<Lang, string>;
}

const look = (
  name: string, symbol: string, colour: string, ink: string, lamp: StateLook["lamp"], loud: boolean,
  hatch: StateLook["hatch"], en: string, ko: string,
): StateLook => ({ name, symbol, colour, ink, lamp, loud, hatch, title: { en, ko } });

export const STATES: StateLook[] = [
  look("STOPPED", "■", "#59646d", "#ffffff", "white", false, "-", "STOPPED", "정지"),
  look("IDLE", "○", "#6a767f", "#ffffff", "white", false, "none", "IDLE", "비가동(계획)"),
  look("STARVED", "◇", "#f5b800", "#221a00", "amber", true, "/", "STARVED", "자재 대기"),
  look("WORKING", "▶", "#25794b", "#ffffff", "green", false, "none", "WORKING", "가동"),
  look("BLOCKED", "◆", "#f5b800", "#221a00", "amber", true, "\\", "BLOCKED", "배출 막힘"),
  look("DOWN", "✕", "#c8192e", "#ffffff", "red", true, "x", "DOWN", "고장"),
  look("SETUP", "↻", "#1f63b8", "#ffffff", "blue", true, ".", "SETUP", "작업 준비"),
  look("HELD", "‖", "#1f63b8", "#ffffff", "blue", true, "-", "HELD", "작업자 대기"),
  look("MAINTENANCE", "✚", "#1f63b8", "#ffffff", "blue", false, "x", "MAINTENANCE", "계획 보전"),
  look("LOADING", "⇄", "#25794b", "#ffffff", "green", false, ".", "LOADING", "소재 장착"),
];

export const UNKNOWN: StateLook = look("UNKNOWN", "?", "#59646d", "#ffffff", "white", false, "none", "UNKNOWN", "알 수 없음");

export const stateLook = (code: number): StateLook => STATES[code] ?? UNKNOWN;

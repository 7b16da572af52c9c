// Every text of the page in both languages.

import type { Text } from "./types";

export type Lang = "en" | "ko";

const TEXTS = {
  oee: ["OEE", "OEE"],
  finished: ["Finished", "완성"],
  scrapped: ["Scrapped", "폐기"],
  wip: ["WIP", "재공"],
  time: ["Line time", "라인 시간"],
  speed: ["Speed", "속도"],
  clock: ["Clock", "시각"],
  paced: ["running", "진행 중"],
  paused: ["paused", "일시 정지"],
  stepped: ["stepped", "단계 진행"],
  pause: ["Pause time", "시간 정지"],
  resume: ["Let time run", "시간 진행"],
  tokenWanted: [
    "From another machine one only looks. To operate the line, give the instructor's password:",
    "다른 컴퓨터에서는 보기만 할 수 있습니다. 라인을 조작하려면 교육자 암호를 입력하세요:",
  ],
  give: ["OK", "확인"],
  cancel: ["Cancel", "취소"],
  startLine: ["Start line", "라인 시작"],
  stopLine: ["Stop line", "라인 정지"],
  home: ["Whole line", "전체 보기"],
  table: ["Table", "표"],
  view3d: ["3D view", "3D 보기"],
  language: ["한국어", "English"],
  events: ["Events", "이벤트"],
  noEvents: ["Nothing has happened yet.", "아직 이벤트가 없습니다."],
  active: ["Now", "현재"],
  close: ["Close", "닫기"],
  start: ["Start", "시작"],
  stop: ["Stop", "정지"],
  reset: ["Reset counters", "카운터 초기화"],
  tags: ["Values", "측정값"],
  trend: ["Trend", "추이"],
  history: ["States, last hour", "상태 이력, 최근 1시간"],
  settings: ["Set points", "설정값"],
  apply: ["Apply", "적용"],
  range: ["{low} to {high} {unit}", "{low} ~ {high} {unit}"],
  outside: ["Must be {low} to {high} {unit}.", "{low} ~ {high} {unit} 범위여야 합니다."],
  done: ["Done: {what}", "적용됨: {what}"],
  refused: ["Refused: {why}", "거부됨: {why}"],
  lost: ["Connection lost. Trying again…", "연결이 끊겼습니다. 다시 연결하는 중…"],
  connecting: ["Connecting…", "연결하는 중…"],
  noWebgl: [
    "This browser cannot draw 3D (WebGL is off). The table shows the same states.",
    "이 브라우저에서는 3D(WebGL)를 사용할 수 없습니다. 표에서 같은 상태를 볼 수 있습니다.",
  ],
  noScene: [
    "The 3D geometry could not be loaded ({why}). Simple shapes stand in for the machines.",
    "3D 형상을 불러오지 못했습니다({why}). 설비를 단순한 형태로 표시합니다.",
  ],
  noneGiven: ["this server has none", "서버에 형상이 없음"],
  failed: ["The page met an error: {why}", "페이지 오류: {why}"],
  machine: ["Machine", "설비"],
  state: ["State", "상태"],
  sinceHead: ["Since", "시작 시각"],
  since: ["since {t}", "{t}부터"],
  part: ["Part", "부품"],
  queue: ["Waiting", "대기"],
  noPart: ["no part", "부품 없음"],
  minutes10: ["10 min", "10분"],
  hour1: ["1 h", "1시간"],
  hours8: ["8 h", "8시간"],
  legend: ["Machine states", "설비 상태"],
  labels: ["Machines", "설비"],
  stage: ["3D view of the line; drag to turn, wheel to zoom", "라인 3D 보기; 끌어서 회전, 휠로 확대"],
  FAILURE: ["stopped by {detail}", "고장 정지: {detail}"],
  REPAIRED: ["repaired after {detail}", "복구됨: {detail}"],
  SETUP: ["set up for {detail}", "품목 전환: {detail}"],
  VERDICT: ["rejected part {part}", "부품 {part} 불합격"],
  COMMAND: ["command: {detail}", "명령: {detail}"],
  RESET: ["counters reset", "카운터 초기화"],
  line: ["Line", "라인"],
} as const satisfies Record<string, readonly [string, string]>;

export type Key = keyof typeof TEXTS;

export function chooseLang(search: string, browser: string): Lang {
  const wanted = new URLSearchParams(search).get("lang") ?? browser;
  return wanted.toLowerCase().startsWith("ko") ? "ko" : "en";
}

let current: Lang = chooseLang(location.search, navigator.language);
const listeners: (() => void)[] = [];

export const lang = (): Lang => current;

/** Calls `draw` now and again whenever the language changes. */
export function localised(draw: () => void): void {
  listeners.push(draw);
  draw();
}

export function setLang(next: Lang): void {
  current = next;
  const url = new URL(location.href);
  url.searchParams.set("lang", next);
  history.replaceState(null, "", url);
  for (const draw of listeners) draw();
}

export function t(key: Key, values: Record<string, string | number> = {}): string {
  const text: string = TEXTS[key][current === "ko" ? 1 : 0];
  return text.replace(/\{(\w+)\}/g, (_all, name: string) => String(values[name] ?? ""));
}

export const isKey = (key: string): key is Key => key in TEXTS;
export const say = (text: Text): string => text[current];

// The REST calls of the page. A refusal comes back as an error whose message a person can read.

export class Refusal extends Error {}

const KEPT = "twin-token"; // for this tab only

/** Asks the person for the instructor's token; null when there is none. The page sets it. */
export const ask = { token: (): Promise<string | null> => Promise.resolve(null) };

async function call<T>(path: string, init?: RequestInit, asked = false): Promise<T> {
  const token = init?.method === "POST" ? sessionStorage.getItem(KEPT) : null;
  const response = await fetch(path, token ? { ...init, headers: { ...init?.headers, "X-Twin-Role-Token": token } } : init);
  const body: unknown = await response.json().catch(() => ({}));
  if (response.ok) return body as T;
  const said = body as { error?: string; reason?: string; expected?: string; code?: string };
  if (said.code === "token" && !asked) {
    const given = await ask.token();
    if (given !== null) {
      sessionStorage.setItem(KEPT, given);
      return call(path, init, true);
    }
  }
  if (said.code === "token") sessionStorage.removeItem(KEPT);
  const why = said.reason ?? said.error ?? `${response.status} ${response.statusText}`;
  throw new Refusal(said.expected && !said.reason ? `${why} (${said.expected})` : why);
}

export interface History { name: string; unit: string; step: number; t: number[]; values: (number | null)[] }
export interface StateHistory { start: number; end: number; t: number[]; state: number[]; part: number[] }

const enc = encodeURIComponent;

export const values = (names: string): Promise<{ t: number; values: Record<string, number | null> }> =>
  call(`api/tags?names=${enc(names)}`);

export const history = (tag: string, start: number, step: number): Promise<History> =>
  call(`api/tags/${enc(tag)}/history?start=${start}&step=${step}`);

export const stateHistory = (station: string, start: number): Promise<StateHistory> =>
  call(`api/stations/${enc(station)}/history?start=${start}`);

const post = <T>(path: string, body: unknown): Promise<T> =>
  call(path, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });

export interface ClockChange { speed?: number; running?: boolean }

export const setClock = (change: ClockChange): Promise<ClockChange> => post("api/clock", change);

export const command = (kind: string, target: string, value: number | null = null): Promise<{ ok: boolean; reason: string }> =>
  post("api/commands", { kind, target, value, role: "operator" });

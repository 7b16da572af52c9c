// What the server says, as it says it (twin/serve/http_models.py and stream.py describe it).

export interface Text { en: string; ko: string }

export interface Station {
  id: string;
  kind: string;
  title: Text;
  x: number | null;
  y: number | null;
  inputs: string[];
  outputs: string[];
  residence: number | null;
}

export interface Buffer {
  id: string;
  capacity: number;
  transport: number;
  from: string[];
  to: string[];
}

export interface Tag {
  name: string;
  station: string;
  title: Text;
  unit: string;
  low: number;
  high: number;
  period: number;
  resolution: number;
  kind: "float" | "int" | "bool" | "enum";
  labels: string[];
  setting: string | null;
}

export interface Setting { title: Text; unit: string; low: number; high: number; default: number }

export interface Line {
  id: string;
  title: Text;
  stations: Station[];
  buffers: Buffer[];
  places: string[];
  tags: Tag[];
  settings: Record<string, Setting>;
  states: string[];
  products: string[];
}

export interface Kpi { oee: number | null; finished: number; scrapped: number; wip: number }

/** [t, place, state, part]: from t on, this place is in this state with this part. */
export type Row = [number, number, number, number];

export interface Present {
  stations: Row[];
  /** [part, place, since, product, place it came from or -1] */
  parts: [number, number, number, number, number][];
}

export interface LineEvent {
  t: number;
  kind: string;
  place: string;
  part: number | null;
  value: number | null;
  detail: string;
  title: Text | null;
}

interface Head {
  t: number;
  speed: number;
  running: boolean;
  kpi: Kpi;
  events: LineEvent[];
  /** tunnels by station: [from when on, seconds a part takes] */
  paces: Record<string, [number, number][]>;
}

export interface Hello extends Head {
  type: "hello";
  line: Line;
  scene: unknown;
  wall: string;
  clock: "paced" | "stepped";
  present: Present;
}

export interface Rows extends Head {
  type: "rows";
  log: Row[];
  parts: Record<string, number>;
  present?: Present;
}

export type Message = Hello | Rows;
export type Point = [number, number, number];

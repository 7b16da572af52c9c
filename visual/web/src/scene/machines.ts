// The machines: geometry from the server, or simple shapes when there is none.

import {
  Box3, BoxGeometry, CylinderGeometry, Group, Mesh, MeshStandardMaterial, type Object3D, Vector3,
} from "three";
import { GLTFLoader } from "three/examples/jsm/loaders/GLTFLoader.js";
import { t } from "../i18n";
import type { Line, Station } from "../types";
import { BELT_HEIGHT } from "./ways";

const TEMPLATE = /^__part_/;

export interface Machines {
  root: Group;
  /** machine's own node by station id */
  nodes: Map<string, Object3D>;
  boxes: Map<string, Box3>;
  /** template of a part, if the geometry brings one */
  board: Mesh | null;
  /** whether the geometry brings its own floor */
  floor: boolean;
  /** why simple shapes are shown, if they are */
  problem: string | null;
}

/** `url` is null where the server has no geometry to give. */
export async function loadMachines(line: Line, url: string | null, part: string): Promise<Machines> {
  try {
    if (url === null) throw new Error(t("noneGiven"));
    const response = await fetch(url);
    if (!response.ok) throw new Error(`HTTP ${response.status}`);
    const gltf = await new GLTFLoader().parseAsync(await response.arrayBuffer(), "");
    const found = gather(line, gltf.scene, part);
    if (found.nodes.size === 0) throw new Error("no node is named like a station");
    return found;
  } catch (error) {
    return { ...blocks(line), problem: error instanceof Error ? error.message : String(error) };
  }
}

function gather(line: Line, root: Group, part: string): Machines {
  const ids = new Set(line.stations.map((s) => s.id));
  const nodes = new Map<string, Object3D>();
  const templates: Object3D[] = [];
  let floor = false;
  root.updateMatrixWorld(true);
  root.traverse((node) => {
    const name = (node.userData.name as string | undefined) ?? node.name;
    if (ids.has(name) && !nodes.has(name)) nodes.set(name, node);
    if (TEMPLATE.test(name)) templates.push(node);
    if (/floor|hall|ground/i.test(name)) floor = true;
  });
  const wanted = templates.find((n) => n.name === part) ?? templates[0];
  let template: Mesh | null = null;
  wanted?.traverse((n) => { if (n instanceof Mesh) template ??= n; });
  for (const node of templates) node.removeFromParent();
  const boxes = new Map([...nodes].map(([id, node]) => [id, new Box3().setFromObject(node)]));
  return { root, nodes, boxes, board: template, floor, problem: null };
}

// ---- simple shapes

const PITCH = 3.2; // m between machines
const ROW = 3.4; // m between rows

const material = (colour: string, rough = 0.55, metal = 0.1): MeshStandardMaterial =>
  new MeshStandardMaterial({ color: colour, roughness: rough, metalness: metal });
const BODY = material("#e4e8eb"), BASE = material("#5c6b78"), GLASS = material("#1d2a35", 0.15, 0.4);
const SCREEN = material("#3aa0e8", 0.4), TRIM = material("#2f6fa5"), METAL = material("#9aa5ae", 0.4, 0.6);

/** Column of every station along the line and its row, from the flow. */
function ranks(line: Line): Map<string, [number, number]> {
  const depth = new Map<string, number>();
  const visit = (id: string, d: number, path: Set<string>): void => {
    if (path.has(id) || (depth.get(id) ?? -1) >= d) return;
    depth.set(id, d);
    const next = new Set(path).add(id);
    const station = line.stations.find((s) => s.id === id);
    for (const out of station?.outputs ?? [])
      for (const taker of line.buffers.find((b) => b.id === out)?.to ?? []) {
        const index = (s: string): number => line.stations.findIndex((x) => x.id === s);
        const back = line.stations.find((s) => s.id === taker)?.kind === "review" || index(taker) < index(id);
        visit(taker, back ? depth.get(taker) ?? d : d + 1, next);
      }
  };
  const fed = new Set(line.buffers.flatMap((b) => (b.from.length ? b.to : [])));
  for (const s of line.stations) if (!fed.has(s.id)) visit(s.id, 0, new Set());
  for (const s of line.stations) if (!depth.has(s.id)) visit(s.id, 0, new Set());
  const taken = new Map<number, number>();
  const place = new Map<string, [number, number]>();
  for (const s of line.stations) {
    const column = depth.get(s.id) ?? 0;
    const row = taken.get(column) ?? 0;
    taken.set(column, row + 1);
    place.set(s.id, [column, row]);
  }
  return place;
}

function blocks(line: Line): Omit<Machines, "problem"> {
  const root = new Group();
  const nodes = new Map<string, Object3D>();
  const boxes = new Map<string, Box3>();
  const place = ranks(line);
  const wide = new Map<number, number>();
  for (const s of line.stations) {
    const [column] = place.get(s.id)!;
    wide.set(column, Math.max(wide.get(column) ?? 0, size(s).x));
  }
  const start: number[] = [];
  let x = 0;
  for (let c = 0; c <= Math.max(...wide.keys()); c++) {
    start.push(x + (wide.get(c) ?? 0) / 2);
    x += (wide.get(c) ?? 0) + PITCH - 1.6;
  }
  for (const s of line.stations) {
    const [column, row] = place.get(s.id)!;
    const node = block(s);
    node.name = s.id;
    node.position.set(s.x ?? start[column]!, 0, s.y === null ? row * ROW : -s.y);
    root.add(node);
    nodes.set(s.id, node);
  }
  root.updateMatrixWorld(true);
  for (const [id, node] of nodes) boxes.set(id, new Box3().setFromObject(node));
  return { root, nodes, boxes, board: null, floor: false };
}

function size(station: Station): Vector3 {
  if (station.residence !== null) return new Vector3(6, 1.5, 1.4);
  if (/loader/.test(station.kind)) return new Vector3(1.2, 1.6, 1.1);
  return new Vector3(1.6, 1.7, 1.5);
}

function block(station: Station): Group {
  const group = new Group();
  const { x, y, z } = size(station);
  const add = (geometry: BoxGeometry | CylinderGeometry, m: MeshStandardMaterial, px: number, py: number, pz: number): void => {
    const mesh = new Mesh(geometry, m);
    mesh.position.set(px, py, pz);
    group.add(mesh);
  };
  const low = BELT_HEIGHT - 0.12;
  add(new BoxGeometry(x, low, z), BASE, 0, low / 2, 0);
  add(new BoxGeometry(x, 0.24, 0.1), BASE, 0, BELT_HEIGHT, z / 2 - 0.05);
  add(new BoxGeometry(x, 0.24, 0.1), BASE, 0, BELT_HEIGHT, -z / 2 + 0.05);
  const hood = y - BELT_HEIGHT - 0.12;
  add(new BoxGeometry(x, hood, z), BODY, 0, BELT_HEIGHT + 0.12 + hood / 2, 0);
  add(new BoxGeometry(x * 0.98, 0.05, z * 0.98), TRIM, 0, y + 0.02, 0);
  add(new BoxGeometry(Math.min(x * 0.6, 2.4), hood * 0.55, 0.02), GLASS, -x * 0.08, BELT_HEIGHT + 0.14 + hood / 2, z / 2 + 0.01);
  add(new BoxGeometry(0.3, 0.22, 0.04), SCREEN, x / 2 - 0.25, BELT_HEIGHT + 0.3, z / 2 + 0.06);
  if (station.residence !== null)
    for (const f of [-0.3, 0.3]) add(new CylinderGeometry(0.16, 0.16, 0.8, 20), METAL, x * f, y + 0.4, -0.2);
  return group;
}

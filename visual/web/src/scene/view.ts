// The 3D view: renderer, camera, picking, and the picture of each moment.

import {
  AmbientLight, Box3, Color, DirectionalLight, Fog, HemisphereLight, type Object3D, PerspectiveCamera, Raycaster, Scene,
  SRGBColorSpace, Vector2, Vector3, WebGLRenderer,
} from "three";
import { OrbitControls } from "three/examples/jsm/controls/OrbitControls.js";
import { el } from "../dom";
import { localised, t } from "../i18n";
import type { Model } from "../model";
import type { Ways } from "../motion";
import { stateLook } from "../states";
import { Boards } from "./boards";
import { makeBelts, makeFloor, makeGround, makeShadows } from "./hall";
import { Labels } from "./labels";
import { loadMachines, type Machines } from "./machines";
import { Mark } from "./marks";
import type { Polyline } from "./polyline";
import { plain, Quality } from "./quality";
import { buildWays, readScene, type SceneData } from "./ways";

const BACKGROUND = "#dde3e8";
const HOME_TILT = 0.5; // rad above the horizon
const LIFT = 0.05; // share of the height by which the picture is moved up
const HOME_TURN = -0.42; // rad around, seen a little from the feeding end

export class View {
  readonly stage: HTMLElement;
  readonly labels: Labels;
  readonly problem: string | null;
  frames = 0;
  private readonly renderer: WebGLRenderer;
  private readonly scene = new Scene();
  private readonly camera = new PerspectiveCamera(38, 1, 0.1, 400);
  private readonly controls: OrbitControls;
  private readonly marks = new Map<number, Mark>();
  private readonly boards: Boards;
  private readonly ways: Ways;
  private readonly bounds: Box3;
  private readonly machines: Machines;
  private readonly calm = matchMedia("(prefers-reduced-motion: reduce)");
  private drawnVersion = -1;
  /** whether the camera still shows the whole line, as nobody has moved it */
  private whole = true;
  private flight: { from: [Vector3, Vector3]; to: [Vector3, Vector3]; begin: number } | null = null;

  /** Throws when the browser has no WebGL. */
  static async open(model: Model, rawScene: unknown, choose: (id: string | null) => void): Promise<View> {
    const canvas = el<HTMLCanvasElement>("canvas.view", { tabindex: 0, role: "img" });
    const quality = new Quality();
    const renderer = new WebGLRenderer({ canvas, antialias: !quality.software, powerPreference: "high-performance" });
    const data = readScene(rawScene);
    const machines = await loadMachines(model.line, rawScene === null ? null : "api/scene.glb", data.part);
    return new View(model, machines.problem === null ? data : readScene(null), renderer, quality, machines, choose);
  }

  private constructor(
    private readonly model: Model, data: SceneData, renderer: WebGLRenderer, private readonly quality: Quality,
    machines: Machines, choose: (id: string | null) => void,
  ) {
    const { line } = model;
    this.renderer = renderer;
    this.machines = machines;
    this.problem = machines.problem;
    renderer.outputColorSpace = SRGBColorSpace;
    renderer.setPixelRatio(quality.ratio);
    this.ways = buildWays(line, data, machines.boxes);
    this.bounds = [...machines.boxes.values()].reduce((all, box) => all.union(box), new Box3());
    this.dress(data.ways);
    this.scene.add(machines.root);
    this.boards = new Boards(this.scene, machines.board);
    const anchors = new Map<string, Vector3>();
    line.stations.forEach((station, place) => {
      const box = machines.boxes.get(station.id);
      if (!box) return;
      const mark = new Mark(box, data.colours, data.lamps.get(station.id) ?? null);
      this.marks.set(place, mark);
      this.scene.add(mark.group);
      const mid = box.getCenter(new Vector3());
      const label = data.labels.get(station.id) ?? [mid.x, box.max.y + 0.3, mid.z];
      anchors.set(station.id, new Vector3(...label));
    });
    if (quality.software) plain(this.scene);
    this.labels = new Labels(line, anchors, choose);
    this.stage = el("div.stage", {}, renderer.domElement, this.labels.layer);
    localised(() => renderer.domElement.setAttribute("aria-label", t("stage")));
    this.controls = new OrbitControls(this.camera, renderer.domElement);
    this.controls.enableDamping = true;
    this.controls.dampingFactor = 0.12;
    this.controls.maxPolarAngle = Math.PI / 2 - 0.04;
    this.controls.minDistance = 2;
    this.controls.maxDistance = 120;
    this.controls.listenToKeyEvents(renderer.domElement);
    let before = this.camera.position.clone();
    this.controls.addEventListener("start", () => {
      this.flight = null;
      before = this.camera.position.clone();
    });
    this.controls.addEventListener("end", () => {
      // a click is no move
      if (before.distanceTo(this.camera.position) > 0.05) this.whole = false;
    });
    this.pickOnClick(renderer.domElement, choose);
    new ResizeObserver(() => this.fit()).observe(this.stage);
  }

  private dress(given: Map<string, Polyline>): void {
    this.scene.background = new Color(BACKGROUND);
    this.scene.fog = new Fog(BACKGROUND, 45, 110);
    this.scene.add(new HemisphereLight("#ffffff", "#8d959c", 1.7), new AmbientLight("#ffffff", 0.35));
    const sun = new DirectionalLight("#fff6e8", 1.9);
    sun.position.set(-8, 16, 11);
    this.scene.add(sun);
    if (this.machines.floor) this.scene.add(makeGround(this.bounds));
    else this.scene.add(makeFloor(this.bounds), makeShadows(this.machines.boxes.values()));
    if (given.size === 0) {
      const ways = this.model.line.buffers.flatMap((b) => (b.from.length ? b.from : [""]).map((f) => this.ways.way(f, b.id)));
      this.scene.add(makeBelts(ways.filter((w) => w !== null)));
    }
  }

  private pickOnClick(canvas: HTMLCanvasElement, choose: (id: string | null) => void): void {
    let down: [number, number] | null = null;
    canvas.addEventListener("pointerdown", (e) => (down = [e.clientX, e.clientY]));
    canvas.addEventListener("pointerup", (e) => {
      const still = down && Math.hypot(e.clientX - down[0], e.clientY - down[1]) < 6;
      down = null;
      if (still) choose(this.pick(e.clientX, e.clientY));
    });
    canvas.addEventListener("pointermove", (e) => {
      if (e.buttons === 0 && e.pointerType === "mouse")
        canvas.style.cursor = this.pick(e.clientX, e.clientY) ? "pointer" : "grab";
    });
  }

  /** The machine under a point of the window. */
  pick(clientX: number, clientY: number): string | null {
    const frame = this.renderer.domElement.getBoundingClientRect();
    const ray = new Raycaster();
    const at = new Vector2(((clientX - frame.left) / frame.width) * 2 - 1, 1 - ((clientY - frame.top) / frame.height) * 2);
    ray.setFromCamera(at, this.camera);
    const near = [...this.machines.boxes].map(([id, box]) => ({ id, hit: ray.ray.intersectBox(box, new Vector3()) }))
      .filter((c) => c.hit !== null)
      .sort((a, b) => a.hit!.distanceTo(ray.ray.origin) - b.hit!.distanceTo(ray.ray.origin));
    for (const { id } of near) {
      const node = this.machines.nodes.get(id) as Object3D;
      if (ray.intersectObject(node, true).length) return id;
    }
    return near[0]?.id ?? null;
  }

  /** Where the middle of a machine is in the window, px. */
  where(id: string): { x: number; y: number } | null {
    const box = this.machines.boxes.get(id);
    return box ? this.toWindow(box.getCenter(new Vector3())) : null;
  }

  /** Where a part is drawn in the hall, m, y up. */
  partAt(part: number, time: number): [number, number, number] | null {
    const stay = this.model.parts.get(part);
    return stay ? this.boards.locate(this.model, this.ways, stay, time) : null;
  }

  /** Where a part is drawn in the window, px. */
  wherePart(part: number, time: number): { x: number; y: number } | null {
    const at = this.partAt(part, time);
    return at ? this.toWindow(new Vector3(...at)) : null;
  }

  private toWindow(p: Vector3): { x: number; y: number } {
    const frame = this.renderer.domElement.getBoundingClientRect();
    p.project(this.camera);
    return { x: frame.left + ((p.x + 1) / 2) * frame.width, y: frame.top + ((1 - p.y) / 2) * frame.height };
  }

  get boardsShown(): number {
    return this.boards.shown;
  }

  /** Follows the size of its place in the page. */
  fit(): void {
    const { clientWidth: w, clientHeight: h } = this.stage;
    if (!w || !h) return;
    this.renderer.setSize(w, h, false);
    this.camera.aspect = w / h;
    // the picture sits a little high: events and legend lie over its lower edge
    this.camera.setViewOffset(w, h, 0, Math.round(h * LIFT), w, h);
    this.camera.updateProjectionMatrix();
    this.labels.stale();
    if (this.whole) this.home(false);
    this.renderer.render(this.scene, this.camera); // a canvas of a new size is empty until drawn
  }

  /** Shows the whole line. */
  home(fly = true): void {
    this.whole = true;
    this.frame(this.bounds, fly);
  }

  /** Brings one machine near. */
  focus(id: string): void {
    const box = this.machines.boxes.get(id);
    this.whole = false;
    if (box) this.frame(box.clone().expandByScalar(1.2), true);
  }

  private frame(box: Box3, fly: boolean): void {
    const upright = this.camera.aspect < 0.9;
    const turn = upright ? -1.05 : HOME_TURN, tilt = upright ? 0.75 : HOME_TILT;
    const towards = new Vector3(Math.sin(turn) * Math.cos(tilt), Math.sin(tilt), Math.cos(turn) * Math.cos(tilt));
    const corners = [0, 1, 2, 3, 4, 5, 6, 7].map((i) => new Vector3(
      i & 1 ? box.max.x : box.min.x, i & 2 ? box.max.y + 0.9 : box.min.y, i & 4 ? box.max.z : box.min.z,
    ));
    const target = box.getCenter(new Vector3()), probe = this.camera.clone();
    let distance = 3;
    for (let round = 0; round < 4; round++) {
      for (distance = 3; distance < 110; distance *= 1.03) {
        const seen = outline(probe, target, towards, distance, corners);
        if (seen.max.x - seen.min.x < 1.86 && seen.max.y - seen.min.y < 1.5 && seen.max.z < 1) break;
      }
      // to the middle of the picture, as perspective makes the near end larger
      const seen = outline(probe, target, towards, distance, corners), half = Math.tan((this.camera.fov * Math.PI) / 360) * distance;
      const right = new Vector3().setFromMatrixColumn(probe.matrixWorld, 0), up = new Vector3().setFromMatrixColumn(probe.matrixWorld, 1);
      target.addScaledVector(right, ((seen.min.x + seen.max.x) / 2) * half * this.camera.aspect);
      target.addScaledVector(up, ((seen.min.y + seen.max.y) / 2 - 2 * LIFT) * half);
    }
    const eye = target.clone().addScaledVector(towards, distance);
    if (fly && !this.calm.matches) {
      this.flight = { from: [this.camera.position.clone(), this.controls.target.clone()], to: [eye, target], begin: performance.now() };
      return;
    }
    this.camera.position.copy(eye);
    this.controls.target.copy(target);
    this.controls.update();
  }

  /** Draws the line as at simulated time `time`. */
  draw(time: number, ms: number): void {
    if (this.flight) {
      const x = Math.min(1, (ms - this.flight.begin) / 700), f = x * x * (3 - 2 * x);
      this.camera.position.lerpVectors(this.flight.from[0], this.flight.to[0], f);
      this.controls.target.lerpVectors(this.flight.from[1], this.flight.to[1], f);
      if (x >= 1) this.flight = null;
    }
    this.controls.update();
    this.camera.updateMatrixWorld();
    if (this.drawnVersion !== this.model.version) {
      this.drawnVersion = this.model.version;
      for (const [place, now] of this.model.stations) {
        const look = stateLook(now.state), id = this.model.station(place)?.id;
        this.marks.get(place)?.show(look);
        if (id) this.labels.show(id, now.state);
      }
    }
    if (!this.calm.matches) for (const mark of this.marks.values()) mark.pulse((ms % 1600) / 1600);
    this.boards.update(this.model, this.ways, time);
    this.labels.place(this.camera, this.stage.clientWidth, this.stage.clientHeight);
    if (this.quality.adapt(ms)) this.renderer.setPixelRatio(this.quality.ratio); // empties the canvas
    this.renderer.render(this.scene, this.camera);
    this.frames++;
  }

  dispose(): void {
    this.controls.dispose();
    this.renderer.dispose();
    this.stage.remove();
  }
}

/** What the corners take up of the picture, -1 to 1 each way, seen from `distance` metres. */
function outline(probe: PerspectiveCamera, target: Vector3, towards: Vector3, distance: number, corners: Vector3[]): Box3 {
  probe.position.copy(target).addScaledVector(towards, distance);
  probe.lookAt(target);
  probe.updateMatrixWorld(true);
  return new Box3().setFromPoints(corners.map((c) => c.clone().project(probe)));
}

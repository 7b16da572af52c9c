// How much drawing the machine can bear: decided once from the renderer, then followed by the clock.

import { type Material, Mesh, MeshLambertMaterial, MeshStandardMaterial, type Object3D } from "three";

const SLOW = 50; // ms between two pictures at which the view gives up pixels
const QUICK = 24; // ms below which it takes them back
const EVERY = 12; // pictures between two decisions

export class Quality {
  /** whether a processor draws instead of a graphics card */
  readonly software: boolean;
  ratio: number;
  private readonly best: number;
  private readonly least: number;
  private last = 0;
  private between = 30;
  private pictures = 0;

  /** Throws when there is no WebGL at all. `?quality=high` or `low` overrides what was found. */
  constructor() {
    const context = document.createElement("canvas").getContext("webgl2");
    if (!context) throw new Error("WebGL 2 is not available");
    const names = context.getExtension("WEBGL_debug_renderer_info");
    const renderer = String(context.getParameter(names ? names.UNMASKED_RENDERER_WEBGL : context.RENDERER));
    context.getExtension("WEBGL_lose_context")?.loseContext();
    const wanted = new URLSearchParams(location.search).get("quality");
    this.software = wanted ? wanted === "low" : /swiftshader|llvmpipe|softpipe|software|basic render/i.test(renderer);
    this.best = this.software ? 1 : Math.min(devicePixelRatio, 2);
    this.least = this.software ? 0.8 : 0.75;
    this.ratio = this.best;
  }

  /** Tells of a picture begun at `ms`; true when the resolution should change to `ratio`. */
  adapt(ms: number): boolean {
    const gap = ms - this.last;
    this.last = ms;
    if (gap > 0 && gap < 2000) this.between += (gap - this.between) * 0.15;
    if (++this.pictures % EVERY) return false;
    const factor = this.between > SLOW ? 0.85 : this.between < QUICK ? 1.12 : 1;
    const next = Math.max(this.least, Math.min(this.best, this.ratio * factor));
    if (Math.abs(next - this.ratio) < 0.02) return false;
    this.ratio = next;
    return true;
  }
}

/** Exchanges physically based materials for ones that a processor can draw. */
export function plain(root: Object3D): void {
  const known = new Map<Material, Material>();
  const exchange = (material: Material): Material => {
    if (!(material instanceof MeshStandardMaterial)) return material;
    let made = known.get(material);
    if (!made) {
      made = new MeshLambertMaterial({
        color: material.color, map: material.map, vertexColors: material.vertexColors, transparent: material.transparent,
        opacity: material.opacity, side: material.side, emissive: material.emissive,
        emissiveIntensity: material.emissiveIntensity, alphaTest: material.alphaTest,
      });
      known.set(material, made);
    }
    return made;
  };
  root.traverse((node) => {
    if (node instanceof Mesh && node.userData.keep !== true)
      node.material = Array.isArray(node.material) ? node.material.map(exchange) : exchange(node.material as Material);
  });
}

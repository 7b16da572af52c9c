// What shows a machine's state in the picture: a ring on the floor and a stack light.

import {
  type Box3, Color, CylinderGeometry, DoubleSide, Group, Mesh, MeshBasicMaterial, MeshStandardMaterial, Path,
  Shape, ShapeGeometry, Vector3,
} from "three";
import { STATES, type StateLook } from "../states";
import type { Point } from "../types";

const LAMPS = ["red", "amber", "green", "blue"] as const;
const POLE = 0.24, LAMP = 0.085; // m, as in visual/shapes/stack_light.py
const LIT: Record<StateLook["lamp"], string> = {
  red: "#ff2a3c", amber: "#ffb900", green: "#1fe07a", blue: "#3d93ff", white: "#f4f6f8",
};
const DARK: Record<(typeof LAMPS)[number], string> = {
  red: "#5a1d22", amber: "#5c4a16", green: "#1b4a31", blue: "#1d3456",
};

export class Mark {
  readonly group = new Group();
  private readonly ring: Mesh<ShapeGeometry, MeshBasicMaterial>;
  private readonly lamps: Mesh<CylinderGeometry, MeshStandardMaterial>[] = [];
  private look: StateLook = STATES[1]!;

  /** `foot`: where the stack light stands; null: at the back of the roof */
  constructor(box: Box3, private readonly colours: Map<string, string>, foot: Point | null) {
    const size = box.getSize(new Vector3()), mid = box.getCenter(new Vector3());
    this.ring = new Mesh(ringShape(size.x / 2 + 0.42, size.z / 2 + 0.42), new MeshBasicMaterial({
      transparent: true, side: DoubleSide, depthWrite: false,
    }));
    this.ring.rotation.x = -Math.PI / 2;
    this.ring.position.set(mid.x, box.min.y + 0.012, mid.z);
    this.ring.renderOrder = 1;
    this.group.add(this.ring);
    this.addLamps(foot ? new Vector3(...foot) : new Vector3(box.max.x - 0.14, box.max.y, box.min.z + 0.16));
    this.show(this.look);
  }

  private addLamps(foot: Vector3): void {
    const pole = new Mesh(new CylinderGeometry(0.016, 0.016, POLE, 10), new MeshStandardMaterial({ color: "#4a545c" }));
    pole.position.copy(foot).y += POLE / 2;
    this.group.add(pole);
    LAMPS.forEach((_, i) => {
      const lamp = new Mesh(new CylinderGeometry(0.048, 0.048, LAMP - 0.004, 18), new MeshStandardMaterial({ roughness: 0.4 }));
      lamp.position.copy(foot).y += POLE + LAMP * (LAMPS.length - 0.5 - i);
      this.lamps.push(lamp);
      this.group.add(lamp);
    });
  }

  show(look: StateLook): void {
    this.look = look;
    this.ring.material.color = new Color(this.colours.get(look.name) ?? look.colour);
    this.ring.material.opacity = look.loud ? 0.95 : 0.5;
    LAMPS.forEach((name, i) => {
      const m = this.lamps[i]?.material;
      if (!m) return;
      const on = look.lamp === name;
      m.color.set(on ? LIT[name] : DARK[name]);
      m.emissive.set(on ? LIT[name] : "#000000");
      m.emissiveIntensity = on ? 0.85 : 0;
    });
  }

  /** A machine that is down pulses slowly: `phase` runs 0 to 1. */
  pulse(phase: number): boolean {
    if (this.look.name !== "DOWN") return false;
    this.ring.material.opacity = 0.6 + 0.4 * Math.cos(2 * Math.PI * phase);
    return true;
  }
}

/** A flat band with round corners around a rectangle of these half lengths. */
function ringShape(a: number, b: number): ShapeGeometry {
  const width = 0.11;
  const outline = <T extends Path>(path: T, grow: number): T => {
    const x = a + grow, y = b + grow, r = Math.min(0.55 + grow, x, y);
    path.moveTo(-x + r, -y);
    path.lineTo(x - r, -y); path.absarc(x - r, -y + r, r, -Math.PI / 2, 0, false);
    path.lineTo(x, y - r); path.absarc(x - r, y - r, r, 0, Math.PI / 2, false);
    path.lineTo(-x + r, y); path.absarc(-x + r, y - r, r, Math.PI / 2, Math.PI, false);
    path.lineTo(-x, -y + r); path.absarc(-x + r, -y + r, r, Math.PI, 1.5 * Math.PI, false);
    return path;
  };
  const shape = outline(new Shape(), width);
  shape.holes.push(outline(new Path(), 0));
  return new ShapeGeometry(shape, 10);
}

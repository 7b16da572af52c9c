// The parts on their way: one instanced mesh, placed anew each picture.

import {
  BoxGeometry, BufferAttribute, type BufferGeometry, Color, DynamicDrawUsage, InstancedMesh, type Material, Matrix4,
  type Mesh, MeshStandardMaterial, Quaternion, type Scene, Vector3,
} from "three";
import { mergeGeometries } from "three/examples/jsm/utils/BufferGeometryUtils.js";
import type { Model, Stay } from "../model";
import { poseOf, type Pose, type Ways } from "../motion";

const TINTS = ["#ffffff", "#9fc3ff", "#ffd9a0", "#e0b8ff"]; // a product each, over the part's own colour
const UP = new Vector3(0, 1, 0);

export class Boards {
  private mesh: InstancedMesh;
  private readonly pose: Pose = { at: [0, 0, 0], heading: 0 };
  private readonly matrix = new Matrix4();
  private readonly turn = new Quaternion();
  private readonly place = new Vector3();
  private readonly one = new Vector3(1, 1, 1);
  private readonly tint = new Color();
  shown = 0;

  constructor(private readonly scene: Scene, template: Mesh | null) {
    const geometry = template ? template.geometry : boardGeometry();
    const material = template ? template.material : new MeshStandardMaterial({ vertexColors: true, roughness: 0.5 });
    this.mesh = this.make(geometry, material, 64);
  }

  private make(geometry: BufferGeometry, material: Material | Material[], capacity: number): InstancedMesh {
    const mesh = new InstancedMesh(geometry, material, capacity);
    mesh.instanceMatrix.setUsage(DynamicDrawUsage);
    mesh.frustumCulled = false;
    mesh.count = 0;
    this.scene.add(mesh);
    return mesh;
  }

  /** Places every part as at time `t`. */
  update(model: Model, ways: Ways, t: number): void {
    if (model.parts.size > this.mesh.instanceMatrix.count) {
      const old = this.mesh;
      this.mesh = this.make(old.geometry, old.material, 2 * model.parts.size);
      old.removeFromParent();
      old.dispose();
    }
    let n = 0;
    for (const stay of model.parts.values()) {
      if (!poseOf(model, ways, stay, t, this.pose)) continue;
      this.place.fromArray(this.pose.at);
      this.turn.setFromAxisAngle(UP, this.pose.heading);
      this.mesh.setMatrixAt(n, this.matrix.compose(this.place, this.turn, this.one));
      this.mesh.setColorAt(n, this.tint.set(TINTS[stay.product % TINTS.length]!));
      n++;
    }
    this.mesh.count = this.shown = n;
    this.mesh.instanceMatrix.needsUpdate = true;
    if (this.mesh.instanceColor) this.mesh.instanceColor.needsUpdate = true;
  }

  /** Where one part is drawn, m; null when it is not. */
  locate(model: Model, ways: Ways, stay: Stay, t: number): [number, number, number] | null {
    return poseOf(model, ways, stay, t, this.pose) ? [...this.pose.at] : null;
  }
}

/** A printed circuit board, 250 x 200 mm, with a few parts on it. */
function boardGeometry(): BufferGeometry {
  const boxes: [number, number, number, number, number, number, string][] = [
    [0, 0, 0, 0.25, 0.012, 0.2, "#1f7a45"], [-0.06, 0.014, -0.03, 0.06, 0.016, 0.06, "#23282d"],
    [0.05, 0.012, 0.04, 0.08, 0.012, 0.035, "#23282d"], [0.07, 0.014, -0.05, 0.03, 0.016, 0.05, "#c9ced3"],
    [-0.07, 0.012, 0.06, 0.05, 0.012, 0.02, "#c9a227"],
  ];
  return mergeGeometries(boxes.map(([x, y, z, w, h, d, colour]) => {
    const geometry = new BoxGeometry(w, h, d).translate(x, y + 0.006, z);
    const c = new Color(colour), n = geometry.attributes.position!.count;
    geometry.setAttribute("color", new BufferAttribute(new Float32Array(n * 3).map((_, i) => c.toArray()[i % 3]!), 3));
    return geometry;
  }));
}

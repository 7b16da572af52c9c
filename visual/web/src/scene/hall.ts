// The hall around the machines: floor with joints, aisle, belts, soft contact shadows.

import {
  type Box3, BoxGeometry, BufferGeometry, CanvasTexture, Float32BufferAttribute, Group, InstancedMesh, LineBasicMaterial,
  LineSegments, Matrix4, Mesh, MeshBasicMaterial, MeshStandardMaterial, PlaneGeometry, SRGBColorSpace, Vector3,
} from "three";
import type { Polyline } from "./polyline";

function canvas(width: number, height: number, draw: (c: CanvasRenderingContext2D) => void): CanvasTexture {
  const node = document.createElement("canvas");
  node.width = width;
  node.height = height;
  draw(node.getContext("2d")!);
  const texture = new CanvasTexture(node);
  texture.colorSpace = SRGBColorSpace;
  return texture;
}

export function makeFloor(bounds: Box3): Group {
  const group = new Group();
  const size = bounds.getSize(new Vector3()), mid = bounds.getCenter(new Vector3());
  const w = size.x + 80, d = size.z + 80;
  const floor = flat(w, d, new MeshBasicMaterial({ color: "#c9cfd5" }), mid.x, -0.004, mid.z);
  group.add(joints(mid, w, d));
  const z = bounds.max.z + 2.9;
  const aisle = flat(size.x + 16, 2.2, new MeshBasicMaterial({ color: "#a9c4ae" }), mid.x, 0, z);
  group.add(floor, aisle);
  for (const side of [-1, 1])
    group.add(flat(size.x + 16, 0.09, new MeshBasicMaterial({ color: "#e8c92e" }), mid.x, 0.004, z + side * 1.12));
  return group;
}

/** Ground beyond the floor that the geometry brings, so that it has no edge in the picture. */
export function makeGround(bounds: Box3): Mesh {
  const size = bounds.getSize(new Vector3()), mid = bounds.getCenter(new Vector3());
  return flat(size.x + 200, size.z + 200, new MeshBasicMaterial({ color: "#d3d8dc" }), mid.x, -0.04, mid.z);
}

/** Joints of the floor, every 3 m: lines cost next to nothing, a texture over the whole picture does not. */
function joints(mid: Vector3, w: number, d: number): LineSegments {
  const tile = 3, points: number[] = [];
  const x0 = Math.floor((mid.x - w / 2) / tile) * tile, z0 = Math.floor((mid.z - d / 2) / tile) * tile;
  for (let x = x0; x < mid.x + w / 2; x += tile) points.push(x, 0, mid.z - d / 2, x, 0, mid.z + d / 2);
  for (let z = z0; z < mid.z + d / 2; z += tile) points.push(mid.x - w / 2, 0, z, mid.x + w / 2, 0, z);
  const geometry = new BufferGeometry().setAttribute("position", new Float32BufferAttribute(points, 3));
  return new LineSegments(geometry, new LineBasicMaterial({ color: "#b7bec5" }));
}

function flat(w: number, d: number, material: MeshBasicMaterial, x: number, y: number, z: number): Mesh {
  const mesh = new Mesh(new PlaneGeometry(w, d), material);
  mesh.rotation.x = -Math.PI / 2;
  mesh.position.set(x, y, z);
  return mesh;
}

/** A dark blurred quad under each machine: a shadow for the price of a texture. */
export function makeShadows(boxes: Iterable<Box3>): Group {
  const group = new Group();
  const texture = canvas(128, 128, (c) => {
    c.filter = "blur(9px)";
    c.fillStyle = "#000";
    c.fillRect(24, 24, 80, 80);
  });
  const material = new MeshBasicMaterial({ map: texture, transparent: true, opacity: 0.42, depthWrite: false });
  for (const box of boxes) {
    const s = box.getSize(new Vector3()), m = box.getCenter(new Vector3());
    const quad = flat((s.x * 128) / 80, (s.z * 128) / 80, material, m.x + 0.1, box.min.y + 0.008, m.z + 0.08);
    group.add(quad);
  }
  return group;
}

/** Conveyors under the ways: two rails and legs. Only where the geometry brings none. */
export function makeBelts(ways: Iterable<Polyline>): Group {
  const pieces: Matrix4[] = [];
  const box = (x: number, y: number, z: number, lx: number, ly: number, lz: number, turn: number): void => {
    pieces.push(new Matrix4().makeRotationY(turn).setPosition(x, y, z).multiply(new Matrix4().makeScale(lx, ly, lz)));
  };
  for (const way of ways)
    for (let i = 1; i < way.points.length; i++) {
      const a = way.points[i - 1]!, b = way.points[i]!;
      const dx = b[0] - a[0], dz = b[2] - a[2], length = Math.hypot(dx, dz);
      if (length < 0.05) continue;
      const turn = Math.atan2(-dz, dx), nx = -dz / length, nz = dx / length;
      const mx = (a[0] + b[0]) / 2, mz = (a[2] + b[2]) / 2, y = a[1] - 0.03;
      for (const s of [-0.15, 0.15]) box(mx + nx * s, y, mz + nz * s, length, 0.07, 0.035, turn);
      for (let k = 0; k <= Math.floor(length / 1.2); k++) {
        const f = (k + 0.5) / (Math.floor(length / 1.2) + 1);
        box(a[0] + dx * f, (y - 0.02) / 2, a[2] + dz * f, 0.05, y - 0.02, 0.26, turn);
      }
    }
  const group = new Group();
  if (!pieces.length) return group;
  const material = new MeshStandardMaterial({ color: "#8793a0", roughness: 0.45, metalness: 0.4 });
  const mesh = new InstancedMesh(new BoxGeometry(1, 1, 1), material, pieces.length);
  pieces.forEach((m, i) => mesh.setMatrixAt(i, m));
  group.add(mesh);
  return group;
}

import { createHash } from "node:crypto";
import { copyFileSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { defineConfig } from "vite";

// The REST documentation's viewer travels with the page, so that /docs needs no other server.
const DOCS = ["swagger-ui-bundle.js", "swagger-ui.css"];
const SHIPPED = ["three", "uplot", "swagger-ui-dist"];

/** SHA-256 of everything the page is built from; a test compares it with what lies there. */
function sourceDigest() {
  const inside = (folder) =>
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => `${entry.parentPath}/${entry.name}`);
  const names = ["package-lock.json", "vite.config.js", ...inside("public"), ...inside("src")].sort();
  const total = createHash("sha256");
  for (const name of names) total.update(`${name}\0`).update(readFileSync(name));
  return total.digest("hex");
}

const licence = (name) => {
  const { version, license } = JSON.parse(readFileSync(`node_modules/${name}/package.json`));
  return `${name} ${version} (${license})\n\n${readFileSync(`node_modules/${name}/LICENSE`)}\n`;
};

export default defineConfig({
  root: "src",
  base: "./",
  publicDir: "../public",
  build: {
    outDir: "../dist",
    emptyOutDir: true,
    target: "es2022",
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 1000,
  },
  plugins: [
    {
      name: "what-travels-with-the-page",
      closeBundle() {
        for (const file of DOCS) copyFileSync(`node_modules/swagger-ui-dist/${file}`, `dist/${file}`);
        writeFileSync("dist/LICENCES.txt", SHIPPED.map(licence).join(`\n${"-".repeat(80)}\n\n`));
        writeFileSync("dist/SOURCE", `${sourceDigest()}\n`);
      },
    },
  ],
  server: { proxy: { "/api": { target: "http://127.0.0.1:8080", ws: true } } },
});

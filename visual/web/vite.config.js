import { copyFileSync, mkdirSync } from "node:fs";
import { defineConfig } from "vite";

// The REST documentation's viewer travels with the page, so that /docs needs no other server.
const DOCS = ["swagger-ui-bundle.js", "swagger-ui.css"];

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
      name: "rest-docs",
      closeBundle() {
        mkdirSync("dist", { recursive: true });
        for (const file of DOCS) copyFileSync(`node_modules/swagger-ui-dist/${file}`, `dist/${file}`);
      },
    },
  ],
  server: { proxy: { "/api": { target: "http://127.0.0.1:8080", ws: true } } },
});

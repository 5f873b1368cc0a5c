import { defineConfig } from "vite";

// The page is served by Eva herself under a strict Content-Security-Policy, so nothing may be
// inlined as a data: URL or an inline script. Paths are relative: a proxy may add a prefix.
export default defineConfig({
  base: "./",
  build: {
    target: "es2022",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  worker: { format: "es" },
  server: {
    proxy: { "/v1": { target: "http://127.0.0.1:8000", ws: true } },
  },
});

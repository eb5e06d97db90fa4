import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

// The page lives under /rok/, where the former product had it: links people kept still lead somewhere.
export default defineConfig({
  base: "/rok/",
  plugins: [react()],
  build: {
    target: "es2022",
    // The Content-Security-Policy allows no data: scripts and no inline anything, so nothing is inlined.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
  // For work on the page: `npm run dev` beside `rok serve --port 8420`.
  server: { proxy: { "/api": { target: "http://127.0.0.1:8420", changeOrigin: true } } },
});

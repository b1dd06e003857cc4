// Builds the GraphiQL page into the package that serves it: the page at /graphql, everything else under /static/.
import { defineConfig } from "vite";

const service = "http://127.0.0.1:8000";

export default defineConfig({
  base: "/static/",
  oxc: { jsx: { runtime: "automatic" } },
  build: {
    outDir: process.env.TEAROFF_UI_OUT ?? "../graphql_schema/static",
    emptyOutDir: true,
    // One editor, used at once: splitting Monaco further would only add requests.
    chunkSizeWarningLimit: 8000,
  },
  // `npm run dev` beside a running service.
  server: {
    proxy: { "/graphql": { target: service, ws: true }, "/examples.json": service },
  },
});

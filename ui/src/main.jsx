// The page: who is asking on top, GraphiQL below, one tab per example.
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import "graphiql/setup-workers/vite";
import "graphiql/style.css";
import "./page.css";
import { loadExamples } from "./examples.js";
import { Page } from "./page.jsx";

const examples = await loadExamples();

createRoot(document.getElementById("root")).render(
  <StrictMode>
    <Page examples={examples} />
  </StrictMode>,
);

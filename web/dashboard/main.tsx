import { render } from "preact";
import "../shared/tokens.css";
import "../shared/base.css";
import "../shared/theme.ts";
import { startRouter } from "./router/router.ts";
import { Shell } from "./shell/shell.tsx";

startRouter();
const root = document.getElementById("app");
if (root) render(<Shell />, root);

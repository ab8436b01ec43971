import { render } from "preact";
import iconUrl from "../shared/icon.svg";
import "../shared/tokens.css";
import "../shared/base.css";
import "../shared/theme.ts";
import "./docs.css";
import { followLinks } from "./place.ts";
import { App } from "./views/app.tsx";

followLinks();
const root = document.getElementById("app");
if (root) render(<App iconUrl={iconUrl} />, root);

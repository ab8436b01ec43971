import { render } from "preact";
import "../../shared/tokens.css";
import "../../shared/base.css";
import "../../shared/theme.ts";
import "./embed.css";
import { EmbedFrame } from "./embed-frame.tsx";
import { readEmbedOptions } from "./options.ts";

const query = new URLSearchParams(location.search);
const root = document.getElementById("app");
if (root) {
  render(<EmbedFrame options={readEmbedOptions((name) => query.get(name))} />, root);
}

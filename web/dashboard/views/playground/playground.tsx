import { Page } from "../../shell/page.tsx";

export function Playground() {
  return <Page title="Playground">{null}</Page>;
}

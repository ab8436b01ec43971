import { Page } from "../../shell/page.tsx";

export function Jobs() {
  return <Page title="Jobs">{null}</Page>;
}

import { Page } from "../../shell/page.tsx";

export function Job() {
  return <Page title="Job">{null}</Page>;
}

import type { FunctionComponent } from "preact";
import { useEffect, useState } from "preact/hooks";
import { ErrorNote } from "../../../shared/error-note.tsx";
import { Skeleton } from "../../../shared/skeleton.tsx";
import type { DiffViewProps } from "./diff-view.tsx";

/** A `DiffView` whose code is fetched when it is first needed. */
export function LazyDiff(props: DiffViewProps) {
  const [view, setView] = useState<{ readonly DiffView: FunctionComponent<DiffViewProps> }>();
  const [failed, setFailed] = useState(false);
  useEffect(() => {
    import("./diff-view.tsx").then(setView, () => setFailed(true));
  }, []);
  if (failed) return <ErrorNote error="The comparison could not be fetched. Load the page again." />;
  return view ? <view.DiffView {...props} /> : <Skeleton height="10rem" />;
}

import "./skeleton.css";

/** Keeps the room of something that is on its way. @param width, height CSS lengths */
export function Skeleton({ width = "100%", height }: { readonly width?: string; readonly height?: string }) {
  return (
    <span class="skeleton" aria-hidden="true" style={height === undefined ? { width } : { width, height }} />
  );
}

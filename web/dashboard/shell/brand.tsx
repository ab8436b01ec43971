import { base } from "../router/router.ts";

export function Brand() {
  return (
    <a class="brand" href={base}>
      <svg width="24" height="24" viewBox="0 0 64 64" aria-hidden="true">
        <rect class="brand__tile" width="64" height="64" rx="15" />
        <path class="brand__mark" d="M20 21h24L26 43h18" />
      </svg>
      Zerverless
    </a>
  );
}

/** Drawn on a grid of 16 with strokes of 1.5, so that they sit well beside text of the base size. */
const paths = {
  activity: "M1.5 8h3l2-5.5 3 11 2-5.5h3",
  alert:
    "M8 5.5v3.25M8 11.25v.01M7.1 2.5 1.6 12a1 1 0 0 0 .9 1.5h11a1 1 0 0 0 .9-1.5L8.9 2.5a1.04 1.04 0 0 0-1.8 0Z",
  arrowRight: "M3 8h10M9 4l4 4-4 4",
  bolt: "M8.8 1.5 3 9h4l-.8 5.5L13 7H8.5Z",
  check: "m3 8.5 3.25 3.25L13 4.75",
  chevronDown: "m4 6 4 4 4-4",
  chevronLeft: "m10 4-4 4 4 4",
  chevronRight: "m6 4 4 4-4 4",
  clock: "M8 4.5V8l2.25 1.5M14.25 8A6.25 6.25 0 1 1 1.75 8a6.25 6.25 0 0 1 12.5 0Z",
  close: "m4 4 8 8M12 4l-8 8",
  copy: "M5.5 5.5v-2a1 1 0 0 1 1-1h6a1 1 0 0 1 1 1v6a1 1 0 0 1-1 1h-2M3.5 5.5h6a1 1 0 0 1 1 1v6a1 1 0 0 1-1 1h-6a1 1 0 0 1-1-1v-6a1 1 0 0 1 1-1Z",
  cpu: "M4.5 3.5h7a1 1 0 0 1 1 1v7a1 1 0 0 1-1 1h-7a1 1 0 0 1-1-1v-7a1 1 0 0 1 1-1ZM6.5 6.5h3v3h-3ZM6 1.5v2M10 1.5v2M6 12.5v2M10 12.5v2M1.5 6h2M1.5 10h2M12.5 6h2M12.5 10h2",
  database:
    "M13.5 4c0 1.1-2.46 2-5.5 2s-5.5-.9-5.5-2S4.96 2 8 2s5.5.9 5.5 2ZM2.5 4v8c0 1.1 2.46 2 5.5 2s5.5-.9 5.5-2V4M2.5 8c0 1.1 2.46 2 5.5 2s5.5-.9 5.5-2",
  download: "M8 2v8m0 0 3-3m-3 3L5 7M2.5 11v1.5a1 1 0 0 0 1 1h9a1 1 0 0 0 1-1V11",
  edit: "M9.5 4 12 6.5M3 13l.6-2.9L10.8 2.9a1.2 1.2 0 0 1 1.7 0l.6.6a1.2 1.2 0 0 1 0 1.7L5.9 12.4 3 13Z",
  external: "M9.5 2.5h4v4M13.25 2.75 7.5 8.5M11.5 9.5v3a1 1 0 0 1-1 1h-7a1 1 0 0 1-1-1v-7a1 1 0 0 1 1-1h3",
  file: "M9 1.75H4.5a1 1 0 0 0-1 1v10.5a1 1 0 0 0 1 1h7a1 1 0 0 0 1-1v-8Zm0 0v3.5h3.5",
  filter: "M2 3.5h12M4.5 8h7M6.5 12.5h3",
  folder: "M1.75 4.25v8a1 1 0 0 0 1 1h10.5a1 1 0 0 0 1-1v-6.5a1 1 0 0 0-1-1H8L6.5 3.25H2.75a1 1 0 0 0-1 1Z",
  function: "M11.5 2.5h-1A2.5 2.5 0 0 0 8 5v6a2.5 2.5 0 0 1-2.5 2.5h-1M5.5 7h5",
  home: "M2.5 7 8 2.5 13.5 7v5.5a1 1 0 0 1-1 1h-9a1 1 0 0 1-1-1Zm4 6.5v-4h3v4",
  info: "M8 7.25v3.5M8 5.01V5M14.25 8A6.25 6.25 0 1 1 1.75 8a6.25 6.25 0 0 1 12.5 0Z",
  key: "M9.2 6.8 2.5 13.5v-2M5 11l1.5 1.5M13.5 5a2.75 2.75 0 1 1-5.5 0 2.75 2.75 0 0 1 5.5 0Z",
  layers: "M8 1.75 14 5 8 8.25 2 5ZM2 8l6 3.25L14 8M2 11l6 3.25L14 11",
  menu: "M2 4.25h12M2 8h12M2 11.75h12",
  minus: "M3 8h10",
  monitor: "M2.5 2.5h11a1 1 0 0 1 1 1v7a1 1 0 0 1-1 1h-11a1 1 0 0 1-1-1v-7a1 1 0 0 1 1-1ZM5.5 14h5M8 11.5V14",
  moon: "M13.75 9.5A6 6 0 0 1 6.5 2.25a6 6 0 1 0 7.25 7.25Z",
  more: "M3.5 8h.01M8 8h.01M12.5 8h.01",
  pause: "M5.25 3v10M10.75 3v10",
  play: "M4.5 2.75v10.5l8.5-5.25Z",
  plus: "M8 3v10M3 8h10",
  refresh: "M13.5 2.75v3.5H10M13.2 6.25A5.5 5.5 0 1 0 13.5 8.5",
  rollback: "M2.5 2.75v3.5H6M2.8 6.25A5.5 5.5 0 1 1 2.5 8.5",
  search: "m13.75 13.75-3.4-3.4M11.75 7a4.75 4.75 0 1 1-9.5 0 4.75 4.75 0 0 1 9.5 0Z",
  send: "M14 2 7 9M14 2l-4.5 12L7 9 2 6.5Z",
  stop: "M4 4h8v8H4Z",
  sun: "M8 1.25v1.5M8 13.25v1.5M1.25 8h1.5M13.25 8h1.5M3.2 3.2l1.1 1.1M11.7 11.7l1.1 1.1M12.8 3.2l-1.1 1.1M4.3 11.7l-1.1 1.1M11 8a3 3 0 1 1-6 0 3 3 0 0 1 6 0Z",
  terminal: "m3 4.5 3.5 3.5L3 11.5M8 12h5",
  trash: "M2.5 4h11M6 4V2.5h4V4M12.5 4l-.6 8.6a1 1 0 0 1-1 .9H5.1a1 1 0 0 1-1-.9L3.5 4M6.5 7v3.5M9.5 7v3.5",
  upload: "M8 10V2m0 0 3 3M8 2 5 5M2.5 11v1.5a1 1 0 0 0 1 1h9a1 1 0 0 0 1-1V11",
  users:
    "M10.5 13.5v-1A2.5 2.5 0 0 0 8 10H4a2.5 2.5 0 0 0-2.5 2.5v1M14.5 13.5v-1a2.5 2.5 0 0 0-1.9-2.4M10 2.6a2.5 2.5 0 0 1 0 4.8M8.5 5a2.5 2.5 0 1 1-5 0 2.5 2.5 0 0 1 5 0Z",
} as const;

export type IconName = keyof typeof paths;

/** A picture beside words; where it stands alone, its button says what it means. */
export function Icon({ name, size = 16 }: { readonly name: IconName; readonly size?: number }) {
  return (
    <svg class="icon" width={size} height={size} viewBox="0 0 16 16" aria-hidden="true" focusable="false">
      <path
        d={paths[name]}
        fill="none"
        stroke="currentColor"
        stroke-width={name === "more" ? 2 : 1.5}
        stroke-linecap="round"
        stroke-linejoin="round"
      />
    </svg>
  );
}

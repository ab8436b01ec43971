import mime from "mime";

/** The media type that a path's extension stands for, without parameters. */
export function mediaTypeOf(path: string): string {
  return mime.getType(path) ?? "application/octet-stream";
}

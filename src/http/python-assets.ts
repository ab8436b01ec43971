import type { BodyEncoding } from "../namespaces/file-bodies.ts";

/** A file on this machine's disk. */
export interface FileBody {
  readonly path: string;
  readonly bytes: number;
}

/** One of the files that a browser's Python cells are made of. */
export interface PythonAsset {
  readonly role: "interpreter" | "snapshot";
  /** Carries the hash of the contents. */
  readonly name: string;
  readonly type: string;
  /** Compressed twins are there once they have been made. */
  readonly bodies: Readonly<Partial<Record<BodyEncoding, FileBody>>> & { readonly identity: FileBody };
}

export interface PythonAssets {
  /** The first time on a machine this takes some seconds. */
  list(): Promise<readonly PythonAsset[]>;
}

/** The part of the Fetch standard that the interpreter's files are read with. */
declare function fetch(url: string): Promise<{
  readonly ok: boolean;
  readonly status: number;
  arrayBuffer(): Promise<ArrayBuffer>;
}>;

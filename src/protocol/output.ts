/** Where a guest prints to. */
export type OutputStream = "stdout" | "stderr";

import { transform } from "sucrase";

export type Stripped = { ok: true; code: string } | { ok: false; message: string };
export type StripTypes = (code: string) => Stripped;

/**
 * Takes the types out of TypeScript and leaves each line in its place. The message of a failure ends with the place, as
 * in "Unexpected token (3:14)".
 */
export function stripTypes(code: string): Stripped {
  try {
    const stripped = transform(code, {
      transforms: ["typescript"],
      disableESTransforms: true,
      // An import cannot work here, and must not vanish silently because nothing uses it.
      keepUnusedImports: true,
    });
    return { ok: true, code: stripped.code };
  } catch (error) {
    return { ok: false, message: error instanceof Error ? error.message : String(error) };
  }
}

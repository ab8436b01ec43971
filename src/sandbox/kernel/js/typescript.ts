import { transform } from "sucrase";

/**
 * Takes the types out of TypeScript and leaves each line in its place.
 * @returns undefined when it does not parse
 */
export function stripTypes(code: string): string | undefined {
  try {
    return transform(code, { transforms: ["typescript"], disableESTransforms: true, keepUnusedImports: true })
      .code;
  } catch {
    return undefined;
  }
}

const unitBytes: Readonly<Record<string, number>> = { "": 1, k: 2 ** 10, m: 2 ** 20, g: 2 ** 30, t: 2 ** 40 };

/**
 * Reads a size as people write it in settings: `1048576`, `512MiB`, `10g`. Units are powers of 1,024.
 * @returns bytes; undefined for anything else
 */
export function parseBytes(text: string): number | undefined {
  const [, amount = "", unit = ""] = /^(\d+(?:\.\d+)?) *([kmgt]?)(?:i?b)?$/i.exec(text) ?? [];
  if (amount === "") return undefined;
  const bytes = Math.floor(Number(amount) * (unitBytes[unit.toLowerCase()] ?? Number.NaN));
  return Number.isSafeInteger(bytes) ? bytes : undefined;
}

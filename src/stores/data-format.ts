import { closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { refuse } from "../protocol/errors.ts";
import { fileCodeOf, fileErrorOf } from "./file-error.ts";

/** There until a restore is whole: what lies beside it is no orchestrator's data yet. */
export const unfinishedRestore = "restore-unfinished";
const formatFile = "format.json";

const formatSchema = z.object({ format: z.int().min(1) });

/** Brings a data directory from one format to the next. The databases in it have versions of their own, and steps too. */
type Step = (dataDir: string) => void;

/** The step at place N leads from format N to N + 1. Format 0 is what had no `format.json` yet. */
const steps: readonly Step[] = [
  // The files were where they are today.
  () => {},
];

/** The format that this program reads and writes. */
export const dataFormat = steps.length;

/**
 * Makes sure that this program knows how things lie in a data directory, which the caller has locked, and brings an older
 * one up to date. Refuses with a sentence, and has then changed nothing.
 */
export function settleDataFormat(dataDir: string): void {
  if (existsSync(join(dataDir, unfinishedRestore))) {
    throw refuse(
      "storage_unavailable",
      `A restore into the data directory ${dataDir} was interrupted. Empty the directory and restore again.`,
    );
  }
  const found = readFormat(dataDir);
  checkFormat(found, `The data directory ${dataDir}`);
  if (found === dataFormat) return;
  for (const step of steps.slice(found)) step(dataDir);
  writeFormat(dataDir);
}

/** Refuses what a newer program wrote. @param what the beginning of the sentence */
export function checkFormat(format: number, what: string): void {
  if (format <= dataFormat) return;
  throw refuse(
    "storage_unavailable",
    `${what} has format ${format}, but this program knows only formats up to ${dataFormat}. ` +
      "Use the newer Zerverless that wrote it, or an older backup.",
  );
}

function readFormat(dataDir: string): number {
  const path = join(dataDir, formatFile);
  try {
    return formatSchema.parse(JSON.parse(readFileSync(path, "utf8"))).format;
  } catch (error) {
    if (fileCodeOf(error) === "ENOENT") return 0;
    throw (
      fileErrorOf(error, `The file ${path} cannot be read`) ??
      refuse("storage_unavailable", `The file ${path} does not say which format the data directory has.`, {
        cause: error,
      })
    );
  }
}

/** Whole or not at all: half of it would keep the next start from knowing anything. */
function writeFormat(dataDir: string): void {
  const path = join(dataDir, formatFile);
  const unfinished = `${path}.new`;
  try {
    const descriptor = openSync(unfinished, "w", 0o600);
    try {
      writeFileSync(descriptor, `${JSON.stringify({ format: dataFormat })}\n`);
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    renameSync(unfinished, path);
  } catch (error) {
    throw fileErrorOf(error, `The data directory ${dataDir} cannot be used`) ?? error;
  }
}

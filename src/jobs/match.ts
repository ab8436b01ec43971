import { type Language, languages } from "../protocol/languages.ts";
import { limits } from "../protocol/limits.ts";
import type { Placement } from "../protocol/placement.ts";
import type { VolunteerOffer } from "../volunteers/registry.ts";

/*
 * Jobs are matched by class: a language, a size of memory in steps of 16 MB, whether the database is used, and who may
 * run it. That bounds how many classes there are (4 x 256 x 2 x 3), and so every search that goes over classes instead
 * of jobs. A job's need is rounded up and a volunteer's room down, so that no job lands where it does not fit.
 */
const stepMb = 16;
const stepsMax = Math.ceil(limits.memoryMbMax / stepMb);

const bitOf: Readonly<Record<Language, number>> = { wasm: 1, python: 2, lua: 4, js: 8 };

/** What the jobs of one class ask of a volunteer. */
export interface ClassNeed {
  readonly language: Language;
  readonly memorySteps: number;
  readonly usesDatabase: boolean;
  readonly placement: Placement;
}

/** What a job asks of a volunteer. */
export interface Need extends ClassNeed {
  readonly namespace: string;
}

/** What a volunteer takes. */
export interface Taker {
  /** The same for takers that take the same. */
  readonly key: string;
  /** One bit per language. */
  readonly languages: number;
  readonly memorySteps: number;
  /** Whether it can answer what guests ask the database. */
  readonly database: boolean;
  /** The closest placement that it counts as. */
  readonly standing: Placement;
  /** Undefined: all of them. */
  readonly namespaces: ReadonlySet<string> | undefined;
}

export function memoryStepsOf(memoryMb: number): number {
  return Math.min(Math.ceil(memoryMb / stepMb), stepsMax);
}

export function takerOf({ capabilities, namespaces }: VolunteerOffer, standing: Placement): Taker {
  let bits = 0;
  for (const language of languages) if (capabilities[language]) bits |= bitOf[language];
  const memorySteps = Math.min(Math.floor(capabilities.max_memory_mb / stepMb), stepsMax);
  const names = namespaces === undefined ? "" : [...namespaces].sort().join(" ");
  const database = capabilities.db !== false;
  const key = `${bits} ${memorySteps} ${database} ${standing} ${names}`;
  return { key, languages: bits, memorySteps, database, standing, namespaces };
}

export function takesLanguage(taker: Taker, language: Language): boolean {
  return (taker.languages & bitOf[language]) !== 0;
}

/** Whether who counts as one placement may run what asks for another. */
export function isPlaced(standing: Placement, placement: Placement): boolean {
  return (
    placement === "any" || placement === standing || (placement === "trusted" && standing === "internal")
  );
}

/** Whether a class fits, whatever the namespace. */
export function takesClass(taker: Taker, need: ClassNeed): boolean {
  if (!isPlaced(taker.standing, need.placement)) return false;
  if (need.memorySteps > taker.memorySteps || (need.usesDatabase && !taker.database)) return false;
  return takesLanguage(taker, need.language);
}

export function takes(taker: Taker, need: Need): boolean {
  if (!takesClass(taker, need)) return false;
  return taker.namespaces === undefined || taker.namespaces.has(need.namespace);
}

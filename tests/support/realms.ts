import vm from "node:vm";
import { bundlePart } from "../../scripts/build-kernel.ts";
import type { RealmPlatform } from "../../src/sandbox/kernel/js/realm-session.ts";
import { stripTypes } from "../../src/sandbox/kernel/js/typescript.ts";

const prelude = bundlePart("kernel/js/realm/prelude.ts");
const fetchPart = bundlePart("kernel/js/realm/fetch/part.ts");

export interface CountedRealms {
  readonly platform: RealmPlatform;
  /** How many realms were made so far. */
  made(): number;
}

/** Realms in this very process, for tests of what needs no seal. Rejections that nobody handles are not told. */
export async function countedRealms(): Promise<CountedRealms> {
  let made = 0;
  const platform: RealmPlatform = {
    isShared: false,
    createRealm() {
      made++;
      const context = vm.createContext(vm.constants.DONT_CONTEXTIFY);
      return { evaluate: (source) => vm.runInContext(source, context) };
    },
    prelude: await prelude,
    fetchPart: await fetchPart,
    stripTypes,
    turn: () => new Promise((resolve) => setImmediate(resolve)),
    onUnhandledRejection() {},
  };
  return { platform, made: () => made };
}

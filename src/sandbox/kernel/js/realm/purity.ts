import type { ProofFactory } from "../bridge.ts";
import { freezeIntrinsics, openObjects } from "./intrinsics.ts";
import { deleteProperty, ownKeys, SetOf, setAdd, setHas, setProperty, uncurry } from "./primordials.ts";
import { takeStock, writeProof } from "./proof.ts";

export interface Purity {
  /** Removes what a task may leave, and tells whether the realm is as new then. */
  restore(): boolean;
  proofSource(): string;
}

/** What happened to the realm that its proof could not see. */
export interface Touch {
  touched: boolean;
}

const regExpExec = uncurry<RegExp, [string], RegExpExecArray | null>(RegExp.prototype.exec);
const anything = /(?:)/;

/** Overwrites the legacy statics of RegExp (`RegExp.$1`), which tell of the last match. */
export function forgetMatch(): void {
  regExpExec(anything, "");
}

/**
 * Whether a realm may serve another task of the same namespace. The argument, of which `tests/integration/cells-js.test.ts`
 * attacks every step:
 *
 * - What a script declares with `var` and `function` becomes a configurable property of the global object: deleted here.
 *   Its `let`, `const` and classes end with it, since it runs as eval code.
 * - Everything reachable in a new realm is either frozen or open. Of the open ones the proof compares values, prototypes
 *   and extensibility; that no property is missing; and that none is there which is enumerable or named by a symbol and
 *   was not before. So nothing is removed or replaced unseen, and what assignment adds is seen, since it is enumerable.
 * - What it does not look for are other accessors, other attributes, and added properties that are not enumerable. Those
 *   take one of the functions that `guardIntrinsics` makes tell; or the definition of a class field on what the superclass
 *   returned, which leaves the property enumerable. A proxy could hide an intrinsic from those functions: so the first
 *   look at `Proxy` taints the realm.
 * - Nothing can run later: timers and operations are the prelude's own, microtasks were drained before the answer, and
 *   what else could call back (`FinalizationRegistry`, `Atomics.waitAsync`, asynchronous WebAssembly) is inert, absent or
 *   synchronous in here.
 * - The legacy statics of RegExp (`RegExp.$1`) are overwritten by a match.
 */
export function createPurity(
  touch: Touch,
  prove: ProofFactory | undefined,
  compile: (text: string) => ProofFactory,
): Purity {
  const objects = openObjects();
  freezeIntrinsics();
  const stock = takeStock(objects);
  const text = prove ? "" : writeProof(stock);
  const proof = (prove ?? compile(text))(stock);

  const globals = ownKeys(globalThis);
  const globalSet = new SetOf<PropertyKey>();
  for (let index = 0; index < globals.length; index++) setAdd(globalSet, globals[index]);

  /** Deletes what is new on the global object. @returns false when what was there has gone or changed its order */
  const sweepGlobals = (): boolean => {
    const present = ownKeys(globalThis);
    let at = 0;
    for (let index = 0; index < present.length; index++) {
      const key = present[index] as PropertyKey;
      if (key === globals[at]) at++;
      else if (setHas(globalSet, key) || !deleteProperty(globalThis, key)) return false;
    }
    return at === globals.length;
  };

  return {
    restore() {
      // Not before the first look: an INPUT with a setter of the guest's is a touched one.
      if (touch.touched || !setProperty(globalThis, "INPUT", undefined)) return false;
      if (!sweepGlobals() || !proof()) return false;
      forgetMatch();
      return true;
    },
    proofSource: () => text,
  };
}

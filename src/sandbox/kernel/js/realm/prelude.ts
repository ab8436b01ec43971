/**
 * Evaluated once in each realm that guests are to use, before any guest code. Nothing in here may look at the world
 * beside the language: there is none.
 */
import type { HostFunctions, Install, ProofFactory, RealmBridge } from "../bridge.ts";
import { createConsole } from "./console.ts";
import { fetchNames } from "./fetch/kit.ts";
import { createFunction } from "./function.ts";
import { defineLazily, fixStackTraces, guardIntrinsics, removeWhatRunsLater } from "./guards.ts";
import { createHealing } from "./healing.ts";
import { lendFetch } from "./lend-fetch.ts";
import { defineProperty, evaluate, keys } from "./primordials.ts";
import { createPurity, type Touch } from "./purity.ts";
import { createTask } from "./task.ts";
import { createTimers } from "./timers.ts";
import { createWebApis } from "./web-apis.ts";

const define = (holder: object, key: string, value: unknown, enumerable: boolean) =>
  defineProperty(holder, key, { value, writable: true, enumerable, configurable: true });

export const install: Install = (
  host: HostFunctions,
  proof: ProofFactory | undefined,
  isShared: boolean,
): RealmBridge => {
  const task = createTask();
  const timers = createTimers(host, task);
  const console = createConsole(host);
  const web = createWebApis(host, task, timers);

  const consoleObject = {};
  for (const name of keys(console.methods)) define(consoleObject, name, console.methods[name], true);
  define(globalThis, "console", consoleObject, false);
  for (const name of keys(timers.globals)) define(globalThis, name, timers.globals[name], false);

  fixStackTraces();
  const touch: Touch = { touched: false };
  removeWhatRunsLater(touch);
  for (const name of keys(web.functions)) define(globalThis, name, web.functions[name], false);
  for (const name of keys(web.lazy)) {
    const make = web.lazy[name];
    if (make) defineLazily(touch, globalThis, name, make);
  }
  const fetch = lendFetch(host, web);
  for (const name of fetchNames) {
    defineLazily(touch, globalThis, name, () => {
      // This part is not proved against traces.
      touch.touched = true;
      return fetch.get().classes[name];
    });
  }
  guardIntrinsics(touch);
  const guestFunction = createFunction(host, task, fetch);
  const purity = createPurity(touch, proof, (text) => evaluate(text) as ProofFactory);
  const heal = isShared ? createHealing() : undefined;

  return {
    start: task.start,
    fire: timers.fire,
    subtleDone: web.subtleDone,
    rejected: task.fail,
    state: task.state,
    pending: () => (task.state() === "running" ? timers.all() : timers.awaited()) + web.pending(),
    stringify: task.stringify,
    resultJson: task.resultJson,
    failureCode: task.failureCode,
    failure: task.failure,
    load: guestFunction.load,
    call: guestFunction.call,
    underway: () => timers.all() + web.pending(),
    awaited: guestFunction.awaited,
    clean() {
      task.end();
      timers.end();
      console.end();
      web.end();
      const isClean = purity.restore();
      if (!isClean) heal?.();
      return isClean;
    },
    proofSource: purity.proofSource,
  };
};

import type { HostFunctions } from "../bridge.ts";
import { describeThrown } from "./describe.ts";
import { hostCall } from "./host-call.ts";
import { inspect, inspectPrimitive } from "./inspect.ts";
import {
  charCodeAt,
  includes,
  indexOf,
  isObject,
  join,
  MapOf,
  mapClear,
  mapDelete,
  mapGet,
  mapSet,
  NumberOf,
  push,
  StringOf,
  sliceText,
  splitText,
  stringifyJson,
  trunc,
} from "./primordials.ts";
import { formatTable } from "./table.ts";

export interface GuestConsole {
  readonly methods: Readonly<Record<string, (...args: unknown[]) => void>>;
  end(): void;
}

const indentMax = 100;

/** `console` as Node writes it: `log`, `info`, `debug` to stdout, `warn`, `error`, `trace`, `assert` to stderr. */
export function createConsole(host: HostFunctions): GuestConsole {
  const counts = new MapOf<string, number>();
  const timers = new MapOf<string, number>();
  let indent = "";

  const write = (stream: "stdout" | "stderr", text: string) => {
    const line = indent === "" ? text : indent + join(splitText(text, "\n"), `\n${indent}`);
    hostCall(() => host.write(stream, `${line}\n`));
  };
  const out = (...args: unknown[]) => write("stdout", format(args));
  const err = (...args: unknown[]) => write("stderr", format(args));
  const label = (given: unknown) => (given === undefined ? "default" : StringOf(given));
  const elapsed = (name: string): string | undefined => {
    const start = mapGet(timers, name) as number | undefined;
    return start === undefined ? undefined : `${name}: ${fixed3(hostCall(() => host.now()) - start)}ms`;
  };
  const group = (...args: unknown[]) => {
    if (args.length > 0) write("stdout", format(args));
    if (indent.length < indentMax) indent += "  ";
  };

  return {
    methods: {
      log: out,
      info: out,
      debug: out,
      warn: err,
      error: err,
      trace: (...args: unknown[]) => write("stderr", args.length > 0 ? `Trace: ${format(args)}` : "Trace"),
      assert(condition?: unknown, ...args: unknown[]) {
        if (!condition)
          write("stderr", args.length > 0 ? `Assertion failed: ${format(args)}` : "Assertion failed");
      },
      dir(value?: unknown, options?: unknown) {
        const depth: unknown = isObject(options) ? (options as { depth?: unknown }).depth : undefined;
        const depthMax = depth === null ? 1000 : typeof depth === "number" ? depth : undefined;
        write("stdout", inspect(value, depthMax));
      },
      dirxml: out,
      table(rows?: unknown, columns?: unknown) {
        write("stdout", formatTable(rows, columns) ?? format([rows]));
      },
      count(name?: unknown) {
        const key = label(name);
        const count = ((mapGet(counts, key) as number | undefined) ?? 0) + 1;
        mapSet(counts, key, count);
        write("stdout", `${key}: ${count}`);
      },
      countReset(name?: unknown) {
        mapDelete(counts, label(name));
      },
      time(name?: unknown) {
        mapSet(
          timers,
          label(name),
          hostCall(() => host.now()),
        );
      },
      timeLog(name?: unknown, ...args: unknown[]) {
        const text = elapsed(label(name));
        if (text !== undefined) write("stdout", args.length > 0 ? `${text} ${format(args)}` : text);
      },
      timeEnd(name?: unknown) {
        const text = elapsed(label(name));
        mapDelete(timers, label(name));
        if (text !== undefined) write("stdout", text);
      },
      group,
      groupCollapsed: group,
      groupEnd() {
        indent = sliceText(indent, 2);
      },
    },
    end() {
      mapClear(counts);
      mapClear(timers);
      indent = "";
    },
  };
}

const fixed3 = (value: number): string => StringOf(trunc(value * 1000) / 1000);

/** Joins arguments as `util.format` of Node does, with `%s %d %i %f %j %o %O %c %%` in the first. */
export function format(args: readonly unknown[]): string {
  const first = args[0];
  if (args.length === 1 && typeof first === "string") return first;
  const parts: string[] = [];
  let next = 0;
  if (typeof first === "string" && args.length > 1 && includes(first, "%")) {
    const { text, used } = substitute(first, args);
    push(parts, text);
    next = used;
  }
  for (; next < args.length; next++) {
    const value = args[next];
    push(parts, typeof value === "string" ? value : inspect(value));
  }
  return join(parts, " ");
}

function substitute(template: string, args: readonly unknown[]): { text: string; used: number } {
  let text = "";
  let used = 1;
  let from = 0;
  for (
    let at = indexOf(template, "%");
    at >= 0 && at + 1 < template.length;
    at = indexOf(template, "%", at)
  ) {
    const directive = sliceText(template, at + 1, at + 2);
    let piece: string | undefined;
    if (directive === "%") piece = "%";
    else if (used < args.length) piece = expand(directive, args[used]);
    if (piece === undefined) {
      at += 1;
      continue;
    }
    if (directive !== "%") used++;
    text += sliceText(template, from, at) + piece;
    at += 2;
    from = at;
  }
  return { text: text + sliceText(template, from), used };
}

/** @returns undefined for what is no directive */
function expand(directive: string, value: unknown): string | undefined {
  switch (charCodeAt(directive, 0)) {
    case 115: // s
      return typeof value === "string"
        ? value
        : isObject(value)
          ? inspect(value, 0)
          : inspectPrimitive(value);
    case 100: // d
      return isObject(value) || typeof value === "symbol" ? "NaN" : numberText(value, NumberOf(value));
    case 105: // i
      return isObject(value) || typeof value === "symbol" ? "NaN" : numberText(value, trunc(NumberOf(value)));
    case 102: // f
      return typeof value === "symbol" || isObject(value) ? "NaN" : inspectPrimitive(NumberOf(value));
    case 106: // j
      try {
        return StringOf(stringifyJson(value));
      } catch (error) {
        return `[${describeThrown(error)}]`;
      }
    case 111: // o
      return inspect(value, 4);
    case 79: // O
      return inspect(value);
    case 99: // c
      return "";
    default:
      return undefined;
  }
}

const numberText = (value: unknown, number: number): string =>
  typeof value === "bigint" ? `${StringOf(value)}n` : inspectPrimitive(number);

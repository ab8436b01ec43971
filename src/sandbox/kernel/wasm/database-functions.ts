/// <reference path="../webassembly.d.ts" />
import { type HostAnswer, hostCallBytesMax } from "../../../protocol/host-calls.ts";
import type { KvCallOp, KvCallResults } from "../../../protocol/kv.ts";
import { type GuestMemory, OutOfBounds, u32 } from "./guest-memory.ts";

/** What a call answers when it has no length or count to tell; `docs/runtimes/wasm.md` has them for guests. */
const databaseStatus = {
  done: 0,
  absent: -1,
  refused: -2,
  versionMismatch: -3,
  notACounter: -4,
  tooLarge: -5,
  unavailable: -6,
} as const;

const statusOfCode: Readonly<Record<string, number>> = {
  invalid_request: databaseStatus.refused,
  invalid_key: databaseStatus.refused,
  version_mismatch: databaseStatus.versionMismatch,
  not_a_counter: databaseStatus.notACounter,
  payload_too_large: databaseStatus.tooLarge,
};

export interface DatabaseServices {
  readonly memory: GuestMemory;
  /** @returns a `HostAnswer` as JSON text */
  ask(op: string, argsJson: string): string;
}

/** Thrown within this file: the call ends with this status, and the sentence can be read. */
class Refusal extends Error {
  readonly status: number;

  constructor(status: number, sentence: string) {
    super(sentence);
    this.status = status;
  }
}

/**
 * The functions `db_*` of the module `env`. A call answers a number; if that is a length, there is an answer of so many
 * bytes, which `db_read` copies. A module may declare only the first parameters of a function that has more.
 */
export class DatabaseFunctions {
  readonly #services: DatabaseServices;
  #answer = new Uint8Array(0);
  #version = 0;

  constructor(services: DatabaseServices) {
    this.#services = services;
  }

  calls(): Record<string, WebAssembly.HostFunction> {
    return {
      db_get: (key: unknown, length: unknown) => this.#status(() => this.#get(this.#text(key, length))),
      db_set: (
        key: unknown,
        keyLength: unknown,
        value: unknown,
        valueLength: unknown,
        ttl: unknown,
        version: unknown,
      ) =>
        this.#status(() =>
          this.#set(
            this.#text(key, keyLength),
            this.#text(value, valueLength),
            ttlOf(ttl),
            versionOf(version),
          ),
        ),
      db_delete: (key: unknown, length: unknown, version: unknown) =>
        this.#status(() => this.#delete(this.#text(key, length), versionOf(version))),
      db_increment: (key: unknown, length: unknown, by: unknown, ttl: unknown) =>
        this.#status(() => this.#increment(this.#text(key, length), numberOf(by), ttlOf(ttl))),
      db_list: (
        prefix: unknown,
        prefixLength: unknown,
        limit: unknown,
        cursor: unknown,
        cursorLength: unknown,
      ) =>
        this.#status(() =>
          this.#list(this.#text(prefix, prefixLength), numberOf(limit), this.#text(cursor, cursorLength)),
        ),
      db_answer_len: () => this.#answer.length,
      db_read: (target: unknown, length: unknown) => {
        const part = length === undefined ? this.#answer : this.#answer.subarray(0, u32(length));
        this.#services.memory.bytes(u32(target), part.length).set(part);
        return part.length;
      },
      db_version: () => BigInt(this.#version),
    };
  }

  #get(key: string): number {
    const { value_json, version } = this.#ask("get", { key });
    this.#version = version;
    return value_json === null ? databaseStatus.absent : this.#keep(value_json);
  }

  #set(key: string, value_json: string, ttl: number | undefined, if_version: number | undefined): number {
    this.#version = this.#ask("set", { key, value_json, ttl, if_version }).version;
    return databaseStatus.done;
  }

  #delete(key: string, if_version: number | undefined): number {
    return this.#ask("delete", { key, if_version }).deleted ? 1 : 0;
  }

  #increment(key: string, by: number, ttl: number | undefined): number {
    const { value, version } = this.#ask("increment", { key, by, ttl });
    this.#version = version;
    return this.#keep(String(value));
  }

  #list(prefix: string, limit: number, cursor: string): number {
    const wanted = { prefix, ...(limit !== 0 && { limit }), ...(cursor !== "" && { cursor }) };
    const { keys, cursor: next } = this.#ask("list", wanted);
    return this.#keep(JSON.stringify({ keys, cursor: next }));
  }

  #ask<Op extends KvCallOp>(op: Op, args: Record<string, unknown>): KvCallResults[Op] {
    // The orchestrator is trusted: it answers as host-calls.ts and kv.ts say.
    const answer = JSON.parse(this.#services.ask(`db.${op}`, JSON.stringify(args))) as HostAnswer;
    if (answer.ok) return answer.value as KvCallResults[Op];
    throw new Refusal(statusOfCode[answer.code] ?? databaseStatus.unavailable, answer.error);
  }

  #keep(text: string): number {
    this.#answer = new TextEncoder().encode(text);
    return this.#answer.length;
  }

  #status(call: () => number): number {
    this.#answer = new Uint8Array(0);
    try {
      return call();
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.#keep(error.message);
      return error.status;
    }
  }

  #text(at: unknown, length: unknown): string {
    // Told before it is copied: the module's memory may be larger than the kernel's.
    if (u32(length) > hostCallBytesMax) {
      throw new Refusal(
        databaseStatus.tooLarge,
        `A text of ${u32(length)} bytes is too large for the database.`,
      );
    }
    const bytes = this.#services.memory.bytes(u32(at), u32(length));
    try {
      return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    } catch {
      throw new Refusal(databaseStatus.refused, "A key or a value is not UTF-8.");
    }
  }
}

/** A number of any of the types that WebAssembly has. */
function numberOf(value: unknown): number {
  if (typeof value === "bigint") return Number(value);
  if (typeof value === "number") return value;
  throw new OutOfBounds("a parameter that has to be a number is none");
}

/** Seconds; 0 and a parameter that was not declared are for ever. */
function ttlOf(value: unknown): number | undefined {
  const seconds = value === undefined ? 0 : numberOf(value);
  return seconds === 0 ? undefined : seconds;
}

/** -1 and a parameter that was not declared stand for any. */
function versionOf(value: unknown): number | undefined {
  const version = value === undefined ? -1 : numberOf(value);
  return version === -1 ? undefined : version;
}

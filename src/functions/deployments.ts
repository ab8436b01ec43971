import { hash } from "node:crypto";
import { refuse } from "../protocol/errors.ts";
import { type DeployRequest, functionLimits } from "../protocol/functions.ts";
import { limits } from "../protocol/limits.ts";
import type { Clock } from "../stdx/clock.ts";
import { type Cid, uuidv7 } from "../stdx/ids.ts";
import type { Log } from "../stdx/log.ts";
import { fitsUtf8 } from "../stdx/utf8.ts";
import type { CodeShelf } from "./code-shelf.ts";
import type { Deployment, DeploymentFilter, DeploymentPage, DeploymentStore } from "./deployment-store.ts";
import { checkFunctionPath } from "./function-path.ts";
import type { CodeChecker, Invoker } from "./invoker.ts";
import type { Revision, RevisionDraft, RevisionHead, RevisionId } from "./revision.ts";
import type { FunctionRouter } from "./router.ts";

/** A function with the source text of its current revision. */
export interface WholeDeployment extends Deployment {
  readonly code: string | undefined;
}

export interface WholeRevision {
  readonly head: RevisionHead;
  /** Undefined for wasm. */
  readonly code: string | undefined;
  /** Whether it answers calls now. */
  readonly current: boolean;
}

/** Which modules there are: a `BlockStore` fits. */
export interface ModuleShelf {
  has(cid: Cid): Promise<boolean>;
}

export interface DeploymentsParts {
  readonly store: DeploymentStore;
  readonly blocks: ModuleShelf;
  readonly checker: CodeChecker;
  readonly invoker: Pick<Invoker, "retire">;
  readonly router: FunctionRouter;
  readonly code: CodeShelf;
  /** How many functions a namespace may have; undefined: no bound of its own. */
  readonly perNamespaceMax?: number | undefined;
  readonly clock: Clock;
  readonly log: Pick<Log, "info">;
}

/**
 * What a client can do with functions. Whoever calls has made sure that the namespace is a legal one.
 *
 * Invariant: a change is in force for every call that arrives after its promise has resolved. It is first on the disk,
 * then in the router, in one turn; then the calls of the revision before it are waited for.
 */
export class Deployments {
  readonly #parts: DeploymentsParts;
  /** The last change of each path that is under way: changes of one path follow each other. */
  readonly #turns = new Map<string, Promise<void>>();

  constructor(parts: DeploymentsParts) {
    this.#parts = parts;
  }

  /** Makes the store's functions answer. Call once, before the doors open. */
  async recover(): Promise<void> {
    const { store, router, log } = this.#parts;
    for await (const head of store.current()) router.set(head);
    if (router.size > 0) log.info({ functions: router.size }, `${router.size} functions are deployed`);
  }

  /**
   * Refuses with `invalid_path`, `payload_too_large`, `wasm_not_found`, `invalid_code`, `no_volunteer` (the code could not
   * be checked), `too_many_functions`, `quota_exceeded`, `storage_unavailable`.
   */
  async deploy(namespace: string, path: string, request: DeployRequest): Promise<RevisionHead> {
    checkFunctionPath(path);
    const draft = draftOf(namespace, path, request, this.#parts.clock.now());
    this.#checkRoom(namespace, path);
    await this.#checkCode(draft);
    await this.#parts.code.prepare(draft);
    const digest = draft.wasmCid ?? hash("sha256", draft.code ?? "");
    const { head, quiet } = await this.#inTurn(namespace, path, async () => {
      this.#checkRoom(namespace, path);
      const made = await this.#parts.store.deploy(draft, digest, functionLimits.revisionsMax);
      this.#parts.code.keep({ ...draft, number: made.number });
      return this.#switchTo(made);
    });
    await quiet;
    return head;
  }

  /** Refuses with `function_not_found`. */
  async get(namespace: string, path: string): Promise<WholeDeployment> {
    const deployment = await this.#parts.store.find(namespace, path);
    if (!deployment) throw notDeployed(namespace, path);
    const revision = await this.#revision(deployment.current.id);
    return { ...deployment, code: revision?.code };
  }

  /** One revision with its source text. Refuses with `function_not_found`, `revision_not_found`. */
  async revision(namespace: string, path: string, number: number): Promise<WholeRevision> {
    const deployment = await this.#parts.store.find(namespace, path);
    if (!deployment) throw notDeployed(namespace, path);
    const head = deployment.revisions.find((revision) => revision.number === number);
    if (!head) throw noSuchRevision(namespace, path, number);
    const revision = await this.#revision(head.id);
    return { head, code: revision?.code, current: head.id === deployment.current.id };
  }

  /** Refuses with `function_not_found` when nothing is deployed there. */
  expect(namespace: string, path: string): void {
    if (!this.#parts.router.at(namespace, path)) throw notDeployed(namespace, path);
  }

  /** How many functions a namespace has. */
  countOf(namespace: string): number {
    return this.#parts.router.sizeOf(namespace);
  }

  /** @param shown which namespaces the reader may see */
  list(filter: DeploymentFilter, shown?: (namespace: string) => boolean): Promise<DeploymentPage> {
    const among = shown && this.#parts.router.namespaces.filter(shown);
    return this.#parts.store.list({ ...filter, among });
  }

  /** Makes another revision answer. Refuses with `function_not_found`, `revision_not_found`, `storage_unavailable`. */
  async select(namespace: string, path: string, number: number): Promise<RevisionHead> {
    const { head, quiet } = await this.#inTurn(namespace, path, async () => {
      const { store, router } = this.#parts;
      const selected = await store.select(namespace, path, number);
      if (!selected) {
        if (!router.at(namespace, path)) throw notDeployed(namespace, path);
        throw noSuchRevision(namespace, path, number);
      }
      return this.#switchTo(selected);
    });
    await quiet;
    return head;
  }

  /** Refuses with `function_not_found`, `storage_unavailable`. */
  async remove(namespace: string, path: string): Promise<void> {
    const { quiet } = await this.#inTurn(namespace, path, async () => {
      const { store, router } = this.#parts;
      if (!(await store.remove(namespace, path))) throw notDeployed(namespace, path);
      return { quiet: this.#retire(router.delete(namespace, path)) };
    });
    await quiet;
  }

  #checkRoom(namespace: string, path: string): void {
    const { router, perNamespaceMax = Number.POSITIVE_INFINITY } = this.#parts;
    if (router.at(namespace, path)) return;
    if (router.sizeOf(namespace) >= perNamespaceMax) {
      throw refuse(
        "quota_exceeded",
        `${namespace} has ${perNamespaceMax} functions, which is the most that it may have.`,
        {
          details: { what: "functions", limit: perNamespaceMax },
        },
      );
    }
    if (router.size < functionLimits.functionsMax) return;
    throw refuse(
      "too_many_functions",
      `${functionLimits.functionsMax} functions are deployed, and that is the most.`,
    );
  }

  async #checkCode(draft: RevisionDraft): Promise<void> {
    const { blocks, checker } = this.#parts;
    if (draft.wasmCid !== undefined && !(await blocks.has(draft.wasmCid))) {
      throw refuse(
        "wasm_not_found",
        `No module ${draft.wasmCid} is here; upload it with POST /api/wasm first.`,
        {
          details: { wasm_cid: draft.wasmCid },
        },
      );
    }
    const verdict = await checker.check(draft);
    if (verdict.ok) return;
    // The volunteer's fault, not the code's.
    if (verdict.code === "volunteer_error" || verdict.code === "volunteer_lost") {
      throw refuse("no_volunteer", `The code could not be checked: ${verdict.message}`);
    }
    throw refuse("invalid_code", verdict.message, { details: { reason: verdict.code } });
  }

  async #revision(id: RevisionId): Promise<Revision | undefined> {
    // Not kept: to look at a function is not to call it.
    return this.#parts.code.cached(id) ?? (await this.#parts.store.revision(id));
  }

  /** From the return of this on, every call that arrives is one of `head`. `quiet` is for after the turn. */
  #switchTo(head: RevisionHead): { readonly head: RevisionHead; readonly quiet: Promise<void> } {
    const before = this.#parts.router.set(head);
    return { head, quiet: before?.id === head.id ? Promise.resolve() : this.#retire(before) };
  }

  /** Resolves when the revision's calls are over, or have been waited for long enough. */
  async #retire(head: RevisionHead | undefined): Promise<void> {
    if (!head) return;
    this.#parts.code.drop(head.id);
    await this.#parts.invoker.retire(head.id, functionLimits.retireMs);
  }

  /** Otherwise the router could be given an older revision after a newer one. */
  async #inTurn<Result>(namespace: string, path: string, change: () => Promise<Result>): Promise<Result> {
    const key = `${namespace}/${path}`;
    const before = this.#turns.get(key);
    const done = Promise.withResolvers<void>();
    this.#turns.set(key, done.promise);
    try {
      await before;
      return await change();
    } finally {
      done.resolve();
      if (this.#turns.get(key) === done.promise) this.#turns.delete(key);
    }
  }
}

function draftOf(namespace: string, path: string, request: DeployRequest, nowMs: number): RevisionDraft {
  const isWasm = request.runtime === "wasm";
  const code = isWasm ? undefined : request.code;
  if (code !== undefined && !fitsUtf8(code, limits.codeBytesMax)) {
    throw refuse("payload_too_large", `code must have at most ${limits.codeBytesMax} bytes.`, {
      details: { field: "code", bytes_max: limits.codeBytesMax },
    });
  }
  const seconds = request.timeout_seconds ?? functionLimits.timeoutSecondsDefault;
  return {
    id: uuidv7(nowMs) as RevisionId,
    namespace,
    path,
    runtime: request.runtime ?? "lua",
    code,
    wasmCid: isWasm ? (request.wasm_cid as Cid) : undefined,
    env: request.env ?? {},
    // In whole microseconds, so that the seconds the client gave come back as they were.
    timeoutMs: Math.max(1, Math.round(seconds * 1_000_000)) / 1000,
    memoryMb: request.memory_mb ?? limits.memoryMbDefault,
    placement: request.placement ?? "trusted",
    auth: request.auth ?? "public",
    createdAt: nowMs,
  };
}

function notDeployed(namespace: string, path: string): Error {
  const shown = path.length > 200 ? `${path.slice(0, 200)}…` : path;
  return refuse("function_not_found", `No function is deployed at /${namespace}/${shown}.`);
}

function noSuchRevision(namespace: string, path: string, number: number): Error {
  return refuse("revision_not_found", `/${namespace}/${path} has no revision ${number}.`);
}

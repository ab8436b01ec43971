import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { DeploymentFilter } from "../../functions/deployment-store.ts";
import type { RevisionDraft } from "../../functions/revision.ts";
import type { NameCount, NameRange } from "../../stdx/name-range.ts";
import { headColumns } from "./function-rows.ts";
import { prefixRange } from "./prefix-range.ts";
import { number, type Row, text } from "./row.ts";

const joined = `function_revisions CROSS JOIN functions ON functions.id = function_revisions.function_id`;
const currentOnes = `functions CROSS JOIN function_revisions
  ON function_revisions.function_id = functions.id AND function_revisions.number = functions.current`;

/** Where a function's rows are, and which of its revisions is current. */
export interface FunctionPlace {
  readonly id: number;
  readonly current: number;
}

/** The statements of the function tables, one per method, prepared once. */
export class FunctionStatements {
  readonly #place: StatementSync;
  readonly #insertFunction: StatementSync;
  readonly #setCurrent: StatementSync;
  readonly #lastNumber: StatementSync;
  readonly #insertRevision: StatementSync;
  readonly #prune: StatementSync;
  readonly #deleteFunction: StatementSync;
  readonly #deleteRevisions: StatementSync;
  readonly #head: StatementSync;
  readonly #heads: StatementSync;
  readonly #revision: StatementSync;
  readonly #after: StatementSync;
  readonly #page: StatementSync;
  readonly #pageWithin: StatementSync;
  readonly #count: StatementSync;
  readonly #namespaces: StatementSync;
  readonly #countWithin: StatementSync;
  readonly #pageAmong: StatementSync;
  readonly #countAmong: StatementSync;

  constructor(database: DatabaseSync) {
    const prepare = (sql: string) => database.prepare(sql);
    this.#place = prepare("SELECT id, current FROM functions WHERE namespace = ? AND path = ?");
    this.#insertFunction = prepare("INSERT INTO functions (namespace, path, current) VALUES (?, ?, 0)");
    this.#setCurrent = prepare("UPDATE functions SET current = ? WHERE id = ?");
    this.#lastNumber = prepare(
      "SELECT coalesce(max(number), 0) AS number FROM function_revisions WHERE function_id = ?",
    );
    this.#insertRevision = prepare(
      `INSERT INTO function_revisions (function_id, number, id, runtime, wasm_cid, digest, timeout_ms, memory_mb,
         placement, auth, created_at, env_names, env, code)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    this.#prune = prepare(
      `DELETE FROM function_revisions WHERE function_id = ?1 AND number <= (
         SELECT number FROM function_revisions WHERE function_id = ?1 ORDER BY number DESC LIMIT 1 OFFSET ?2)`,
    );
    this.#deleteFunction = prepare("DELETE FROM functions WHERE id = ?");
    this.#deleteRevisions = prepare("DELETE FROM function_revisions WHERE function_id = ?");
    this.#head = prepare(`SELECT ${headColumns} FROM ${joined} WHERE function_id = ? AND number = ?`);
    this.#heads = prepare(`SELECT ${headColumns} FROM ${joined} WHERE function_id = ? ORDER BY number DESC`);
    this.#revision = prepare(
      `SELECT ${headColumns}, env, code FROM ${joined} WHERE function_revisions.id = ?`,
    );
    this.#after = prepare(
      `SELECT ${headColumns} FROM ${currentOnes} WHERE (namespace, path) > (?, ?) ORDER BY namespace, path LIMIT ?`,
    );
    this.#page = prepare(
      `SELECT ${headColumns} FROM ${currentOnes} ORDER BY namespace, path LIMIT ? OFFSET ?`,
    );
    this.#pageWithin = prepare(
      `SELECT ${headColumns} FROM ${currentOnes} WHERE namespace = ? ORDER BY path LIMIT ? OFFSET ?`,
    );
    this.#count = prepare("SELECT count(*) AS number FROM functions");
    this.#namespaces = prepare(
      `SELECT namespace, count(*) AS functions FROM functions WHERE namespace >= ? AND namespace < ?
       GROUP BY namespace ORDER BY namespace LIMIT ?`,
    );
    this.#countWithin = prepare("SELECT count(*) AS number FROM functions WHERE namespace = ?");
    const among = "namespace IN (SELECT value FROM json_each(?1))";
    this.#pageAmong = prepare(
      `SELECT ${headColumns} FROM ${currentOnes} WHERE ${among} ORDER BY namespace, path LIMIT ?2 OFFSET ?3`,
    );
    this.#countAmong = prepare(`SELECT count(*) AS number FROM functions WHERE ${among}`);
  }

  place(namespace: string, path: string): FunctionPlace | undefined {
    const row = this.#place.get(namespace, path);
    return row && { id: number(row.id), current: number(row.current) };
  }

  /** Without a revision yet. @returns its id */
  insertFunction(namespace: string, path: string): number {
    return Number(this.#insertFunction.run(namespace, path).lastInsertRowid);
  }

  setCurrent(id: number, revision: number): void {
    this.#setCurrent.run(revision, id);
  }

  lastNumber(id: number): number {
    return number(this.#lastNumber.get(id)?.number);
  }

  insertRevision(id: number, revision: number, draft: RevisionDraft, digest: string): void {
    this.#insertRevision.run(
      id,
      revision,
      draft.id,
      draft.runtime,
      draft.wasmCid ?? null,
      digest,
      draft.timeoutMs,
      draft.memoryMb,
      draft.placement,
      draft.auth,
      draft.createdAt,
      JSON.stringify(Object.keys(draft.env)),
      JSON.stringify(draft.env),
      draft.code ?? null,
    );
  }

  /** Keeps the newest ones. */
  prune(id: number, keep: number): void {
    this.#prune.run(id, keep);
  }

  remove(id: number): void {
    this.#deleteRevisions.run(id);
    this.#deleteFunction.run(id);
  }

  head(id: number, revision: number): Row | undefined {
    return this.#head.get(id, revision);
  }

  /** Newest first. */
  heads(id: number): readonly Row[] {
    return this.#heads.all(id);
  }

  revision(id: string): Row | undefined {
    return this.#revision.get(id);
  }

  /** The current revisions of the functions behind a place in the order of namespaces and paths. */
  after(namespace: string, path: string, limit: number): readonly Row[] {
    return this.#after.all(namespace, path, limit);
  }

  page({ namespace, among, limit, offset }: DeploymentFilter): readonly Row[] {
    if (among) return this.#pageAmong.all(namesOf(among, namespace), limit, offset);
    if (namespace === undefined) return this.#page.all(limit, offset);
    return this.#pageWithin.all(namespace, limit, offset);
  }

  namespaces({ prefix, after, limit }: NameRange): readonly NameCount[] {
    const { from, until } = prefixRange(prefix, after);
    const rows = this.#namespaces.all(from, until, limit);
    return rows.map((row) => ({ name: text(row.namespace), count: number(row.functions) }));
  }

  count({ namespace, among }: DeploymentFilter): number {
    if (among) return number(this.#countAmong.get(namesOf(among, namespace))?.number);
    const row = namespace === undefined ? this.#count.get() : this.#countWithin.get(namespace);
    return number(row?.number);
  }
}

function namesOf(among: readonly string[], namespace: string | undefined): string {
  return JSON.stringify(among.filter((name) => namespace === undefined || name === namespace));
}

import type { Dice } from "./dice.ts";

/** One way into the API: a route's pattern, and a method that it takes or does not. */
export interface Way {
  readonly method: string;
  readonly pattern: string;
}

export interface FuzzedRequest {
  readonly method: string;
  /** With its query; only what may stand in a request's first line. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer | undefined;
}

const namespaces = ["alice", "bob", "default", "team-1"];
const names = ["hello", "a/b.txt", "index.html", "key", "deep/er/still", "app"];
/** What a segment of a path should never be able to do harm with. */
const evilSegments = [
  "..",
  "%2e%2e",
  "%2e%2e%2f%2e%2e%2fetc%2fpasswd",
  "%00",
  "%ff%fe",
  "%",
  "%zz",
  "a%2fb",
  "con",
  ".",
  " ".replaceAll(" ", "%20"),
  "x".repeat(300),
  "x".repeat(2000),
  "%F0%9F%92%A9",
  "__proto__",
  "constructor",
  "-1",
  "0",
  "99999999999999999999",
  "{}",
  "*",
  "api",
  "A",
];
const evilValues: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  0.5,
  1e308,
  -0,
  2 ** 53,
  "",
  "js",
  "\u0000",
  "\ud800",
  "x".repeat(5000),
  [],
  {},
  [[[[]]]],
  { __proto__: 1 },
  { constructor: { prototype: 1 } },
  "2026-02-30T99:99:99Z",
  "NaN",
];
const queryNames = [
  "wait",
  "limit",
  "offset",
  "cursor",
  "prefix",
  "status",
  "namespace",
  "follow",
  "since",
  "level",
  "q",
];
const queryNames2 = ["job_type", "minutes", "delimiter", "sort", "__proto__", "unknown"];
const queryValues = [
  "",
  "0",
  "1",
  "-1",
  "50",
  "1000",
  "1001",
  "0.01",
  "NaN",
  "1e9",
  "true",
  "alice",
  "%00",
  "%ff",
  "[]",
];
/** Seconds that a request waits for a job's end: wrong ones, and right ones that are over soon. */
const waits = ["", "0", "0.01", "0.05", "-1", "61", "1e9", "NaN", "true"];
const oddHeaders: readonly (readonly [string, readonly string[]])[] = [
  [
    "content-type",
    ["text/plain", "application/json", "application/wasm", "application/x-www-form-urlencoded", "x"],
  ],
  ["content-encoding", ["gzip", "br", "identity", "x"]],
  ["if-match", ['"1"', "*", '"999"', "1", 'W/"1"', ","]],
  ["if-none-match", ['"1"', "*", "x"]],
  [
    "range",
    ["bytes=0-1", "bytes=-1", "bytes=5-1", "bytes=0-1,3-4", "bytes=99999999999999999999-", "lines=1-2"],
  ],
  ["idempotency-key", ["k1", "k2", "x".repeat(300), "\u00e9"]],
  ["accept-encoding", ["gzip", "br", "*", "gzip;q=0"]],
  ["accept", ["text/html", "text/event-stream", "*/*", "x"]],
  ["last-event-id", ["end", "0", "x"]],
  ["origin", ["null", "http://evil.example", "http://127.0.0.1"]],
  ["authorization", ["Bearer zv_x", "Basic eDp5", "Bearer", "x"]],
  ["x-request-id", ["abc", "\u00e9", "x".repeat(200)]],
  ["traceparent", ["00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "00-0-0-0", "x"]],
  ["expect", ["100-continue", "200-ok"]],
  ["connection", ["close", "keep-alive", "upgrade"]],
];

/** Bodies that routes take, by how their patterns begin, to be spoiled now and then. */
const bodies: readonly (readonly [string, readonly unknown[]])[] = [
  [
    "/api/jobs",
    [
      { job_type: "js", code: "1" },
      { job_type: "wasm", wasm_cid: "bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy" },
      {
        job_type: "python",
        code: "1",
        input_data: { a: [1, 2] },
        timeout_seconds: 5,
        memory_mb: 64,
        priority: 9,
      },
      [
        { job_type: "lua", code: "return 1" },
        { job_type: "js", code: "2", namespace: "bob", max_retries: 0 },
      ],
      { job_type: "js", code: "1", callback_url: "https://example.com/hook" },
    ],
  ],
  [
    "/api/deploy",
    [
      {
        runtime: "js",
        code: "function handle() { return { body: 'x' }; }",
        env: { A: "b" },
        placement: "any",
      },
      { revision: 1 },
    ],
  ],
  [
    "/api/db",
    [
      { value: { deep: [1, 2.5, "x", null] }, ttl: 60 },
      {
        ops: [
          { op: "set", key: "a", value: 1 },
          { op: "increment", key: "n", by: 2 },
          { op: "get", key: "a" },
        ],
      },
      {
        ops: [
          { op: "check", key: "a", version: 3 },
          { op: "delete", key: "a" },
        ],
      },
    ],
  ],
  ["/api/tokens", [{ name: "t", scopes: ["read:alice"], expires_in: 60 }]],
];

/** Makes requests to one route after another, with right and wrong values, the same ones for the same seed. */
export class FuzzedRequests {
  readonly #dice: Dice;
  readonly #ways: readonly Way[];
  /** Ids that the API gave out. */
  readonly #ids: string[] = ["01a2157a-26bc-7bd6-b9e3-967f1ca54c7a"];

  constructor(dice: Dice, ways: readonly Way[]) {
    this.#dice = dice;
    // Routes that only read are many and alike.
    this.#ways = ways.flatMap((way) => (/^(?:GET|HEAD)$/.test(way.method) ? [way] : [way, way, way]));
  }

  /** Uses an id in what is still to come. */
  learn(id: string): void {
    if (this.#ids.length < 50) this.#ids.push(id);
    else this.#ids[this.#dice.below(50)] = id;
  }

  next(): FuzzedRequest {
    const dice = this.#dice;
    const way = dice.pick(this.#ways);
    const method = dice.chance(0.03)
      ? dice.pick(["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
      : way.method;
    const path = this.#pathOf(way.pattern) + this.#query();
    const body = method === "GET" || method === "HEAD" ? undefined : this.#body(way.pattern);
    const headers: Record<string, string> = body === undefined ? {} : { "content-type": "application/json" };
    for (let n = dice.below(3); n > 0; n--) {
      const [name, values] = dice.pick(oddHeaders);
      // Node's client refuses to send what is no Latin-1.
      headers[name] = dice.pick(values);
    }
    return { method, path, headers, body };
  }

  #pathOf(pattern: string): string {
    return pattern.replaceAll(/:(\w+)|\*/g, (_, name: string | undefined) => this.#segment(name));
  }

  #segment(name: string | undefined): string {
    const dice = this.#dice;
    if (dice.chance(0.15)) return dice.pick(evilSegments);
    if (name === "namespace") return dice.pick(namespaces);
    if (name === "id") return dice.pick(this.#ids);
    return dice.pick(names);
  }

  #query(): string {
    const dice = this.#dice;
    if (!dice.chance(0.35)) return "";
    const pairs: string[] = [];
    for (let n = 1 + dice.below(3); n > 0; n--) {
      const name = dice.pick(dice.chance(0.8) ? queryNames : queryNames2);
      pairs.push(`${name}=${dice.pick(name === "wait" ? waits : queryValues)}`);
    }
    return `?${pairs.join("&")}`;
  }

  #body(pattern: string): string | Buffer | undefined {
    const dice = this.#dice;
    const kind = dice.below(20);
    if (kind === 0) return undefined;
    if (kind === 1) return Buffer.from(Array.from({ length: dice.below(64) }, () => dice.below(256)));
    if (kind === 2) return JSON.stringify(this.#template(pattern)).slice(0, dice.below(40));
    if (kind === 3) return "[".repeat(dice.pick([10, 600, 20_000]));
    if (kind === 4) return JSON.stringify(dice.pick(evilValues));
    const body = structuredClone(this.#template(pattern));
    return JSON.stringify(dice.chance(0.5) ? this.#spoiled(body) : body);
  }

  #template(pattern: string): unknown {
    const dice = this.#dice;
    const fitting = bodies.find(([beginning]) => pattern.startsWith(beginning));
    const [, templates] = fitting && dice.chance(0.9) ? fitting : dice.pick(bodies);
    return dice.pick(templates);
  }

  /** The same with one part taken out, added, or made into something else. */
  #spoiled(value: unknown): unknown {
    const dice = this.#dice;
    if (Array.isArray(value)) {
      return dice.chance(0.3) ? dice.pick(evilValues) : value.map((item) => this.#spoiled(item));
    }
    if (typeof value !== "object" || value === null) return dice.pick(evilValues);
    const entries: [string, unknown][] = Object.entries(value);
    const at = dice.below(entries.length + 1);
    const entry = entries[at];
    if (!entry)
      entries.push([dice.pick(["unknown", "__proto__", "namespace", "toString"]), dice.pick(evilValues)]);
    else if (dice.chance(0.3)) entries.splice(at, 1);
    else entries[at] = [entry[0], dice.chance(0.6) ? dice.pick(evilValues) : this.#spoiled(entry[1])];
    return Object.fromEntries(entries);
  }
}

/** Bodies as people would send them, by operation and then by what they show. A test holds them to the routes' schemas. */
export const bodyExamples: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  "POST /api/jobs": {
    Python: {
      job_type: "python",
      code: 'print("Hello from Python!")\nprint(2 + 2)',
      timeout_seconds: 30,
    },
    JavaScript: { job_type: "js", code: 'console.log("Hello from JS!"); 42', timeout_seconds: 30 },
    Lua: {
      job_type: "lua",
      namespace: "alice",
      code: 'print("Hello " .. INPUT.name); return INPUT.x + INPUT.y',
      input_data: { name: "World", x: 10, y: 32 },
      timeout_seconds: 30,
    },
    WebAssembly: {
      job_type: "wasm",
      wasm_cid: "bafkreiaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
      input_data: { a: 40, b: 2 },
    },
    "Many at once": [
      { job_type: "lua", code: "return 1" },
      { job_type: "js", code: "2" },
    ],
  },
  "POST /api/deploy/:namespace/*": {
    Lua: {
      runtime: "lua",
      code: 'function handle(req) return {status=200, body="Hello, " .. req.query.name .. "!"} end',
    },
    JavaScript: {
      runtime: "js",
      code: 'function handle(req) { return {status: 200, headers: {"Content-Type": "application/json"}, body: JSON.stringify({message: "Hello " + req.query.name})} }',
    },
    Python: {
      runtime: "python",
      code: 'import json\ndef handle(req):\n    name = req.get("query", {}).get("name", "World")\n    return {"status": 200, "headers": {"Content-Type": "text/plain"}, "body": f"Hello from Python, {name}!"}\nresult = handle(INPUT)\nprint(json.dumps(result))',
    },
  },
  "PUT /api/deploy/:namespace/*": { "The first revision": { revision: 1 } },
  "PUT /api/db/:namespace/*": {
    "A value": { value: { name: "Alice", count: 42 } },
    "For an hour": { value: "open", ttl: 3600 },
  },
  "POST /api/db/:namespace": {
    "Count and set": {
      ops: [
        { op: "increment", key: "orders", by: 1 },
        { op: "set", key: "order:1", value: { apples: 3 } },
        { op: "get", key: "orders" },
      ],
    },
  },
  "POST /api/tokens": {
    "For a program": { name: "ci", scopes: ["write:alice", "read:alice"], expires_in: "90d" },
    "For a volunteer": { name: "machine in the cellar", scopes: ["volunteer"] },
  },
};

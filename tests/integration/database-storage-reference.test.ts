import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import type { Answer } from "../support/api.ts";
import { curlCommands, runCurl } from "../support/curl.ts";
import { bootOrchestrator, temporaryDirectory } from "../support/orchestrator.ts";

const page = "<h1>hello</h1>\n";

/** The commands of the reference project's pages on its database and its files, as it prints them. */
const reference = `
\`\`\`bash
# Set a value in alice's namespace
curl -X PUT http://localhost:8000/api/db/alice/mykey \\
  -H "Content-Type: application/json" \\
  -d '{"value": {"name": "Alice", "count": 42}}'

# Get a value from alice's namespace
curl http://localhost:8000/api/db/alice/mykey
# Returns: {"key":"mykey","value":{"name":"Alice","count":42},"exists":true}

# List keys with prefix
curl "http://localhost:8000/api/db/alice/?prefix=my"

# Delete a key
curl -X DELETE http://localhost:8000/api/db/alice/mykey
\`\`\`

\`\`\`bash
# Upload a file
curl -X PUT http://localhost:8000/api/storage/alice/index.html \\
  --data-binary @index.html

# Download a file via API
curl http://localhost:8000/api/storage/alice/index.html

# Serve static files (public HTTP access)
curl http://localhost:8000/static/alice/index.html

# List files with prefix
curl "http://localhost:8000/api/storage/alice/?prefix=static/"

# Delete a file
curl -X DELETE http://localhost:8000/api/storage/alice/index.html
\`\`\`
`;

test("the reference project's commands for its database and its files work as it prints them", async (t) => {
  const { api } = await bootOrchestrator(t);
  const directory = await temporaryDirectory(t);
  await writeFile(join(directory, "index.html"), page);
  const answers: Answer[] = [];
  for (const command of curlCommands(reference)) answers.push(await runCurl(api, command, directory));
  assert.deepEqual(
    answers.map(({ status }) => status),
    [201, 200, 200, 204, 201, 200, 200, 200, 204],
  );
  const [, got, keys, , uploaded, downloaded, served, files] = answers;
  assert.partialDeepStrictEqual(got?.json(), {
    key: "mykey",
    value: { name: "Alice", count: 42 },
    exists: true,
  });
  assert.partialDeepStrictEqual(keys?.json(), { keys: ["mykey"], count: 1 });
  assert.partialDeepStrictEqual(uploaded?.json(), {
    namespace: "alice",
    path: "index.html",
    size: page.length,
  });
  assert.deepEqual([downloaded?.text, served?.text], [page, page]);
  assert.match(String(served?.headers["content-type"]), /^text\/html/);
  assert.partialDeepStrictEqual(files?.json(), { files: [], count: 0 });
});

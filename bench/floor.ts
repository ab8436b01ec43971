/**
 * The least that a durable job server could do: bare node:http, and for each request one SQLite insert before the
 * answer and one update after it, both in group commits. Run as a process: `node bench/floor.ts PORT DATABASE`.
 * POST anything to store it; GET answers how many have been updated.
 */
import { createServer } from "node:http";
import { DatabaseSync } from "node:sqlite";

const [port, file] = process.argv.slice(2);
if (port === undefined || file === undefined) throw new Error("usage: node bench/floor.ts PORT DATABASE");

const database = new DatabaseSync(file);
database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;");
database.exec("CREATE TABLE jobs (id INTEGER PRIMARY KEY, body TEXT NOT NULL, status TEXT NOT NULL) STRICT");
const insert = database.prepare("INSERT INTO jobs (id, body, status) VALUES (?, ?, 'pending')");
const update = database.prepare("UPDATE jobs SET status = 'completed' WHERE id = ?");

interface Write {
  run(): void;
  committed(): void;
}

let waiting: Write[] = [];
let nextId = 1;
let updated = 0;

/** Everything that came in during one turn of the event loop shares a transaction. */
function commit(): void {
  const group = waiting;
  waiting = [];
  database.exec("BEGIN");
  for (const write of group) write.run();
  database.exec("COMMIT");
  for (const write of group) write.committed();
}

function enqueue(write: Write): void {
  if (waiting.length === 0) setImmediate(commit);
  waiting.push(write);
}

const server = createServer((request, response) => {
  if (request.method !== "POST") {
    response.end(`${updated}`);
    return;
  }
  let body = "";
  request.setEncoding("utf8");
  request.on("data", (text: string) => {
    body += text;
  });
  request.on("end", () => {
    const id = nextId++;
    enqueue({
      run: () => insert.run(id, body),
      committed() {
        const answer = `{"id":${id}}`;
        response.writeHead(201, { "Content-Type": "application/json", "Content-Length": answer.length });
        response.end(answer);
        enqueue({
          run: () => update.run(id),
          committed: () => {
            updated += 1;
          },
        });
      },
    });
  });
});
server.listen(Number(port), "127.0.0.1");

/** An app as its author would write it for any platform of the web's standards; bundled by a test. */
import { Hono } from "hono";
import { basicAuth } from "hono/basic-auth";
import { deleteCookie, getCookie, setCookie } from "hono/cookie";
import { cors } from "hono/cors";
import { etag } from "hono/etag";
import { HTTPException } from "hono/http-exception";
import { logger } from "hono/logger";
import { secureHeaders } from "hono/secure-headers";
import { stream, streamSSE, streamText } from "hono/streaming";

type Env = { Bindings: { GREETING: string }; Variables: { startedAt: string } };

const app = new Hono<Env>();

app.use(logger());
app.use("/api/*", cors({ origin: "https://example.com", allowMethods: ["GET", "POST"], credentials: true }));
app.use("/admin/*", basicAuth({ username: "alice", password: "secret" }));
app.use("/etag", etag());
app.use("/secure", secureHeaders());
app.use(async (c, next) => {
  c.set("startedAt", "now");
  await next();
  c.header("x-started", c.get("startedAt"));
});

app.get("/", (c) => c.text(`${c.env.GREETING}, ${c.req.query("name") ?? "nobody"}`));
app.get("/posts/:id{[0-9]+}/comments/:comment?", (c) => c.json(c.req.param()));
app.get("/queries", (c) => c.json(c.req.queries("tag") ?? []));
app.post("/api/echo", async (c) =>
  c.json({ got: await c.req.json(), type: c.req.header("Content-Type") }, 201),
);
app.post("/form", async (c) => {
  const { title, upload } = await c.req.parseBody();
  const file =
    upload instanceof File ? { name: upload.name, type: upload.type, text: await upload.text() } : null;
  return c.json({ title, file });
});
app.get("/cookies", (c) => {
  const seen = getCookie(c);
  setCookie(c, "visits", "2", { httpOnly: true, path: "/", maxAge: 60 });
  deleteCookie(c, "old");
  return c.json(seen);
});
app.get("/html", (c) => c.html("<h1>Grüße</h1>"));
app.get("/bytes", (c) => c.body(new Uint8Array([0, 255, 254]), 200, { "Content-Type": "image/png" }));
app.get("/moved", (c) => c.redirect("/", 301));
app.get("/url", (c) =>
  c.json({ url: c.req.url, path: c.req.path, prefix: c.req.header("x-forwarded-prefix") }),
);
app.get("/text", (c) =>
  streamText(c, async (out) => {
    for (const word of ["one", "two", "drei ü"]) {
      await out.writeln(word);
      await out.sleep(1);
    }
  }),
);
app.get("/events", (c) =>
  streamSSE(c, async (out) => {
    for (let id = 0; id < 2; id++) await out.writeSSE({ data: `tick ${id}`, event: "tick", id: `${id}` });
  }),
);
app.get("/pipe", (c) => stream(c, (out) => out.pipe(new Blob(["piped"]).stream())));
app.get("/etag", (c) => c.text("the same"));
app.get("/secure", (c) => c.text("safe"));
app.get("/admin/door", (c) => c.text("open"));
app.get("/late", (c) => {
  c.executionCtx.waitUntil(Promise.resolve().then(() => console.log("afterwards")));
  return c.text("first");
});
app.get("/throws", () => {
  throw new Error("no luck");
});
app.get("/forbidden", () => {
  throw new HTTPException(403, { message: "not for you" });
});
app.notFound((c) => c.json({ missing: c.req.path }, 404));
app.onError((error, c) =>
  error instanceof HTTPException ? error.getResponse() : c.json({ error: error.message }, 500),
);
app.route(
  "/sub",
  new Hono<Env>().get("/page", (c) => c.text(`sub ${c.get("startedAt")}`)),
);
app.mount(
  "/mounted",
  (request: Request) => new Response(`${request.method} ${new URL(request.url).pathname}`),
);

export default app;

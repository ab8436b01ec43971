import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { RealCells } from "../support/real-cells.ts";

/*
 * The classes of the fetch standard in a cell, held against those of Node: the same code runs in both, and has to give
 * the same. Whatever throws gives the error's name.
 */

const cases: Readonly<Record<string, string>> = {
  "headers are joined, sorted and in lower case": `const h = new Headers([["B", " 2 "], ["a", "1"], ["b", "3"]]); h.append("Set-Cookie", "x=1"); h.append("set-cookie", "y=2"); return [...h, h.get("B"), h.get("set-cookie"), h.getSetCookie(), h.has("A"), h.get("none")]`,
  "headers are made of records and of headers": `const h = new Headers(new Headers({ "X-A": 1 })); h.set("x-a", "2"); h.delete("nothing"); h.set("x-b", "é"); return [[...h.keys()], [...h.values()], [...h.entries()]]`,
  "headers are copied, and told one by one": `const a = new Headers({ a: "1" }), b = new Headers(a); b.append("a", "2"); const told = []; b.forEach((value, name, all) => told.push(value, name, all === b)); return [a.get("a"), told]`,
  "headers refuse names and values that cannot be": `const met = []; for (const pair of [["a b", "x"], ["", "x"], ["a", "x\\ny"], ["a", "\\u0100"], ["é", "x"]]) { try { new Headers([pair]); met.push(0) } catch (e) { met.push(e.name) } } return met`,
  "headers refuse what is no list of pairs": `const met = []; for (const init of [[["a"]], [["a", "b", "c"]], 1, "x"]) { try { new Headers(init); met.push(0) } catch (e) { met.push(e.name) } } return met`,
  "a response has defaults": `const r = new Response(); return [r.status, r.ok, r.statusText, r.body, r.bodyUsed, r.type, r.url, r.redirected, [...r.headers], await r.text()]`,
  "a response takes its type from its body": `return [new Response("x"), new Response(new URLSearchParams("a=1")), new Response(new Blob(["x"], { type: "Text/X" })), new Response(new Uint8Array(1)), new Response("x", { headers: { "content-type": "own" } }), new Response(new ReadableStream())].map((r) => r.headers.get("content-type"))`,
  "a response is read once": `const r = new Response("ü"); const met = [await r.text(), r.bodyUsed]; for (const read of ["text", "json", "arrayBuffer", "blob", "bytes", "formData"]) { try { await r[read](); met.push(0) } catch (e) { met.push(e.name) } } try { r.clone(); met.push(0) } catch (e) { met.push(e.name) } return met`,
  "a response's body is read in every way": `const make = () => new Response('{"a":"ü"}'); return [await make().json(), [...await make().bytes()], (await make().arrayBuffer()).byteLength, (await make().blob()).size, (await make().blob()).type]`,
  "a body drops its byte order mark as text": `return [await new Response(new Uint8Array([239, 187, 191, 65])).text(), await new Response("\\ud800").text(), await new Response(new Uint8Array([255])).text()]`,
  "a response is cloned": `const r = new Response("x", { status: 201, statusText: "Made", headers: { a: "b" } }); const c = r.clone(); return [await r.text(), await c.text(), c.status, c.statusText, c.headers.get("a")]`,
  "a response of a stream is cloned": `const r = new Response(new Blob(["abc"]).stream()); const c = r.clone(); return [await r.text(), await c.text()]`,
  "statuses are checked": `const met = []; for (const status of [199, 200, 204, 600, "404", NaN, 304]) { try { met.push(new Response(null, { status }).status) } catch (e) { met.push(e.name) } } for (const status of [204, 205, 304]) { try { new Response("", { status }); met.push(0) } catch (e) { met.push(e.name) } } return met`,
  "responses are made of JSON": `const r = Response.json({ a: 1 }, { status: 201, headers: { "x-a": "b" } }); const met = [r.status, [...r.headers], await r.json()]; for (const bad of [undefined, () => 1, 1n]) { try { Response.json(bad); met.push(0) } catch (e) { met.push(e.name) } } return met`,
  "responses redirect": `const r = Response.redirect("http://a/b c", 303); const met = [r.status, r.headers.get("location")]; for (const status of [200, 300]) { try { Response.redirect("http://a", status); met.push(0) } catch (e) { met.push(e.name) } } return met`,
  "a response may be an error": `const r = Response.error(); return [r.status, r.type, r.ok]`,
  "a response wraps the body of another": `const a = new Response("abc", { headers: { a: "1" } }); const b = new Response(a.body, a); return [await b.text(), b.headers.get("a"), b.headers.get("content-type")]`,
  "a stream that is locked makes no response": `const s = new ReadableStream(); s.getReader(); try { new Response(s); return 0 } catch (e) { return e.name }`,
  "a stream of anything but bytes fails": `const s = new ReadableStream({ start(c) { c.enqueue("text"); c.close() } }); try { return await new Response(s).text() } catch (e) { return e.name }`,
  "a stream's failure is the reader's": `const s = new ReadableStream({ pull() { throw new RangeError("mine") } }); try { return await new Response(s).text() } catch (e) { return e.name + e.message }`,
  "a body's stream is read by hand": `const r = new Response("abc"); const reader = r.body.getReader(); const first = await reader.read(); const used = r.bodyUsed; return [[...first.value], first.done, used, (await reader.read()).done]`,
  "a body's stream is iterated": `let text = ""; for await (const chunk of new Response("abc").body) text += new TextDecoder().decode(chunk); return text`,
  "a request has defaults": `const r = new Request("http://A:80/b/../c?d#e"); return [r.url, r.method, r.body, r.bodyUsed, [...r.headers], r.redirect, r.cache, r.credentials, r.mode, r.signal.aborted, r.keepalive, r.integrity]`,
  "a request's method is checked and written properly": `const met = []; for (const method of ["get", "patch", "PaTch", "Post", "CONNECT", "a b", "trace"]) { try { met.push(new Request("http://a", { method }).method) } catch (e) { met.push(e.name) } } return met`,
  "a request's body needs a method that has one": `const met = []; for (const method of ["GET", "HEAD", "DELETE"]) { try { met.push(await new Request("http://a", { method, body: "x" }).text()) } catch (e) { met.push(e.name) } } return met`,
  "a request needs a whole URL": `const met = []; for (const url of ["/a", "", "::", "http://", new URL("http://a/b")]) { try { met.push(new Request(url).url) } catch (e) { met.push(e.name) } } return met`,
  "a request is made of another": `const a = new Request("http://a/", { method: "PUT", body: "x", headers: { a: "1" } }); const b = new Request(a, { headers: { b: "2" } }); return [b.url, b.method, [...b.headers], await b.text()]`,
  "a request is made of a URL and another": `const a = new Request("http://a/", { method: "PUT", body: "x", headers: { a: "1" } }); const b = new Request("http://b/", { method: a.method, headers: a.headers, body: a.body, duplex: "half" }); return [b.url, b.method, b.headers.get("a"), await b.text()]`,
  "a request is cloned": `const a = new Request("http://a/", { method: "POST", body: "x" }); const b = a.clone(); return [await a.text(), await b.text(), b.method]`,
  "a request carries its signal": `const c = new AbortController(); const r = new Request("http://a/", { signal: c.signal }); c.abort(); return r.signal.aborted`,
  "blobs are made of parts and cut": `const b = new Blob(["aü", new Uint8Array([66]), new Blob(["c"]), new Uint8Array([1, 2]).buffer, 7], { type: "A/B" }); return [b.size, b.type, await b.slice(0, 4).text(), await b.slice(-2).text(), b.slice(1, 2, "x").type, [...await b.bytes()]]`,
  "files have names": `const f = new File(["x"], "a/b.txt", { type: "text/plain", lastModified: 5 }); return [f.name, f.lastModified, f.type, f.size, f instanceof Blob, await f.text()]`,
  "forms keep entries in order": `const f = new FormData(); f.append("a", 1); f.append("b", "2"); f.append("a", "3"); f.set("a", "4"); f.append("c", new Blob(["x"]), "n"); return [[...f.keys()], f.get("a"), f.getAll("b"), f.has("z"), f.get("z"), f.get("c").name, f.get("c") instanceof File]`,
  "forms are sent and read again": `const f = new FormData(); f.append('n"\\n', "l1\\nl2"); f.append("file", new File(["\\r\\n--x", new Uint8Array([0, 255])], 'q".bin', { type: "a/b" })); const back = await new Response(f).formData(); const file = back.get("file"); return [[...back.keys()], back.get('n"\\n') ?? back.get('n"\\r\\n'), file.name, file.type, [...await file.bytes()]]`,
  "forms in URL encoding are read": `const r = new Response(new URLSearchParams("a=1&b=%C3%BC+x&a=2")); return [...await r.formData()]`,
  "what is no form is none": `const met = []; for (const [type, body] of [["text/plain", "a=1"], ["multipart/form-data; boundary=x", "nothing"], ["multipart/form-data", "--x"], ["multipart/form-data; boundary=x", "--x\\r\\nno head"]]) { try { await new Response(body, { headers: { "content-type": type } }).formData(); met.push(0) } catch (e) { met.push(e.name) } } return met`,
  "streams transform and pipe": `const up = new TransformStream({ transform(chunk, c) { c.enqueue(chunk.toUpperCase()) } }); return await new Response(new Blob(["abü"]).stream().pipeThrough(new TextDecoderStream()).pipeThrough(up).pipeThrough(new TextEncoderStream())).text()`,
  "text streams keep characters whole": `const s = new ReadableStream({ start(c) { c.enqueue("\\ud83d"); c.enqueue("\\ude00x\\ud800"); c.close() } }); const bytes = await new Response(s.pipeThrough(new TextEncoderStream())).bytes(); const d = new ReadableStream({ start(c) { for (const b of bytes) c.enqueue(new Uint8Array([b])); c.close() } }); let text = ""; for await (const part of d.pipeThrough(new TextDecoderStream())) text += part; return [[...bytes], text]`,
  "streams tee, cancel and tell their strategy": `let canceled; const s = new ReadableStream({ start(c) { c.enqueue(1); c.enqueue(2) }, cancel(reason) { canceled = reason } }, new CountQueuingStrategy({ highWaterMark: 3 })); const [a, b] = s.tee(); const read = [await a.getReader().read(), (await b.getReader().read()).value]; const t = new ReadableStream({ cancel(reason) { canceled = reason } }); await t.cancel("enough"); return [read, canceled, new ByteLengthQueuingStrategy({ highWaterMark: 9 }).highWaterMark]`,
  "writers write in order": `const got = []; const w = new WritableStream({ write(chunk) { got.push(chunk) }, close() { got.push("closed") } }).getWriter(); w.write(1); w.write(2); await w.close(); return got`,
  "classes have the standard's names": `return [Headers, Request, Response, Blob, File, FormData, ReadableStream, TransformStream, WritableStream].map((c) => [c.name, typeof c, Object.prototype.toString.call(c.prototype)])`,
  "classes are not functions": `const met = []; for (const c of [Headers, Request, Response, Blob, FormData, ReadableStream]) { try { c("http://a"); met.push(0) } catch (e) { met.push(e.name) } } return met`,
};

let cells: RealCells;
before(async () => {
  cells = await RealCells.start();
});
after(() => cells[Symbol.asyncDispose]());

const AsyncFunction = Object.getPrototypeOf(async () => {}).constructor;

for (const [name, code] of Object.entries(cases)) {
  test(`in a cell ${name}, as in Node`, async () => {
    const ours = await cells.run({ language: "js", code });
    assert.ok(ours.outcome.ok, JSON.stringify(ours.outcome));
    const theirs: unknown = await new AsyncFunction(code)();
    assert.deepEqual(JSON.parse(ours.outcome.resultJson ?? "null"), JSON.parse(JSON.stringify(theirs)));
  });
}

test("a realm that has made these classes serves nobody else", async () => {
  await cells.run({
    language: "js",
    code: "Response.left = 1; Headers.prototype.left = 1; new Response('x'); 1",
  });
  const { outcome } = await cells.run({
    language: "js",
    code: "[typeof Response.left, typeof new Headers().left]",
  });
  assert.deepEqual(outcome, { ok: true, resultJson: '["undefined","undefined"]' });
});

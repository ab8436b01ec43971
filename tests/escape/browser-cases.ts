/** An attempt to get out of a browser's cell with the raw global scope of its worker. */
export interface BrowserAttempt {
  readonly name: string;
  /** An expression; `URL_` stands for the address of a real listener that answers anybody. */
  readonly code: string;
}

const undone = (type: string) => `typeof ${type} === "undefined" ? Promise.reject("absent") : `;
const opened = (target: string, done: string, failed: string) =>
  `new Promise((resolve, reject) => { const target = ${target}; target.${done} = () => resolve("open"); target.${failed} = () => reject("failed") })`;

/** A worker inside the worker, which tries to fetch. */
const nested = (make: string) => `new Promise((resolve, reject) => {
  const source = "fetch('URL_nested').then((r) => postMessage(r.status), (e) => postMessage('refused ' + e))";
  const worker = ${make};
  worker.onerror = () => reject("failed");
  worker.onmessage = ({ data }) => String(data).startsWith("refused") ? reject(data) : resolve(data);
})`;

export const networkAttempts: readonly BrowserAttempt[] = [
  { name: "fetch", code: "fetch('URL_fetch').then((r) => r.text())" },
  { name: "fetch without CORS", code: "fetch('URL_nocors', { mode: 'no-cors' })" },
  {
    name: "fetch that lives on",
    code: "fetch('URL_keepalive', { method: 'POST', body: 'x', keepalive: true })",
  },
  { name: "fetch of the page's own server", code: "fetch('HOME_').then((r) => r.text())" },
  {
    name: "XMLHttpRequest",
    code: "new Promise((resolve, reject) => { const x = new XMLHttpRequest(); x.onload = () => resolve(x.status); x.onerror = () => reject('failed'); x.open('GET', 'URL_xhr'); x.send() })",
  },
  {
    name: "XMLHttpRequest that blocks",
    code: "(() => { const x = new XMLHttpRequest(); x.open('GET', 'URL_xhr', false); x.send(); return x.status })()",
  },
  { name: "WebSocket", code: opened("new WebSocket('URL_ws'.replace('http', 'ws'))", "onopen", "onerror") },
  {
    name: "WebSocketStream",
    code: `${undone("WebSocketStream")}new WebSocketStream('URL_ws'.replace('http', 'ws')).opened`,
  },
  { name: "EventSource", code: opened("new EventSource('URL_events')", "onopen", "onerror") },
  {
    name: "WebTransport",
    code: `${undone("WebTransport")}new WebTransport('URL_transport'.replace('http', 'https')).ready`,
  },
  { name: "importScripts", code: "importScripts('URL_script')" },
  { name: "import", code: "import('URL_module')" },
  { name: "import of data", code: "import('data:text/javascript,export default 1')" },
  {
    name: "import of a blob",
    code: "import(URL.createObjectURL(new Blob(['export default 1'], { type: 'text/javascript' })))",
  },
  { name: "a font", code: "new FontFace('x', 'url(URL_font)').load()" },
  { name: "an image", code: `${undone("Image")}new Image().decode()` },
  { name: "sendBeacon", code: "navigator.sendBeacon('URL_beacon', 'x')" },
  { name: "WebRTC", code: "new RTCPeerConnection()" },
  { name: "a worker of another address", code: nested("new Worker('URL_worker')") },
  {
    name: "a worker of a blob",
    code: nested("new Worker(URL.createObjectURL(new Blob([source], { type: 'text/javascript' })))"),
  },
  {
    name: "a worker of data",
    code: nested("new Worker('data:text/javascript,' + encodeURIComponent(source))"),
  },
  { name: "a shared worker", code: "new SharedWorker('URL_shared')" },
  { name: "a service worker", code: "navigator.serviceWorker.register('URL_service')" },
  { name: "WebAssembly by streaming", code: "WebAssembly.compileStreaming(fetch('URL_wasm'))" },
];

export const storageAttempts: readonly BrowserAttempt[] = [
  { name: "localStorage", code: "localStorage.length" },
  { name: "sessionStorage", code: "sessionStorage.length" },
  {
    name: "IndexedDB",
    code: "new Promise((resolve, reject) => { const r = indexedDB.open('x'); r.onsuccess = () => resolve('open'); r.onerror = () => reject(r.error) })",
  },
  { name: "caches", code: "caches.open('x')" },
  { name: "cookies", code: "document.cookie" },
  { name: "the cookie store", code: "cookieStore.set('x', 'y')" },
  { name: "a private file system", code: "navigator.storage.getDirectory()" },
  { name: "storage buckets", code: "navigator.storageBuckets.open('x')" },
  { name: "locks", code: "navigator.locks.request('x', () => 'held')" },
];

export const neighbourAttempts: readonly BrowserAttempt[] = [
  { name: "the parent", code: "parent.location.href" },
  { name: "the top", code: "top.location.href" },
  { name: "the opener", code: "opener.location.href" },
  { name: "the document", code: "document.title" },
  { name: "other clients", code: "clients.matchAll()" },
];

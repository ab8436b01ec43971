/**
 * Runs `action` in a later turn of the event loop, once what has already arrived was read.
 * Timers would not do: they are rounded up to milliseconds, and browsers slow them down in tabs that nobody looks at.
 */
export function nextTurn(action: () => void): void {
  schedule ??= scheduler();
  schedule(action);
}

let schedule: ((action: () => void) => void) | undefined;

function scheduler(): (action: () => void) => void {
  // Node has it, browsers have not.
  const immediate: unknown = Reflect.get(globalThis, "setImmediate");
  return typeof immediate === "function" ? (action) => void immediate(action) : channelScheduler();
}

function channelScheduler(): (action: () => void) => void {
  const { port1, port2 } = new MessageChannel();
  let waiting: (() => void)[] = [];
  port1.onmessage = () => {
    const actions = waiting;
    waiting = [];
    for (const action of actions) action();
  };
  return (action) => {
    if (waiting.push(action) === 1) port2.postMessage(undefined);
  };
}

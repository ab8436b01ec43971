import { u32, u64 } from "../guest-memory.ts";
import { clocks, type WasiContext } from "./context.ts";
import { errno, refuseWith } from "./errno.ts";

const clockIds = { realtime: 0, monotonic: 1, processCpuTime: 2, threadCpuTime: 3 } as const;
const randomBytesPerCall = 65_536;

/** The system calls about the program itself: its arguments, environment, clocks, randomness and end. */
export function processCalls(context: WasiContext) {
  const { memory } = context;
  return {
    args_sizes_get: (count: unknown, bytes: unknown) => putSizes(context.args, u32(count), u32(bytes)),
    args_get: (pointers: unknown, bytes: unknown) => putStrings(context.args, u32(pointers), u32(bytes)),
    environ_sizes_get: (count: unknown, bytes: unknown) => putSizes(context.env, u32(count), u32(bytes)),
    environ_get: (pointers: unknown, bytes: unknown) => putStrings(context.env, u32(pointers), u32(bytes)),

    clock_res_get(id: unknown, target: unknown) {
      readClock(context, u32(id));
      memory.setU64(u32(target), 1000n);
    },
    clock_time_get(id: unknown, _precision: unknown, target: unknown) {
      memory.setU64(u32(target), readClock(context, u32(id)));
    },

    random_get(target: unknown, length: unknown) {
      const bytes = memory.bytes(u32(target), u32(length));
      for (let at = 0; at < bytes.length; at += randomBytesPerCall) {
        crypto.getRandomValues(bytes.subarray(at, at + randomBytesPerCall));
      }
    },

    proc_exit: (code: unknown) => context.host.exit(u32(code)),
    proc_raise: () => refuseWith(errno.noSystem),
    sched_yield() {},
    poll_oneoff: (subscriptions: unknown, events: unknown, count: unknown, happenedAt: unknown) =>
      poll(context, u32(subscriptions), u32(events), u32(count), u32(happenedAt)),

    sock_accept: () => refuseWith(errno.notSocket),
    sock_recv: () => refuseWith(errno.notSocket),
    sock_send: () => refuseWith(errno.notSocket),
    sock_shutdown: () => refuseWith(errno.notSocket),
  };

  function putSizes(strings: Uint8Array[], count: number, bytes: number): void {
    memory.setU32(count, strings.length);
    memory.setU32(
      bytes,
      strings.reduce((sum, string) => sum + string.length, 0),
    );
  }

  function putStrings(strings: Uint8Array[], pointers: number, bytes: number): void {
    let at = bytes;
    for (const [index, string] of strings.entries()) {
      memory.bytes(at, string.length).set(string);
      memory.setU32(pointers + 4 * index, at);
      at += string.length;
    }
  }
}

function readClock(context: WasiContext, id: number): bigint {
  switch (id) {
    case clockIds.realtime:
      return clocks.realtime();
    case clockIds.monotonic:
      return clocks.monotonic();
    case clockIds.processCpuTime:
    case clockIds.threadCpuTime:
      return clocks.monotonic() - context.startedAt;
    default:
      return refuseWith(errno.invalid);
  }
}

const subscriptionBytes = 48;
const eventBytes = 32;
const eventTypes = { clock: 0, read: 1, write: 2 } as const;
const absoluteTime = 1;

interface Subscription {
  userdata: bigint;
  type: number;
  errno: number;
  /** Nanoseconds to wait; none for what is ready at once. */
  wait: bigint;
}

/** Everything that can be read or written is ready at once; so this sleeps only when all that is waited for are clocks. */
function poll(context: WasiContext, from: number, to: number, count: number, happenedAt: number): void {
  const { memory } = context;
  if (count === 0) refuseWith(errno.invalid);
  memory.bytes(from, count * subscriptionBytes);
  memory.bytes(to, count * eventBytes);
  const subscriptions: Subscription[] = [];
  for (let n = 0; n < count; n++) subscriptions.push(readSubscription(context, from + n * subscriptionBytes));

  let shortest = u64(-1n);
  for (const { wait } of subscriptions) if (wait < shortest) shortest = wait;
  if (shortest > 0n) context.host.sleep(Number(shortest) / 1e6);
  const happened = subscriptions.filter(({ wait }) => wait <= shortest);
  for (const [index, event] of happened.entries()) {
    const at = to + index * eventBytes;
    memory.bytes(at, eventBytes).fill(0);
    const view = memory.view(at, eventBytes);
    view.setBigUint64(at, event.userdata, true);
    view.setUint16(at + 8, event.errno, true);
    view.setUint8(at + 10, event.type);
  }
  memory.setU32(happenedAt, happened.length);
}

function readSubscription(context: WasiContext, at: number): Subscription {
  const view = context.memory.view(at, subscriptionBytes);
  const userdata = view.getBigUint64(at, true);
  const type = view.getUint8(at + 8);
  if (type === eventTypes.clock) {
    const id = view.getUint32(at + 16, true);
    const timeout = view.getBigUint64(at + 24, true);
    const absolute = (view.getUint16(at + 40, true) & absoluteTime) !== 0;
    if (id > clockIds.threadCpuTime) return { userdata, type, errno: errno.invalid, wait: 0n };
    if (!absolute) return { userdata, type, errno: errno.success, wait: timeout };
    const now = readClock(context, id);
    return { userdata, type, errno: errno.success, wait: timeout > now ? timeout - now : 0n };
  }
  if (type !== eventTypes.read && type !== eventTypes.write) refuseWith(errno.invalid);
  const fd = view.getUint32(at + 16, true);
  return { userdata, type, errno: context.descriptors.has(fd) ? errno.success : errno.badFd, wait: 0n };
}

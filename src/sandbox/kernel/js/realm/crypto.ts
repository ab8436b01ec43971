import type { HostFunctions } from "../bridge.ts";
import { bytesOf, copyBytes } from "./bytes.ts";
import { domException } from "./dom-exception.ts";
import { hostCall } from "./host-call.ts";
import {
  bufferByteLength,
  includes,
  isBranded,
  setBytes,
  viewBuffer,
  viewByteLength,
  viewKind,
} from "./primordials.ts";
import { createSubtle } from "./subtle.ts";
import type { Task } from "./task.ts";
import { finishClass } from "./web-class.ts";

const randomBytesMax = 65_536;

export interface GuestCrypto {
  readonly lazy: Readonly<Record<string, () => unknown>>;
  pending(): number;
  subtleDone(operation: number, answer: string, byteLength: number): void;
  end(): void;
}

export function createCrypto(host: HostFunctions, task: Task): GuestCrypto {
  const subtle = createSubtle(host, task);
  const make = () => {
    class Crypto {
      getRandomValues(array: unknown): unknown {
        const kind = viewKind(array);
        const isOwn = typeof kind === "string" && isBranded(bufferByteLength, viewBuffer(array));
        if (!isOwn || includes(kind, "Float")) {
          throw domException("getRandomValues takes an array of integers.", "TypeMismatchError");
        }
        const bytes = bytesOf(array);
        const length = viewByteLength(bytes) as number;
        if (length > randomBytesMax) {
          throw domException(
            `getRandomValues fills at most ${randomBytesMax} bytes at once.`,
            "QuotaExceededError",
          );
        }
        const random = copyBytes(bytes);
        hostCall(() => host.randomFill(random));
        setBytes(bytes, random);
        return array;
      }
      randomUUID(): string {
        return hostCall(() => host.randomUuid());
      }
      get subtle(): unknown {
        return subtle.instance();
      }
    }
    return Object.freeze(new (finishClass("Crypto", Crypto))());
  };
  return {
    lazy: { crypto: make, CryptoKey: subtle.keyClass },
    pending: subtle.pending,
    subtleDone: subtle.done,
    end: subtle.end,
  };
}

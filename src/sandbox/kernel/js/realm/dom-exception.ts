import { defineProperty, keys, StringOf } from "./primordials.ts";
import { finishClass } from "./web-class.ts";

/** The names that still have a number, as WebIDL lists them. */
const legacyCodes: Readonly<Record<string, readonly [constant: string, code: number]>> = {
  IndexSizeError: ["INDEX_SIZE_ERR", 1],
  HierarchyRequestError: ["HIERARCHY_REQUEST_ERR", 3],
  WrongDocumentError: ["WRONG_DOCUMENT_ERR", 4],
  InvalidCharacterError: ["INVALID_CHARACTER_ERR", 5],
  NoModificationAllowedError: ["NO_MODIFICATION_ALLOWED_ERR", 7],
  NotFoundError: ["NOT_FOUND_ERR", 8],
  NotSupportedError: ["NOT_SUPPORTED_ERR", 9],
  InUseAttributeError: ["INUSE_ATTRIBUTE_ERR", 10],
  InvalidStateError: ["INVALID_STATE_ERR", 11],
  SyntaxError: ["SYNTAX_ERR", 12],
  InvalidModificationError: ["INVALID_MODIFICATION_ERR", 13],
  NamespaceError: ["NAMESPACE_ERR", 14],
  InvalidAccessError: ["INVALID_ACCESS_ERR", 15],
  TypeMismatchError: ["TYPE_MISMATCH_ERR", 17],
  SecurityError: ["SECURITY_ERR", 18],
  NetworkError: ["NETWORK_ERR", 19],
  AbortError: ["ABORT_ERR", 20],
  URLMismatchError: ["URL_MISMATCH_ERR", 21],
  QuotaExceededError: ["QUOTA_EXCEEDED_ERR", 22],
  TimeoutError: ["TIMEOUT_ERR", 23],
  InvalidNodeTypeError: ["INVALID_NODE_TYPE_ERR", 24],
  DataCloneError: ["DATA_CLONE_ERR", 25],
};

function makeDomException() {
  class DOMException extends Error {
    readonly #name: string;
    constructor(message: unknown = "", nameOrOptions: unknown = "Error") {
      super(StringOf(message));
      this.#name = StringOf(nameOrOptions);
    }
    // @ts-expect-error: the standard has an accessor where Error has a property.
    get name(): string {
      return this.#name;
    }
    get code(): number {
      return legacyCodes[this.#name]?.[1] ?? 0;
    }
  }
  for (const name of keys(legacyCodes)) {
    const [constant, value] = legacyCodes[name] ?? ["", 0];
    defineProperty(DOMException, constant, { value, enumerable: true });
    defineProperty(DOMException.prototype, constant, { value, enumerable: true });
  }
  return finishClass("DOMException", DOMException);
}

let made: ReturnType<typeof makeDomException> | undefined;

/** The class, made at first use. */
export function domExceptionClass(): ReturnType<typeof makeDomException> {
  made ??= makeDomException();
  return made;
}

export function domException(message: string, name: string): Error {
  return new (domExceptionClass())(message, name);
}

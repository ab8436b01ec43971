/** Gives a class the name that the standard has for it: a bundler may have chosen another, and `toString` tells it. */
export function nameClass(name: string, made: abstract new (...args: never[]) => object): void {
  Object.defineProperty(made, "name", { value: name, configurable: true });
  Object.defineProperty(made.prototype, Symbol.toStringTag, { value: name, configurable: true });
}

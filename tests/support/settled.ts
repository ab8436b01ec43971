/** Lets everything run that waits for no clock. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Beyond this, messages that are ready together travel in several frames, so that no frame nears its limit. */
const frameLengthSoftMax = 1024 * 1024;

/**
 * Packs messages into text frames: one message as itself, several as an array.
 * @param messages as JSON texts; none of them is larger than a frame may be
 */
export function* packFrames(messages: readonly string[]): Generator<string> {
  let batch: string[] = [];
  let length = 0;
  for (const message of messages) {
    if (batch.length > 0 && length + message.length > frameLengthSoftMax) {
      yield frameOf(batch);
      batch = [];
      length = 0;
    }
    batch.push(message);
    length += message.length;
  }
  if (batch.length > 0) yield frameOf(batch);
}

function frameOf(batch: readonly string[]): string {
  const [only] = batch;
  return batch.length === 1 && only !== undefined ? only : `[${batch.join(",")}]`;
}

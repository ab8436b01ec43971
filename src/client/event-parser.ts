/** One server-sent event. */
export interface ServerSentEvent {
  readonly name: string;
  /** The last id that the stream gave; empty when it gave none. */
  readonly id: string;
  readonly data: string;
}

/** One event may have as many characters as this: more than any that an orchestrator sends. */
const eventCharsMax = 64 * 1024 * 1024;

/**
 * Reads a stream of server-sent events piece by piece, however it is cut:
 * https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream
 */
export class EventParser {
  /** What the stream asked to be waited for before coming back, in milliseconds. */
  retryMs: number | undefined;
  #id = "";
  #name = "";
  #data: string[] = [];
  #chars = 0;
  /** The beginning of a line whose end has not come yet. */
  #rest = "";
  #afterReturn = false;
  #atStart = true;

  /** @returns the events that are whole now. Throws a RangeError when one grows beyond all bounds. */
  push(text: string): ServerSentEvent[] {
    const events: ServerSentEvent[] = [];
    let from = 0;
    for (let at = this.#afterReturn && text[0] === "\n" ? ++from : from; at < text.length; at++) {
      const char = text[at];
      if (char !== "\n" && char !== "\r") continue;
      const event = this.#line(this.#rest + text.slice(from, at));
      if (event) events.push(event);
      this.#rest = "";
      if (char === "\r" && text[at + 1] === "\n") at++;
      from = at + 1;
    }
    if (text !== "") this.#afterReturn = text.endsWith("\r");
    this.#rest += text.slice(from);
    if (this.#rest.length + this.#chars > eventCharsMax) throw new RangeError("An event is too large.");
    return events;
  }

  #line(whole: string): ServerSentEvent | undefined {
    const line = this.#atStart && whole.startsWith("\uFEFF") ? whole.slice(1) : whole;
    this.#atStart = false;
    if (line === "") return this.#dispatch();
    const colon = line.indexOf(":");
    // Comments begin with it.
    if (colon === 0) return undefined;
    const field = colon === -1 ? line : line.slice(0, colon);
    const value = colon === -1 ? "" : line.slice(line[colon + 1] === " " ? colon + 2 : colon + 1);
    this.#field(field, value);
    return undefined;
  }

  #field(field: string, value: string): void {
    if (field === "event") this.#name = value;
    else if (field === "id" && !value.includes("\0")) this.#id = value;
    else if (field === "retry" && /^\d+$/.test(value)) this.retryMs = Number(value);
    else if (field === "data") {
      this.#data.push(value);
      this.#chars += value.length;
    }
  }

  #dispatch(): ServerSentEvent | undefined {
    const data = this.#data;
    const name = this.#name || "message";
    this.#data = [];
    this.#chars = 0;
    this.#name = "";
    return data.length === 0 ? undefined : { name, id: this.#id, data: data.join("\n") };
  }
}

import { boxStyles } from "./box-styles.ts";

export interface BoxTexts {
  readonly host: string;
  readonly site: string;
  readonly cores: number;
  readonly sharePercent: number;
  /** Where it is explained. */
  readonly aboutUrl: string;
}

export interface BoxEvents {
  agreed(): void;
  declined(): void;
  /** Closed without an answer. */
  closed(): void;
}

/** The small box on somebody else's page. It lives in a closed shadow tree, so neither of the two restyles the other. */
export class Box {
  readonly #element: HTMLElement;
  readonly #root: ShadowRoot;

  /** @param place where it goes; undefined: over the page, in a corner */
  constructor(place: Element | undefined, corner: string) {
    this.#element = document.createElement("zerverless-volunteer");
    this.#root = this.#element.attachShadow({ mode: "closed" });
    // A page's policy may forbid style elements; sheets that a script makes it may not.
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(boxStyles);
    this.#root.adoptedStyleSheets = [sheet];
    if (!place) this.#element.dataset.corner = corner === "left" ? "left" : "right";
    (place ?? document.body).append(this.#element);
  }

  ask({ host, site, cores, sharePercent, aboutUrl }: BoxTexts, events: BoxEvents): void {
    const box = make("section", { class: "box", role: "region", "aria-labelledby": "title" });
    const title = make("h2", { id: "title" }, `Lend ${site} a little computing time?`);
    const much = `${sharePercent}% of ${cores === 1 ? "one core" : `${cores} cores`}`;
    const text = make(
      "p",
      {},
      `While you are here, your browser would run small programs for ${host}, with ${much}. They are sealed off: they see neither this page nor your data, and have no network. You can stop at any time.`,
    );
    const buttons = make("div", { class: "buttons" });
    buttons.append(
      button("Yes, lend it", "yes", () => events.agreed()),
      button("No, thanks", "no", () => events.declined()),
      make("a", { href: aboutUrl, target: "_blank", rel: "noopener" }, "What is this?"),
    );
    box.append(title, text, buttons);
    box.addEventListener("keydown", (event) => {
      if (event.key === "Escape") events.closed();
    });
    this.#show(box);
  }

  run(url: string): HTMLIFrameElement {
    const frame = make("iframe", {
      class: "frame",
      title: "Volunteering: what runs, and a button to stop it",
    });
    frame.allow = "cross-origin-isolated";
    frame.referrerPolicy = "no-referrer";
    frame.src = url;
    this.#show(frame);
    return frame;
  }

  remove(): void {
    this.#element.remove();
  }

  #show(content: HTMLElement): void {
    this.#root.replaceChildren(content);
  }
}

function button(text: string, name: string, onClick: () => void): HTMLElement {
  const element = make("button", { type: "button", class: name }, text);
  element.addEventListener("click", (event) => {
    // A page's own script may press buttons too, if it finds them; a visitor's hand can't be imitated.
    if (event.isTrusted) onClick();
  });
  return element;
}

function make<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  attributes: Readonly<Record<string, string>>,
  text = "",
): HTMLElementTagNameMap[Name] {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.textContent = text;
  return element;
}

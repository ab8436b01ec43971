/** `embed.js`: the one script line by which a site asks its visitors. Nothing runs before one of them agrees. */
import { Box } from "./box.ts";
import { ConsentKeeper } from "./consent.ts";
import { embedStopped } from "./messages.ts";
import { embedQuery, readEmbedOptions } from "./options.ts";

const script = document.currentScript;
if (script instanceof HTMLScriptElement) whenParsed(() => embed(script));

function embed(line: HTMLScriptElement): void {
  const home = new URL(line.src);
  const data = line.dataset;
  const options = readEmbedOptions((name) => data[name]);
  const keeper = new ConsentKeeper(home.origin);
  const target = data.target === undefined ? undefined : (document.querySelector(data.target) ?? undefined);
  let box: Box | undefined;

  const close = () => {
    box?.remove();
    box = undefined;
  };
  const open = () => {
    box ??= new Box(target, data.corner ?? "right");
    return box;
  };

  const run = () => {
    const frame = open().run(new URL(`/volunteer/embed/?${embedQuery(options)}`, home).href);
    addEventListener("message", function hear({ source, origin, data: message }) {
      if (source !== frame.contentWindow || origin !== home.origin || message !== embedStopped) return;
      removeEventListener("message", hear);
      keeper.write("no", Date.now());
      close();
    });
  };

  const ask = () => {
    const { cores, sharePercent } = options;
    const texts = {
      host: home.host,
      site: data.site ?? location.hostname,
      cores,
      sharePercent,
      aboutUrl: new URL("/volunteer/", home).href,
    };
    open().ask(texts, {
      agreed: () => {
        keeper.write("yes", Date.now());
        run();
      },
      declined: () => {
        keeper.write("no", Date.now());
        close();
      },
      closed: close,
    });
  };

  // A link or button of the site, by which visitors change their mind.
  document.addEventListener("click", ({ target: clicked }) => {
    if (clicked instanceof Element && clicked.closest("[data-zerverless-ask]") && !box) ask();
  });
  const consent = keeper.read(Date.now());
  if (consent === "yes") run();
  else if (consent === undefined) ask();
}

function whenParsed(action: () => void): void {
  if (document.readyState !== "loading") action();
  else document.addEventListener("DOMContentLoaded", action, { once: true });
}

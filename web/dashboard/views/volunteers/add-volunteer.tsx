import { LinkButton } from "../../../shared/button.tsx";
import { CopyButton } from "../../../shared/code-block.tsx";
import { workerAddress } from "./kinds.ts";
import "./volunteers.css";

/** The three ways to lend a machine to this orchestrator, each ready to be used. */
export function AddVolunteer() {
  const page = new URL("/volunteer/", location.origin).href;
  const command = `zerverless --worker ${workerAddress(location)}`;
  const snippet = `<script src="${new URL("/volunteer/embed.js", location.origin).href}" async></script>`;
  return (
    <div class="ways">
      <section class="way">
        <h3>In a browser</h3>
        <p class="muted small">Nothing to install. Send the address to others, on phones too.</p>
        <Snippet text={page} />
        <span>
          <LinkButton href={page} target="_blank" icon="external" kind="primary">
            Volunteer in this browser
          </LinkButton>
        </span>
      </section>
      <section class="way">
        <h3>As a program</h3>
        <p class="muted small">On a server or a desktop: more memory, and runs without anybody watching.</p>
        <Snippet text={command} />
      </section>
      <section class="way">
        <h3>On your website</h3>
        <p class="muted small">One line shows a small box. Nothing runs before a visitor agrees.</p>
        <Snippet text={snippet} />
      </section>
    </div>
  );
}

function Snippet({ text }: { readonly text: string }) {
  return (
    <div class="snippet">
      <code>{text}</code>
      <CopyButton text={text} />
    </div>
  );
}

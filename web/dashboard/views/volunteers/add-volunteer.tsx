import { LinkButton } from "../../../shared/button.tsx";
import { CopyButton } from "../../../shared/code-block.tsx";
import { Note } from "../../../shared/error-note.tsx";
import { useResource } from "../../data/resource.ts";
import { client } from "../../data/session.ts";
import { workerAddress } from "./kinds.ts";
import "./volunteers.css";

/** The three ways to lend a machine to this orchestrator, each ready to be used. */
export function AddVolunteer() {
  const access = useResource("access", (signal) => client.access({ signal }));
  const closed = access.data?.open === false;
  const page = new URL("/volunteer/", location.origin).href;
  const command = `${closed ? "ZERVERLESS_TOKEN=zv_… " : ""}zerverless --worker ${workerAddress(location)}`;
  const snippet = `<script src="${new URL("/volunteer/embed.js", location.origin).href}" async></script>`;
  return (
    <div class="stack">
      {closed && <TokenNote anonymous={access.data?.anonymous_volunteers === true} />}
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
    </div>
  );
}

/** Who may volunteer where tokens are asked for. */
function TokenNote({ anonymous }: { readonly anonymous: boolean }) {
  return (
    <Note>
      {anonymous
        ? "Whoever shows no token gets only work that any volunteer may do. "
        : "This orchestrator lets in only those who show a token, so browsers and websites cannot volunteer yet: ANONYMOUS_VOLUNTEERS=on lets them. "}
      A worker shows a token with the scope <code>volunteer</code>.
    </Note>
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

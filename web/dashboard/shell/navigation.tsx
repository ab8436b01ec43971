import { Icon } from "../../shared/icon.tsx";
import { hrefOf, place } from "../router/router.ts";
import { type NavigationEntry, navigation } from "../routes.ts";

/** The entry that the present address belongs to. */
export function isCurrent({ path }: NavigationEntry): boolean {
  const [first = ""] = place.value.path.split("/");
  return first === path;
}

function Entry({ entry, onGo }: { readonly entry: NavigationEntry; readonly onGo?: () => void }) {
  return (
    <a
      class="nav__link"
      href={entry.path === "" ? hrefOf([]) : hrefOf([entry.path])}
      aria-current={isCurrent(entry) ? "page" : undefined}
      onClick={onGo}
    >
      <Icon name={entry.icon} />
      {entry.label}
    </a>
  );
}

/** All entries, one below the other. */
export function Navigation({ onGo }: { readonly onGo?: () => void }) {
  return (
    <nav class="nav" aria-label="Views">
      {navigation.map((group) => (
        <ul key={group[0]?.path} class="nav__group">
          {group.map((entry) => (
            <li key={entry.path}>
              <Entry entry={entry} {...(onGo && { onGo })} />
            </li>
          ))}
        </ul>
      ))}
    </nav>
  );
}

/** How many entries a phone's width has room for beside the button for the others. */
const barEntries = 4;

/** The most used entries in reach of a thumb. */
export function NavigationBar({ onMore, open }: { readonly onMore: () => void; readonly open: boolean }) {
  const entries = navigation.flat();
  const shown = entries.slice(0, barEntries);
  const elsewhere = !shown.some(isCurrent);
  return (
    <nav class="nav-bar" aria-label="Main views">
      {shown.map((entry) => (
        <Entry key={entry.path} entry={entry} />
      ))}
      <button
        type="button"
        class="nav__link"
        aria-expanded={open}
        aria-haspopup="dialog"
        data-current={elsewhere}
        onClick={onMore}
      >
        <Icon name="menu" />
        More
      </button>
    </nav>
  );
}

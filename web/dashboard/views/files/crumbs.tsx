import { Icon } from "../../../shared/icon.tsx";
import { hrefOf } from "../../router/router.ts";
import { crumbsOf } from "./paths.ts";
import "./files.css";

/** The way to where one is; each part of it leads back. */
export function Crumbs({ namespace, prefix }: { readonly namespace: string; readonly prefix: string }) {
  const crumbs = [{ name: namespace, prefix: "" }, ...crumbsOf(prefix)];
  return (
    <nav aria-label="Folders" class="grow">
      <ol class="crumbs">
        {crumbs.map(({ name, prefix: folder }, at) => (
          <li key={folder}>
            {at > 0 && <Icon name="chevronRight" size={12} />}
            {folder === prefix ? (
              <strong aria-current="page">{name}</strong>
            ) : (
              <a href={hrefOf(["files", namespace, ...folder.split("/").filter((part) => part !== "")])}>
                {name}
              </a>
            )}
          </li>
        ))}
      </ol>
    </nav>
  );
}

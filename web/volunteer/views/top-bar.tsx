import { LinkButton } from "../../shared/button.tsx";
import { ThemePicker } from "../../shared/theme-picker.tsx";

export function TopBar({ iconUrl }: { readonly iconUrl: string }) {
  return (
    <header class="top-bar">
      <span class="top-bar__name">
        <img src={iconUrl} alt="" width="24" height="24" />
        Zerverless
      </span>
      <span class="grow" />
      <ThemePicker />
      <LinkButton href="/dashboard/" kind="quiet">
        Dashboard
      </LinkButton>
    </header>
  );
}

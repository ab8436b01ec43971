import { LinkButton } from "../../shared/button.tsx";
import { Segments } from "../../shared/tabs.tsx";
import { type ThemeChoice, themeChoice } from "../../shared/theme.ts";

const themes: readonly { key: ThemeChoice; label: string; icon: "monitor" | "sun" | "moon" }[] = [
  { key: "system", label: "Colours as the system has them", icon: "monitor" },
  { key: "light", label: "Light", icon: "sun" },
  { key: "dark", label: "Dark", icon: "moon" },
];

export function TopBar({ iconUrl }: { readonly iconUrl: string }) {
  return (
    <header class="top-bar">
      <span class="top-bar__name">
        <img src={iconUrl} alt="" width="24" height="24" />
        Zerverless
      </span>
      <span class="grow" />
      <Segments
        label="Colours"
        segments={themes}
        selected={themeChoice.value}
        onSelect={(choice) => {
          themeChoice.value = choice;
        }}
        iconsOnly
      />
      <LinkButton href="/dashboard/" kind="quiet">
        Dashboard
      </LinkButton>
    </header>
  );
}

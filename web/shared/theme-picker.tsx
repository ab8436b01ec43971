import { Segments } from "./tabs.tsx";
import { type ThemeChoice, themeChoice } from "./theme.ts";

/** Light, dark, or as the system has it. */
export function ThemePicker() {
  return (
    <Segments<ThemeChoice>
      label="Theme"
      iconsOnly
      segments={[
        { key: "system", label: "As the system", icon: "monitor" },
        { key: "light", label: "Light", icon: "sun" },
        { key: "dark", label: "Dark", icon: "moon" },
      ]}
      selected={themeChoice.value}
      onSelect={(choice) => {
        themeChoice.value = choice;
      }}
    />
  );
}

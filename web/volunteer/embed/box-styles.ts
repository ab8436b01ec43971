/** The colours are those of web/shared/tokens.css, which a foreign page does not have. */
export const boxStyles = `
:host {
  all: initial;
  color-scheme: light dark;
  display: block;
  font: 14px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif;
}
:host([data-corner]) {
  position: fixed;
  z-index: 2147483000;
  bottom: max(16px, env(safe-area-inset-bottom));
  right: 16px;
  width: min(360px, calc(100vw - 32px));
}
:host([data-corner="left"]) {
  right: auto;
  left: 16px;
}
.box {
  box-sizing: border-box;
  padding: 16px;
  border: 1px solid light-dark(#d2d3dc, #363a40);
  border-radius: 12px;
  background: light-dark(#ffffff, #16171a);
  color: light-dark(#1c2024, #edeef0);
  box-shadow: 0 8px 28px light-dark(rgb(20 20 40 / 14%), rgb(0 0 0 / 60%));
}
h2 {
  margin: 0 0 6px;
  font-size: 15px;
  font-weight: 600;
  line-height: 1.35;
  overflow-wrap: anywhere;
}
p {
  margin: 0 0 14px;
  color: light-dark(#5b5f69, #acb0b8);
  font-size: 13px;
  overflow-wrap: anywhere;
}
.buttons {
  display: flex;
  flex-wrap: wrap;
  align-items: center;
  gap: 8px;
}
button {
  min-height: 36px;
  padding: 6px 14px;
  border: 1px solid light-dark(#d2d3dc, #363a40);
  border-radius: 6px;
  background: transparent;
  color: inherit;
  font: inherit;
  font-size: 13px;
  font-weight: 550;
  cursor: pointer;
}
button.yes {
  border-color: transparent;
  background: light-dark(#5753c6, #5b58cf);
  color: #ffffff;
}
a {
  padding: 6px;
  color: light-dark(#4f46ba, #b3aeff);
  font-size: 13px;
}
:focus-visible {
  outline: 2px solid light-dark(#4f46ba, #b3aeff);
  outline-offset: 2px;
}
.frame {
  box-sizing: border-box;
  display: block;
  width: 100%;
  height: 96px;
  border: 1px solid light-dark(#d2d3dc, #363a40);
  border-radius: 12px;
  background: light-dark(#ffffff, #16171a);
  box-shadow: 0 8px 28px light-dark(rgb(20 20 40 / 14%), rgb(0 0 0 / 60%));
}
`;

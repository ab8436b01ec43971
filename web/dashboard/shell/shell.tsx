import { useEffect, useRef, useState } from "preact/hooks";
import { IconButton } from "../../shared/button.tsx";
import { Toasts } from "../../shared/toast.tsx";
import { useLive } from "../data/live.ts";
import { Brand } from "./brand.tsx";
import { Navigation, NavigationBar } from "./navigation.tsx";
import { Outlet } from "./outlet.tsx";
import "./shell.css";
import { SideFoot } from "./side-foot.tsx";
import { SignIn } from "./sign-in.tsx";

/** What is around every view: a bar at the side of a wide screen, at the bottom of a narrow one. */
export function Shell() {
  useLive();
  const [open, setOpen] = useState(false);
  return (
    <div class="shell">
      <a class="skip" href="#main">
        Skip to the content
      </a>
      <aside class="side">
        <Brand />
        <Navigation />
        <SideFoot />
      </aside>
      <Outlet />
      <NavigationBar open={open} onMore={() => setOpen(true)} />
      {open && <Drawer onClose={() => setOpen(false)} />}
      <SignIn />
      <Toasts />
    </div>
  );
}

/** The whole navigation over a narrow screen. */
function Drawer({ onClose }: { readonly onClose: () => void }) {
  const drawer = useRef<HTMLDialogElement>(null);
  useEffect(() => drawer.current?.showModal(), []);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the backdrop's key is Escape, which the browser hands to onClose.
    <dialog
      ref={drawer}
      class="drawer"
      aria-label="Menu"
      onClose={onClose}
      onClick={(event) => {
        if (event.target === drawer.current) onClose();
      }}
    >
      <div class="drawer__inner">
        <div class="spread">
          <Brand />
          <IconButton icon="close" label="Close the menu" onClick={onClose} />
        </div>
        <Navigation onGo={onClose} />
        <SideFoot />
      </div>
    </dialog>
  );
}

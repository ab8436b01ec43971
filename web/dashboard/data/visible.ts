import { signal } from "@preact/signals";

/** Whether anybody can see the page. A browser allows six connections to a host, so hidden tabs hold none open. */
export const pageVisible = signal(document.visibilityState === "visible");

document.addEventListener("visibilitychange", () => {
  pageVisible.value = document.visibilityState === "visible";
});

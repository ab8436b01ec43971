/** Frame to site: the visitor has stopped it there. */
export const embedStopped = "zerverless-stopped";

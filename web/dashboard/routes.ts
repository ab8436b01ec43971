import type { FunctionComponent } from "preact";
import type { IconName } from "../shared/icon.tsx";
import type { Params } from "./router/match.ts";

export type View = FunctionComponent<{ readonly params: Params }>;

export interface Route {
  /** As `matchPath` reads it. */
  readonly pattern: string;
  readonly title: string;
  readonly load: () => Promise<View>;
}

/** Every view is a chunk of its own, fetched when it is first gone to. */
export const routes: readonly Route[] = [
  {
    pattern: "",
    title: "Overview",
    load: () => import("./views/overview/overview.tsx").then((file) => file.Overview),
  },
  {
    pattern: "jobs",
    title: "Jobs",
    load: () => import("./views/jobs/jobs.tsx").then((file) => file.Jobs),
  },
  {
    pattern: "jobs/:id",
    title: "Job",
    load: () => import("./views/jobs/job.tsx").then((file) => file.Job),
  },
  {
    pattern: "playground",
    title: "Playground",
    load: () => import("./views/playground/playground.tsx").then((file) => file.Playground),
  },
  {
    pattern: "functions",
    title: "Functions",
    load: () => import("./views/functions/function-list.tsx").then((file) => file.FunctionList),
  },
  {
    pattern: "functions/:namespace/*path",
    title: "Function",
    load: () => import("./views/functions/function.tsx").then((file) => file.FunctionPage),
  },
  {
    pattern: "database",
    title: "Database",
    load: () => import("./views/database/namespaces.tsx").then((file) => file.Namespaces),
  },
  {
    pattern: "database/:namespace",
    title: "Database",
    load: () => import("./views/database/database.tsx").then((file) => file.Database),
  },
  {
    pattern: "files",
    title: "Files",
    load: () => import("./views/files/namespaces.tsx").then((file) => file.Namespaces),
  },
  {
    pattern: "files/:namespace/*path",
    title: "Files",
    load: () => import("./views/files/folder.tsx").then((file) => file.Folder),
  },
  {
    pattern: "volunteers",
    title: "Volunteers",
    load: () => import("./views/volunteers/volunteers.tsx").then((file) => file.Volunteers),
  },
];

export interface NavigationEntry {
  /** The first segment of the addresses that belong to it. */
  readonly path: string;
  readonly label: string;
  readonly icon: IconName;
}

/** What the navigation offers, in groups. */
export const navigation: readonly (readonly NavigationEntry[])[] = [
  [
    { path: "", label: "Overview", icon: "activity" },
    { path: "jobs", label: "Jobs", icon: "layers" },
    { path: "playground", label: "Playground", icon: "terminal" },
  ],
  [
    { path: "functions", label: "Functions", icon: "function" },
    { path: "database", label: "Database", icon: "database" },
    { path: "files", label: "Files", icon: "folder" },
  ],
  [{ path: "volunteers", label: "Volunteers", icon: "users" }],
];

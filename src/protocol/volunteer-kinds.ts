/** How volunteers are told apart: a program, a browser's tab, a worker inside the orchestrator, or nobody knows what. */
export const volunteerKinds = ["native", "browser", "internal", "other"] as const;
export type VolunteerKind = (typeof volunteerKinds)[number];

/** The name that guest code bears in stack traces, by way of `sourceURL`. */
export const guestFile = "job.js";

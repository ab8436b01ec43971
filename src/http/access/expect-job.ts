import { type Caller, demand } from "../../access/caller.ts";
import { type JobService, unknownJob } from "../../jobs/service.ts";
import type { Verb } from "../../protocol/access.ts";

/**
 * Refuses unless the caller may do this with the job. Of a job in a namespace that the caller may do nothing with, it is
 * told the same as of one that is not there.
 */
export async function expectJob(
  jobs: Pick<JobService, "get">,
  caller: Caller,
  verb: "read" | "write",
  id: string,
): Promise<void> {
  const { scopes } = caller;
  if (scopes.mayAll(verb)) return;
  const { namespace } = (await jobs.get(id)).spec;
  if (scopes.may(verb, namespace)) return;
  const other: Verb = verb === "read" ? "write" : "read";
  if (scopes.may(other, namespace)) demand(caller, verb, namespace);
  throw unknownJob(id);
}

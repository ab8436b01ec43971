import { languages } from "../../protocol/languages.ts";
import { formatRelative } from "../../stdx/format.ts";
import type { ExitCode, Surroundings, Words } from "../command.ts";
import { connect } from "../connection.ts";
import { Screen } from "../screen.ts";

/** Lists who is connected. */
export async function run(words: Words, surroundings: Surroundings): Promise<ExitCode> {
  words.noMoreThan(0);
  const { client, url } = await connect(words, surroundings);
  const screen = new Screen(surroundings);
  const { volunteers, total } = await client.volunteers();
  if (words.has("json")) {
    screen.json({ volunteers, total });
    return 0;
  }
  if (total === 0) {
    screen.note(
      `Nobody volunteers. Open ${new URL("/volunteer/", url)} in a browser, or run: zerverless work ${url}`,
    );
    return 0;
  }
  const now = Date.now();
  screen.table(
    ["ID", "AGENT", "ISOLATION", "SLOTS", "RUNS", "DONE", "FAILED", "SINCE"],
    volunteers.map((volunteer) => [
      volunteer.id,
      volunteer.agent || volunteer.origin,
      volunteer.isolation,
      `${volunteer.busy_slots}/${volunteer.slots}`,
      languages.filter((language) => volunteer.capabilities[language]).join(" "),
      `${volunteer.jobs_completed}`,
      `${volunteer.jobs_failed}`,
      formatRelative(Date.parse(volunteer.connected_at), now),
    ]),
  );
  return 0;
}

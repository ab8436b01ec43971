/** Which volunteers may run something: anyone's, those that are trusted, or those inside the orchestrator alone. */
export const placements = ["any", "trusted", "internal"] as const;
export type Placement = (typeof placements)[number];

/** What one namespace may have. Undefined: as much as there is room for. */
export interface Quotas {
  /** Jobs that wait or run. */
  readonly jobs: number | undefined;
  readonly functions: number | undefined;
  readonly databaseBytes: number | undefined;
  readonly fileBytes: number | undefined;
}

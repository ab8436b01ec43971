/** The SDK's public entry: web standards alone, so it runs in Node, Deno, Bun and browsers. See docs/sdk.md. */

export type { Access, MadeToken, NewToken, TokenList, TokenView } from "../protocol/access.ts";
export type { CallColumns, CallStatsView, CallSummary } from "../protocol/call-stats.ts";
export type { FileList, FileStored, FileView, FolderList } from "../protocol/files.ts";
export type {
  DeploymentDetail,
  DeploymentList,
  DeploymentListItem,
  DeploymentView,
  DeployRequest,
  LogLineView,
  RevisionDetail,
  RevisionView,
} from "../protocol/functions.ts";
export type {
  JobDetail,
  JobList,
  JobListItem,
  JobListQuery,
  JobStatus,
  JobSubmission,
  JobView,
} from "../protocol/job.ts";
export type { Json } from "../protocol/json.ts";
export type { KvBatchResultView, KvEntryView, KvList, KvOperation, KvStored } from "../protocol/kv.ts";
export type { Language } from "../protocol/languages.ts";
export type { NamespaceList, NamespaceView } from "../protocol/namespaces.ts";
export type { Health, Info, ModuleStored, Stats } from "../protocol/node.ts";
export type {
  Overview,
  OverviewPoint,
  OverviewSeries,
  OverviewTick,
  Percentiles,
} from "../protocol/overview.ts";
export type { VolunteerKind } from "../protocol/volunteer-kinds.ts";
export type { VolunteerDoing, VolunteerList, VolunteerView } from "../protocol/volunteer-view.ts";
export type { Database, DeleteOptions, KeyQuery, PutOptions } from "./database.ts";
export { hasCode, ZerverlessError, type ZerverlessErrorCode } from "./error.ts";
export type { StreamOptions } from "./events.ts";
export type { FileGetOptions, FileQuery, Files } from "./files.ts";
export type { FunctionCall, FunctionLogEvent, Functions, LogFilter } from "./functions.ts";
export { hasEnded, type JobEvent, type Jobs, type SubmitOptions, type WaitOptions } from "./jobs.ts";
export type { Modules } from "./modules.ts";
export type { Tokens } from "./tokens.ts";
export type { CallOptions, ClientOptions } from "./transport.ts";
export type { FileContent, UploadOptions, UploadProgress } from "./upload.ts";
export { type NamespaceQuery, type OverviewEvent, type OverviewQuery, Zerverless } from "./zerverless.ts";

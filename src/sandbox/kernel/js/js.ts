import type { FunctionTask, GuestIo, GuestOutcome, GuestRuntime, GuestTask, LoadOutcome } from "../guest.ts";
import { prepareFunction } from "./function-source.ts";
import { type Realm, type RealmPlatform, RealmSession } from "./realm-session.ts";
import { SourceCache } from "./source.ts";

/** JavaScript. Each task runs in a realm of its own, or in one that proves to be as good as new. */
export function createJsRuntime(platform: RealmPlatform): GuestRuntime {
  const sources = new SourceCache(platform.stripTypes);
  let session = new RealmSession(platform, undefined);
  return {
    async run(task: GuestTask, io: GuestIo): Promise<GuestOutcome> {
      const source = sources.prepare(task.code);
      if (!source.ok) return { ok: false, code: "syntax_error", message: source.message };
      return await session.run(source.script, task.inputJson, io);
    },
    async load(task: FunctionTask, io: GuestIo): Promise<LoadOutcome> {
      const source = prepareFunction(task.code, platform.stripTypes);
      if (!source.ok) return { ok: false, code: "syntax_error", message: source.message };
      const loaded = await session.load(source.script, JSON.stringify(task.env), io);
      if (!loaded.ok) return loaded;
      return { ok: true, handler: session };
    },
    reset() {
      if (session.clean()) return true;
      if (platform.isShared) return false;
      session = new RealmSession(platform, session.proofSource);
      return true;
    },
  };
}

export type { Realm, RealmPlatform };

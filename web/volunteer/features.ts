/** What a browser lacks, and what that means for a volunteer. */
export interface MissingFeature {
  readonly name: string;
  /** What it means, as a sentence. */
  readonly sentence: string;
  /** Without it nothing can run. */
  readonly needed: boolean;
}

/** What counts here of what a browser has. */
export interface BrowserFeatures {
  readonly worker: boolean;
  readonly webAssembly: boolean;
  readonly webSocket: boolean;
  /** The page has its own memory apart from other sites', so its workers may share some. */
  readonly crossOriginIsolated: boolean;
  readonly sharedMemory: boolean;
  /** HTTPS or this very machine; over plain HTTP browsers keep many features to themselves. */
  readonly secureContext: boolean;
}

/** Whether guests can wait for an answer of the database. */
export function canAskDatabase(features: BrowserFeatures): boolean {
  return features.sharedMemory && features.crossOriginIsolated;
}

export function missingFeatures(features: BrowserFeatures): MissingFeature[] {
  const missing: MissingFeature[] = [];
  if (!features.worker) {
    const sentence =
      "This browser has no workers, in which donated code runs apart from the page. Nothing can run here.";
    missing.push({ name: "Workers", sentence, needed: true });
  }
  if (!features.webSocket) {
    const sentence = "This browser has no WebSockets, over which work comes. Nothing can run here.";
    missing.push({ name: "WebSockets", sentence, needed: true });
  }
  if (!features.webAssembly) {
    const sentence =
      "WebAssembly is missing or switched off, as in some browsers' strictest modes. JavaScript runs; work in the other languages goes to others.";
    missing.push({ name: "WebAssembly", sentence, needed: false });
  }
  if (!features.secureContext) {
    const sentence =
      "This page came over plain HTTP from another machine, so the browser keeps features back. Work that uses the database, and WebAssembly modules, go to others. Over HTTPS everything runs.";
    missing.push({ name: "A secure connection", sentence, needed: false });
  } else if (!canAskDatabase(features)) {
    const sentence =
      "Memory can't be shared between workers here, so work that uses the database goes to others.";
    missing.push({ name: "Shared memory", sentence, needed: false });
  }
  return missing;
}

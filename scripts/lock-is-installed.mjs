// Exits 0 when node_modules already holds what package-lock.json asks for, as after an `npm install` by hand: then
// nothing needs to be torn down and fetched again. Plain JavaScript, because the machine's own Node runs it.
import { readFileSync } from "node:fs";

function packagesOf(path) {
  try {
    return JSON.parse(readFileSync(path, "utf8")).packages ?? {};
  } catch {
    return {};
  }
}

const wanted = packagesOf("package-lock.json");
// npm's own record of what it installed; it leaves out optional packages made for other platforms.
const installed = packagesOf("node_modules/.package-lock.json");

const same = (path) => installed[path]?.integrity === wanted[path]?.integrity;
const complete = Object.entries(wanted).every(
  ([path, entry]) => path === "" || (path in installed ? same(path) : entry.optional === true),
);
// What is there beyond it does no harm.
process.exitCode = Object.keys(installed).length > 0 && complete ? 0 : 1;

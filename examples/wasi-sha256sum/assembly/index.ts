// AssemblyScript. A WASI command that prints SHA-256 checksums as coreutils' sha256sum does: of the files named as
// arguments, or of stdin for "-" and where none is named. Exits with 1 if a file can't be read.

import { Sha256 } from "./sha256";
import { args, close, exit, open, print, read, stderr, stdin, stdout } from "./wasi";

const name = "sha256sum";
const buffer = new ArrayBuffer(65536);

/** The checksum, or an empty string if the file can't be read. */
function checksum(fd: i32): string {
  const sha = new Sha256();
  const bytes = Uint8Array.wrap(buffer);
  let count = read(fd, buffer);
  for (; count > 0; count = read(fd, buffer)) sha.update(bytes, count);
  return count < 0 ? "" : sha.digest();
}

export function _start(): void {
  const paths = args().slice(1);
  if (paths.length == 0) paths.push("-");
  let failed = false;
  for (let index = 0; index < paths.length; index++) {
    const path = paths[index];
    const fd = path == "-" ? stdin : open(path);
    const sum = fd < 0 ? "" : checksum(fd);
    if (fd > stderr) close(fd);
    if (sum == "") {
      print(stderr, name + ": " + path + ": No such file or directory\n");
      failed = true;
    } else {
      print(stdout, sum + "  " + path + "\n");
    }
  }
  if (failed) exit(1);
}

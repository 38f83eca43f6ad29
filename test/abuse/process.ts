// What a running server has its hands on, as its operator sees it.

import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';

const O_ACCMODE = 3;

/** The files that the process could write to: no sockets, pipes or devices. */
export function writable(pid: number): string[] {
  const files: string[] = [];
  for (const fd of readdirSync(`/proc/${pid}/fd`)) {
    let target = '';
    let flags = 0;
    try {
      target = readlinkSync(`/proc/${pid}/fd/${fd}`);
      flags = Number.parseInt(
        /flags:\s*(\d+)/.exec(readFileSync(`/proc/${pid}/fdinfo/${fd}`, 'utf8'))?.[1] ?? '0',
        8,
      );
    } catch {
      continue; // closed meanwhile
    }
    if (target.startsWith('/') && !target.startsWith('/dev/') && (flags & O_ACCMODE) !== 0)
      files.push(target);
  }
  return files;
}

/** Every file below a folder, with its bytes. */
export function contents(folder: string): Map<string, Buffer> {
  const files = new Map<string, Buffer>();
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true }))
    if (entry.isFile())
      files.set(join(entry.parentPath, entry.name), readFileSync(join(entry.parentPath, entry.name)));
  return files;
}

import { cpSync, rmSync } from 'node:fs';

/** What outlives a boot: the agent's state and the system's documents, as they lie on a disk at the moment of a power failure. */
const FOLDERS = { state: '/var/lib/vdsm', documents: '/var/lib/vfleet' };
const KEPT = '/out/kept';

/** Copies it where the next boot finds it. Nothing may be writing then: whatever does is killed before. */
export function keepForNextBoot(): void {
  rmSync(KEPT, { recursive: true, force: true });
  for (const [name, folder] of Object.entries(FOLDERS)) cpSync(folder, `${KEPT}/${name}`, { recursive: true });
}

export function takeFromLastBoot(): void {
  for (const [name, folder] of Object.entries(FOLDERS)) cpSync(`${KEPT}/${name}`, folder, { recursive: true });
}

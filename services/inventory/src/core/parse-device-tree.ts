import { COMPUTER, type ParsedDevice } from './parse-device.ts';

/**
 * The devices that are not reachable from the computer over `parent`: their chain ends nowhere or in a circle.
 * In the order of `devices`. Every device is walked over once, so the time is linear however deep the tree is.
 */
export function findOrphans(devices: ReadonlyMap<string, ParsedDevice>): Set<string> {
  const reachable = new Map<string, boolean>([[COMPUTER, devices.has(COMPUTER)]]);
  for (const name of devices.keys()) walkUp(name, devices, reachable);
  const orphans = new Set<string>();
  for (const name of devices.keys()) if (!reachable.get(name)) orphans.add(name);
  return orphans;
}

/** Follows `parent` to the first device whose verdict is known, and gives the whole way that verdict. */
function walkUp(start: string, devices: ReadonlyMap<string, ParsedDevice>, reachable: Map<string, boolean>): void {
  const way: string[] = [];
  let name: string | null = start;
  while (name !== null && devices.has(name) && !reachable.has(name)) {
    // Until the way's end is known, a device on it counts as cut off: meeting it again means a circle.
    reachable.set(name, false);
    way.push(name);
    name = devices.get(name)?.parent ?? null;
  }
  const verdict = name !== null && reachable.get(name) === true;
  if (verdict) for (const passed of way) reachable.set(passed, true);
}

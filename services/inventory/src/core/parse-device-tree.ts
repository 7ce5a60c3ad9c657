import { COMPUTER, type ParsedDevice } from './parse-device.ts';

/**
 * The devices that are not reachable from the computer over `parent`: their chain ends nowhere or in a circle.
 * In the order of `devices`. Every device is walked over once, so the time is linear however deep the tree is.
 */
export function findOrphans(devices: ReadonlyMap<string, ParsedDevice>): Set<string> {
  const reachable = new Map([[COMPUTER, devices.has(COMPUTER)]]);
  const orphans = new Set<string>();
  for (const name of devices.keys()) if (!walkUp(name, devices, reachable)) orphans.add(name);
  return orphans;
}

/** Follows `parent` to the first device whose verdict is known, and gives the whole way that verdict. */
function walkUp(start: string, devices: ReadonlyMap<string, ParsedDevice>, reachable: Map<string, boolean>): boolean {
  const way: string[] = [];
  let name: string | null = start;
  let verdict: boolean | undefined = reachable.get(start);
  while (verdict === undefined && name !== null) {
    const device = devices.get(name);
    if (device === undefined) break;
    // Until the end of the way is known, a device on it counts as cut off: meeting it again is a circle.
    reachable.set(name, false);
    way.push(name);
    name = device.parent;
    verdict = name === null ? false : reachable.get(name);
  }
  if (verdict) for (const passed of way) reachable.set(passed, true);
  return verdict === true;
}

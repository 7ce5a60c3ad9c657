import { COMPUTER, type ParsedDevice } from './parse-device.ts';

/**
 * The devices that are not reachable from the computer over `parent`: their chain ends nowhere or in a circle.
 * In the order of `devices`. Every device is walked over once, so the time is linear however deep the tree is.
 */
export function findOrphans(devices: ReadonlyMap<string, ParsedDevice>): Set<string> {
  const reachable = new Map([[COMPUTER, devices.has(COMPUTER)]]);
  const orphans = new Set<string>();
  for (const device of devices.values()) {
    const isReachable = reachable.get(device.name) ?? walkUp(device, devices, reachable);
    if (!isReachable) orphans.add(device.name);
  }
  return orphans;
}

/** Follows `parent` to the first device whose verdict is known, and gives the whole way that verdict. */
function walkUp(
  start: ParsedDevice,
  devices: ReadonlyMap<string, ParsedDevice>,
  reachable: Map<string, boolean>,
): boolean {
  const way: string[] = [];
  let device: ParsedDevice | undefined = start;
  let verdict: boolean | undefined;
  while (device !== undefined && verdict === undefined) {
    // Until the end of the way is known, a device on it counts as cut off: meeting it again is a circle.
    reachable.set(device.name, false);
    way.push(device.name);
    verdict = device.parent === null ? false : reachable.get(device.parent);
    device = device.parent === null ? undefined : devices.get(device.parent);
  }
  if (verdict) for (const passed of way) reachable.set(passed, true);
  return verdict === true;
}

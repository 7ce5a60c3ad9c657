import type { StoredCluster } from './cluster.ts';
import type { StoredVnic } from './vm.ts';
import type { StoredVnicProfile } from './vnic-profile.ts';

/** The code of a level that is missing, and the lowest compatibility version that has it. */
const LEVELS = [
  { code: 'PASSTHROUGH_NOT_SUPPORTED_BY_CLUSTER_LEVEL', since: '3.6' },
  { code: 'FAILOVER_NOT_SUPPORTED_BY_CLUSTER_LEVEL', since: '4.6' },
] as const;

export type LevelCode = (typeof LEVELS)[number]['code'];

/** The codes of all levels. */
export const LEVEL_CODES: readonly LevelCode[] = LEVELS.map(({ code }) => code);

/** A vNIC is a passthrough one by its type, or by a profile that gives it a VF always or when one is free. */
export function isPassthrough(
  { interface: type }: Pick<StoredVnic, 'interface'>,
  profile: Pick<StoredVnicProfile, 'passThrough'> | null,
): boolean {
  return type === 'pci_passthrough' || (profile !== null && profile.passThrough !== 'disabled');
}

/** What a vNIC with this profile needs of the cluster of its VM. */
export function levelsNeeded(
  vnic: Pick<StoredVnic, 'interface'>,
  profile: Pick<StoredVnicProfile, 'passThrough' | 'failoverId'> | null,
): LevelCode[] {
  const needed: LevelCode[] = [];
  if (isPassthrough(vnic, profile)) needed.push('PASSTHROUGH_NOT_SUPPORTED_BY_CLUSTER_LEVEL');
  if (profile !== null && profile.failoverId !== null) needed.push('FAILOVER_NOT_SUPPORTED_BY_CLUSTER_LEVEL');
  return needed;
}

/** Whether a cluster has a level. */
export function hasLevel(
  { compatibilityVersion }: Pick<StoredCluster, 'compatibilityVersion'>,
  level: LevelCode,
): boolean {
  return LEVELS.every(({ code, since }) => code !== level || compareVersions(compatibilityVersion, since) >= 0);
}

/** Compatibility versions in the order of their numbers: 3.10 is after 3.6. Negative when `one` is the older. */
export function compareVersions(one: string, other: string): number {
  const [major = 0, minor = 0] = one.split('.').map(Number);
  const [otherMajor = 0, otherMinor = 0] = other.split('.').map(Number);
  return major - otherMajor || minor - otherMinor;
}

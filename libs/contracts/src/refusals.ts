import { HOST_REFUSALS } from './refusals/hosts.ts';
import { NETWORK_REFUSALS } from './refusals/networks.ts';
import { REQUEST_REFUSALS } from './refusals/requests.ts';
import { SCHEDULING_REFUSALS } from './refusals/scheduling.ts';
import { VFS_CONFIG_REFUSALS } from './refusals/vfs-configs.ts';
import { VM_REFUSALS } from './refusals/vms.ts';
import { VNIC_PROFILE_REFUSALS } from './refusals/vnic-profiles.ts';

/**
 * Every business refusal the product can give: its HTTP status, what a person reads, and what they can do about it.
 * `title` never changes between two refusals of one code; the `detail` beside it names the things involved.
 * A row is reachable: the test beside the rule tables asserts that each code is produced by a rule or a named mechanism.
 */
export const REFUSALS = {
  ...HOST_REFUSALS,
  ...VFS_CONFIG_REFUSALS,
  ...NETWORK_REFUSALS,
  ...VNIC_PROFILE_REFUSALS,
  ...VM_REFUSALS,
  ...SCHEDULING_REFUSALS,
  ...REQUEST_REFUSALS,
} as const;

export type RefusalCode = keyof typeof REFUSALS;

/** One broken rule as a caller sees it: `detail` names the things involved, `remedy` what to do. */
export type Refusal = { code: RefusalCode; detail: string; remedy: string };

/** Makes the refusal of `code` with the table's remedy, unless a sharper one is known. */
export function refusal(code: RefusalCode, detail: string, remedy: string = REFUSALS[code].remedy): Refusal {
  return { code, detail, remedy };
}

/** The HTTP status of several broken rules: 404 before 400 before 412 before 409 before 502 and 503. */
export function statusOf(refusals: readonly Pick<Refusal, 'code'>[]): number {
  const statuses = refusals.map(({ code }) => REFUSALS[code].status);
  return [404, 400, 412, 409, 502, 503].find((status) => (statuses as number[]).includes(status)) ?? 409;
}

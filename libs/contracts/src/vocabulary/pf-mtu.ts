/** The least MTU a netdev takes (ETH_MIN_MTU), and the most a number of 16 bits tells. */
export const LEAST_MTU = 68;
const MOST_MTU = 65_535;

/** Codes of failures that are about the MTU of a PF and not about its number of VFs. */
export const MTU_FAILURE_CODES = ['MTU_REFUSED', 'MTU_NOT_KEPT', 'MTU_WITHOUT_NETDEV', 'MTU_NOT_KNOWN'] as const;
export type MtuFailureCode = (typeof MTU_FAILURE_CODES)[number];

/** The code of a change refused because its PF would get another MTU while a VF is in use; it is the refusal's own. */
export const MTU_IN_USE_CODE = 'ACTION_TYPE_FAILED_PF_MTU_CANNOT_BE_CHANGED';

/**
 * The MTU that a change sets on a PF, or null when the PF's own stays. `wanted` null leaves it alone. An MTU that is
 * in force already (`inForce`) and was raised since by somebody else serves as well: it is not lowered again.
 */
export function mtuToSet({
  wanted,
  existing,
  inForce,
}: {
  wanted: number | null;
  existing: number | null;
  inForce: number | null;
}): number | null {
  if (wanted === null || wanted === existing) return null;
  return wanted === inForce && existing !== null && existing > wanted ? null : wanted;
}

/** The most a PF may be asked for; the kernel judges where the driver does not say what it takes. */
export function mostMtu(maxMtu: number | null): number {
  return maxMtu ?? MOST_MTU;
}

/**
 * What PRECONDITION_FAILED tells of a change that was made for another version than the entity's. `what` names the
 * entity, such as `network red`.
 */
export function staleVersion(
  what: string,
  { revision }: { revision: number },
  ifVersion: number | undefined,
): string | undefined {
  return ifVersion === undefined || ifVersion === revision
    ? undefined
    : `The ${what} is at version ${revision}; the change was made for version ${ifVersion}.`;
}

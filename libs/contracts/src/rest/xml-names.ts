/** The element of one item in a list's element: `network` in `<networks>`, `address` in `<addresses>`, `policy` in `<policies>`. */
export function itemNameOf(list: string): string {
  if (list.endsWith('ies')) return `${list.slice(0, -3)}y`;
  if (/(ss|x|ch|sh)es$/.test(list)) return list.slice(0, -2);
  if (list.endsWith('s')) return list.slice(0, -1);
  throw new Error(`${list}: the name of a list is a plural`);
}

/** The root element of a problem document in XML, and its namespace (RFC 9457, appendix B). */
export const PROBLEM_ROOT = { name: 'problem', namespace: 'urn:ietf:rfc:7807' } as const;

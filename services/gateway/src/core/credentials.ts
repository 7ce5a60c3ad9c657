export type Credentials = { name: string; password: string };

/** Reads HTTP Basic credentials (RFC 7617) from their decoded text; a password may hold a colon, a user name none. */
export function readCredentials(decoded: string): Credentials | undefined {
  const colon = decoded.indexOf(':');
  return colon < 1 ? undefined : { name: decoded.slice(0, colon), password: decoded.slice(colon + 1) };
}

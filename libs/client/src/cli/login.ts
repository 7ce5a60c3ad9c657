import type { ConnectionOptions } from '../connection.ts';
import type { Surroundings } from './surroundings.ts';

/** The command line cannot be carried out as it stands; the message says how it can. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export type LoginOptions = { url?: string | undefined; user?: string | undefined; passwordFile?: string | undefined };

/**
 * Where the API is and who asks: options win over VFLEET_URL, VFLEET_USER and VFLEET_PASSWORD. A password is never an
 * option, for everybody on the machine can read those.
 */
export function loginOf(
  options: LoginOptions,
  { env, readFile }: Pick<Surroundings, 'env' | 'readFile'>,
): ConnectionOptions {
  const url = options.url ?? env.VFLEET_URL ?? 'http://127.0.0.1:8080';
  if (!/^https?:\/\//.test(url) || !URL.canParse(url))
    throw new UsageError(`"${url}" is no address of an API; one looks like http://127.0.0.1:8080`);
  const { username, password } = new URL(url);
  if (username || password)
    throw new UsageError('user and password do not belong into the address: set VFLEET_USER and VFLEET_PASSWORD');
  return {
    url,
    username: options.user ?? env.VFLEET_USER ?? 'admin@internal',
    password: passwordOf(options, { env, readFile }),
  };
}

function passwordOf({ passwordFile }: LoginOptions, { env, readFile }: Pick<Surroundings, 'env' | 'readFile'>): string {
  if (passwordFile !== undefined) {
    try {
      return readFile(passwordFile).replace(/\r?\n$/, '');
    } catch (problem) {
      throw new UsageError(`the password file cannot be read: ${problem instanceof Error ? problem.message : problem}`);
    }
  }
  if (env.VFLEET_PASSWORD) return env.VFLEET_PASSWORD;
  throw new UsageError('a password is needed: set VFLEET_PASSWORD, or name a file that holds it with --password-file');
}

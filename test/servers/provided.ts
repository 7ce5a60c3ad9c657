/** A server the tests may use, or the reason why there is none. `close` ends what was started for it and nothing else. */
export type Provided = {
  name: 'RabbitMQ' | 'MongoDB';
  /** `skipped`: it cannot be had here. `failed`: it should have come up and did not. */
  how: 'url' | 'docker' | 'process' | 'skipped' | 'failed';
  /** What answered, in its own words; empty when nothing did. */
  version: string;
  url?: string;
  /** What else the tests find it by: variables of the environment. */
  variables?: Readonly<Record<string, string>>;
  /** Why there is none, or why a way tried before this one was not taken. */
  reason?: string;
  close(): Promise<void>;
};

/** One way to get a server: what it started, or why it cannot. It throws when it should have worked and did not. */
export type Way = { how: 'docker' | 'process'; start(): Promise<Started | Unavailable> };
export type Started = { url: string; variables?: Readonly<Record<string, string>>; close(): Promise<void> };
export type Unavailable = { unavailable: string };

/**
 * Takes the first way that works: the URL given in the environment, then each of `ways`. A URL that does not answer is
 * a failure, never a reason to test something else. When no way is there the result is `skipped`, with every reason.
 */
export async function provide({
  name,
  given,
  ways,
  versionOf,
}: {
  name: Provided['name'];
  given: string | undefined;
  ways: readonly Way[];
  versionOf: (url: string) => Promise<string>;
}): Promise<Provided> {
  const reasons: string[] = [];
  const none = (how: 'skipped' | 'failed', reason: string): Provided => ({ name, how, version: '', reason, close });
  try {
    if (given) return { name, how: 'url', version: await versionOf(given), url: given, close };
    for (const { how, start } of ways) {
      const started = await start();
      if ('unavailable' in started) reasons.push(started.unavailable);
      else {
        const version = await versionOrClose(started, versionOf);
        return { name, how, version, ...started, ...(reasons.length > 0 ? { reason: reasons.join('; ') } : {}) };
      }
    }
  } catch (error) {
    return none('failed', error instanceof Error ? error.message : String(error));
  }
  return none('skipped', reasons.join('; '));
}

/** One line for people: what was taken and why not another. */
export function inWords({ name, how, version, url, reason }: Provided): string {
  if (how === 'skipped' || how === 'failed') return `${name}: ${how.toUpperCase()}, ${reason}`;
  const way = { url: 'the URL given', docker: 'a Docker container', process: 'a process of our own' }[how];
  return `${name}: ${version}, ${way}, ${withoutPassword(url ?? '')}${reason ? ` (${reason})` : ''}`;
}

async function close(): Promise<void> {}

async function versionOrClose(started: Started, versionOf: (url: string) => Promise<string>): Promise<string> {
  try {
    return await versionOf(started.url);
  } catch (error) {
    await started.close();
    throw error;
  }
}

function withoutPassword(url: string): string {
  return url.replace(/\/\/[^@/]*@/, '//');
}

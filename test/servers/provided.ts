/** A server the tests may use, or the reason why there is none. `close` ends what was started for it and nothing else. */
export type Provided = {
  name: 'RabbitMQ' | 'MongoDB';
  how: 'url' | 'docker' | 'process' | 'skipped';
  /** What answered, in its own words; empty when skipped. */
  version: string;
  url?: string;
  /** Why it was skipped, or why a way tried before this one was not taken. */
  reason?: string;
  close(): Promise<void>;
};

/** One way to get a server: what it started, or why it cannot. It throws when it should have worked and did not. */
export type Way = { how: 'docker' | 'process'; start(): Promise<Started | Unavailable> };
export type Started = { url: string; close(): Promise<void> };
export type Unavailable = { unavailable: string };

/**
 * Takes the first way that works: the URL given in the environment, then each of `ways`. A URL that does not answer is
 * a fault, never a reason to test something else. When nothing works the result is `skipped`, with every reason.
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
  if (given) return { name, how: 'url', version: await versionOf(given), url: given, close: async () => {} };
  const reasons: string[] = [];
  for (const { how, start } of ways) {
    const started = await start();
    if ('unavailable' in started) {
      reasons.push(started.unavailable);
      continue;
    }
    try {
      const version = await versionOf(started.url);
      return { name, how, version, ...started, ...(reasons.length > 0 ? { reason: reasons.join('; ') } : {}) };
    } catch (error) {
      await started.close();
      throw error;
    }
  }
  return { name, how: 'skipped', version: '', reason: reasons.join('; '), close: async () => {} };
}

/** One line for people: what was taken and why not another. */
export function inWords({ name, how, version, url, reason }: Provided): string {
  if (how === 'skipped') return `${name}: SKIPPED, ${reason}`;
  const way = { url: 'the URL given', docker: 'a Docker container', process: 'a process of our own' }[how];
  return `${name}: ${version}, ${way}, ${withoutPassword(url ?? '')}${reason ? ` (${reason})` : ''}`;
}

function withoutPassword(url: string): string {
  return url.replace(/\/\/[^@/]*@/, '//');
}

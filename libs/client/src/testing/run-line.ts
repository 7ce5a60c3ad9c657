import { runCli } from '../cli/run.ts';

type Answer = { status: number; body?: unknown };
export type Seen = { method: string; target: string; body: unknown; headers: Headers };

/** Runs a command line against answers by method and path; a list is answered one after another. */
export async function run(
  line: string,
  answers: Record<string, Answer | Answer[]> = {},
  env: Record<string, string> = { VFLEET_PASSWORD: 'secret' },
) {
  const seen: Seen[] = [];
  const lines = { out: [] as string[], err: [] as string[] };
  const exit = await runCli(line.split(' '), {
    env,
    out: (text) => void lines.out.push(text),
    err: (text) => void lines.err.push(text),
    readFile: (path) => {
      if (path === '/run/secret') return 'from a file\n';
      throw new Error('ENOENT: no such file');
    },
    signal: new AbortController().signal,
    sleep: async () => {},
    fetch: async (url, init = {}) => {
      const { pathname, search } = new URL(String(url));
      const body = init.body ? JSON.parse(String(init.body)) : undefined;
      seen.push({ method: init.method ?? '', target: pathname + search, body, headers: new Headers(init.headers) });
      const found = answers[`${init.method} ${pathname}`];
      const answer = Array.isArray(found) ? found.shift() : found;
      if (!answer)
        throw new TypeError('fetch failed', { cause: new Error(`no answer for ${init.method} ${pathname}`) });
      return new Response(answer.body === undefined ? null : JSON.stringify(answer.body), { status: answer.status });
    },
  });
  return { exit, out: lines.out.join('\n'), err: lines.err.join('\n'), seen };
}

/** An answer of 200. */
export const ok = (body: unknown) => ({ status: 200, body });

/** A problem document that names these rules. */
export function problemOf(code: string, refusals: { code: string; detail: string; remedy: string }[]) {
  return { type: 'urn:x', title: 'It cannot be done', status: 400, code, detail: '', refusals, correlation_id: 'r1' };
}

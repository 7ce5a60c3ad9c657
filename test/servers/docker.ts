import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Started, Unavailable } from './provided.ts';

const run = promisify(execFile);
const PULL_MS = 240_000;

/**
 * Starts a container of an official image through the Docker command line, its port published on 127.0.0.1 alone.
 * Unavailable when no daemon answers already (none is ever started) or the image is neither here nor to be had.
 */
export async function startContainer({
  image,
  port,
  args,
  url,
  others = {},
}: {
  image: string;
  port: number;
  args: readonly string[];
  url: (hostPort: number) => string;
  /** More ports, each told as the variable it is named by. */
  others?: Readonly<Record<string, { port: number; url: (hostPort: number) => string }>>;
}): Promise<Started | Unavailable> {
  if (!(await daemonAnswers())) return { unavailable: 'no Docker daemon answers' };
  try {
    await present(image);
  } catch (error) {
    return { unavailable: `the image ${image} cannot be pulled: ${lastLine(error)}` };
  }
  const { stdout } = await docker([
    'run',
    '-d',
    '--rm',
    '--label',
    'vfleet-test',
    ...[port, ...Object.values(others).map((other) => other.port)].flatMap((each) => ['-p', `127.0.0.1::${each}`]),
    image,
    ...args,
  ]);
  const id = stdout.trim();
  const close = async () => void (await docker(['rm', '--force', '--volumes', id]));
  try {
    const variables: Record<string, string> = {};
    for (const [name, other] of Object.entries(others))
      variables[name] = other.url(await publishedPort(id, other.port));
    return { url: url(await publishedPort(id, port)), variables, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function publishedPort(container: string, port: number): Promise<number> {
  const { stdout } = await docker(['port', container, `${port}/tcp`]);
  return Number(/^127\.0\.0\.1:(\d+)$/m.exec(stdout)?.[1]);
}

async function daemonAnswers(): Promise<boolean> {
  try {
    await docker(['version', '--format', '{{.Server.Version}}'], 5_000);
    return true;
  } catch {
    return false;
  }
}

async function present(image: string): Promise<void> {
  try {
    await docker(['image', 'inspect', image]);
  } catch {
    console.error(`pulling ${image}`);
    await docker(['pull', '--quiet', image], PULL_MS);
  }
}

function docker(args: readonly string[], timeout = 60_000): Promise<{ stdout: string }> {
  return run('docker', args, { timeout });
}

function lastLine(error: unknown): string {
  const { stderr, message } = error as { stderr?: string; message: string };
  return (stderr || message).trim().split('\n').at(-1) ?? '';
}

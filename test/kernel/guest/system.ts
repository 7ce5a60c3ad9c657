import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { type Api, apiAt } from './api.ts';
import { eventually } from './eventually.ts';

const PORT = '8080';
const PASSWORD = 'a password for the kernel test';

/** The whole system managing this machine, in a process of its own. */
export type SystemProcess = Api & {
  /** Ends it with a signal and waits for its end. */
  stop(signal: 'SIGTERM' | 'SIGKILL'): Promise<void>;
};

/** Starts what `npm start -- --this-host` starts, as one bundled file, and waits until it has the report of this machine. */
export async function startSystem(): Promise<SystemProcess> {
  const system = spawn(process.execPath, [bundleOf('vfleet'), '--this-host'], {
    stdio: 'inherit',
    env: { ...process.env, PORT, VFLEET_DATA: '/var/lib/vfleet', VFLEET_ADMIN_PASSWORD: PASSWORD },
  });
  const ended = once(system, 'exit');
  const api = apiAt(`http://127.0.0.1:${PORT}`, { password: PASSWORD });
  const reported = eventually(async () => {
    const nics = await api.nics();
    if (!nics.some(({ vfs_config }) => vfs_config)) throw new Error('no report yet');
  });
  await Promise.race([
    reported,
    ended.then(([status, signal]) => {
      throw new Error(`VFleet ended with ${status ?? signal} before it was ready`);
    }),
  ]);
  return {
    ...api,
    stop: async (signal) => {
      system.kill(signal);
      await ended;
    },
  };
}

/** The path of a bundle that lies beside the suites. */
export function bundleOf(name: 'vfleet' | 'vfleet-host-agent'): string {
  return new URL(`${name}.mjs`, import.meta.url).pathname;
}

import { GetHost, GetVfsConfig } from '@vfleet/contracts/inventory';
import type { VfsConfig } from '@vfleet/contracts/vocabulary/vfs-config';
import type { Awaited, Begun, Waiting } from './awaited.ts';
import { generationToAwait, settledBy } from './core/settlement.ts';

type Target = { host: string; nic: string; vfsConfig: string };

/** The generation an update of a VfsConfig has made, until its host has settled it. */
export function awaitedGeneration({ input, caller, url }: Begun, { ask }: Pick<Waiting, 'ask'>): Awaited {
  const target = input.params as Target;
  const body = input.body as { num_of_vfs?: number };

  return {
    begun(saved) {
      const resource = saved as VfsConfig;
      return { kind: generationToAwait(body, resource) === null ? 'done' : 'open', resource };
    },
    async read(saved, timeoutMs) {
      const { generation } = saved as VfsConfig;
      const verdict = await ask(GetVfsConfig, { ...target, generation }, caller, { timeoutMs });
      if (!verdict.ok) return { kind: 'refused', refusals: verdict.refusals };
      const { resource, outcome } = verdict.reply;
      const settled = settledBy(outcome ?? { state: 'open' }, target.nic);
      return settled.kind === 'refused' ? settled : { kind: settled.kind === 'applied' ? 'done' : 'open', resource };
    },
    async entityOf() {
      const host = await ask(GetHost, { host: target.host }, caller);
      if (!host.ok) throw new Error(`${target.host}: ${host.refusals.map(({ detail }) => detail).join(' ')}`);
      return host.reply.resource.id;
    },
    locationOf: () => url,
  };
}

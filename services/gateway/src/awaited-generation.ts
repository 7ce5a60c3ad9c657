import { GetHost, GetVfsConfig } from '@vfleet/contracts/inventory';
import type { VfsConfig } from '@vfleet/contracts/vocabulary/vfs-config';
import type { Awaited, Begun, Waiting } from './awaited.ts';
import { generationToAwait, settledBy } from './core/settlement.ts';

type Target = { host: string; nic: string; vfsConfig: string };

/** The generation that an update, a repair or an adoption of a VfsConfig has made, until its host has settled it. */
export function awaitedGeneration({ input, takesBody, caller }: Begun, { ask }: Pick<Waiting, 'ask'>): Awaited {
  const target = input.params as Target;
  const body = input.body as { num_of_vfs?: number; mtu?: number | null };

  return {
    begun(saved) {
      const resource = saved as VfsConfig;
      const isOpen = takesBody ? generationToAwait(body, resource) !== null : resource.state === 'changing';
      return { kind: isOpen ? 'open' : 'done', resource };
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
    locationOf: () =>
      `/api/hosts/${[target.host, 'nics', target.nic, target.vfsConfig].map(encodeURIComponent).join('/')}`,
  };
}

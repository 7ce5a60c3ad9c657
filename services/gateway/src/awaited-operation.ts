import { ROUTES } from '@vfleet/contracts/rest';
import { operationPath } from '@vfleet/contracts/rest/operations';
import { GetOperation } from '@vfleet/contracts/scheduler/runs';
import type { Operation } from '@vfleet/contracts/vocabulary/operation';
import { askComposed } from './ask-composed.ts';
import type { Outcome } from './await-outcome.ts';
import type { Awaited, Begun, Waiting } from './awaited.ts';

/** An operation of a VM, until it has ended: its caller is shown the VM as it is then. */
export function awaitedOperation({ caller }: Begun, { ask, log }: Pick<Waiting, 'ask' | 'log'>): Awaited {
  return {
    begun: (saved) => standing(saved as Operation),
    async read(saved, timeoutMs) {
      const { id: operationId } = saved as Operation;
      const verdict = await ask(GetOperation, { operationId }, caller, { timeoutMs });
      if (!verdict.ok) return { kind: 'refused', refusals: verdict.refusals };
      const operation = verdict.reply;
      return (
        standing(operation) ??
        shownVm(operation, timeoutMs).catch((problem): Outcome => {
          log.warn({ problem, operationId }, 'a virtual machine could not be shown though its operation is done');
          return { kind: 'open', resource: operation };
        })
      );
    },
    entityOf: async (saved) => (saved as Operation).vm.id,
    locationOf: (saved) => operationPath((saved as Operation).id),
  };

  async function shownVm({ vm }: Operation, timeoutMs: number): Promise<Outcome> {
    const params = { vm: vm.id };
    const { getVm } = ROUTES;
    const send = () => ask(getVm.contract, params, caller, { timeoutMs });
    const verdict = await askComposed(getVm, { params, send, caller, timeoutMs }, ask);
    return verdict.ok
      ? { kind: 'done', resource: verdict.reply.resource }
      : { kind: 'refused', refusals: verdict.refusals };
  }
}

/** Undefined when it is done: then its VM is to be read. */
function standing(operation: Operation): Outcome | undefined {
  switch (operation.state) {
    case 'open':
      return { kind: 'open', resource: operation };
    case 'failed':
      return { kind: 'refused', refusals: operation.problems };
    case 'done':
      return undefined;
  }
}

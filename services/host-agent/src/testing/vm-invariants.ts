import type { ClaimRef } from '@vfleet/contracts/vocabulary/claim';
import { expect } from 'vitest';
import type { Fence } from '../core/vf-fence.ts';
import type { VmsUnderTest } from './vms-under-test.ts';

/** What must hold of an agent at every instant, whatever is sent to it and however often it dies. */
export type VmInvariants = {
  /** Says which VM a claim is for. */
  claimedFor(vm: string, claims: readonly ClaimRef[]): void;
  /** Looks at machine and files as they are now. Throws at what must not be. */
  check(): Promise<void>;
};

/**
 * Watches an agent's files and its machine. Fences only rise and stay cleaned; no VF is held by two domains, nor by a
 * domain whose claim is not the newest one of the VF, nor after it was told to be clean.
 */
export function vmInvariants(agent: VmsUnderTest): VmInvariants {
  const { disk, state } = agent;
  const vmOf = new Map<string, string>();
  const fences = new Map<string, Pick<Fence, 'fence' | 'cleaned'>>();
  const broken: string[] = [];

  const write = disk.write.bind(disk);
  disk.write = async (path, text) => {
    if (path.startsWith('vfleet/fences/')) keep(path, JSON.parse(text));
    await write(path, text);
  };

  function keep(path: string, next: Fence): void {
    const before = fences.get(path);
    const isLower =
      before && (next.fence < before.fence || (next.fence === before.fence && before.cleaned && !next.cleaned));
    if (isLower) broken.push(`${path}: ${JSON.stringify(next)} after ${JSON.stringify(before)}`);
    fences.set(path, next);
  }

  return {
    claimedFor: (vm, claims) => {
      for (const { claimId } of claims) vmOf.set(claimId, vm);
    },
    check: async () => {
      expect(broken).toEqual([]);
      const held = agent
        .domains()
        .flatMap(({ vmId, interfaces }) => interfaces.flatMap(({ vf }) => (vf ? [{ vmId, vf: vf.pciAddress }] : [])));
      expect(new Set(held.map(({ vf }) => vf)).size).toBe(held.length);
      for (const { vmId, vf } of held) {
        const fence = await state.fence(vf);
        expect(fence, `the fence of ${vf}, held by ${vmId}`).toMatchObject({ cleaned: false });
        expect(vmOf.get(fence?.claimId ?? ''), `who ${vf} is claimed for`).toBe(vmId);
      }
    },
  };
}

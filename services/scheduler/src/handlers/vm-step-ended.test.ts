import { VmStepEnded } from '@vfleet/contracts/host-agent-vms';
import { describe, expect, it } from 'vitest';
import { stopStep } from '../core/leave-host.ts';
import { stepOf } from '../core/placement.ts';
import type { Taken } from '../drive.ts';
import { sampleLeaving, sampleOnHost, samplePlacement } from '../testing/sample-placement.ts';
import { vmStepEnded } from './vm-step-ended.ts';

const stop = stopStep({ placementId: 'p1' }, { attempt: 1, force: true });
const placement = samplePlacement({
  ...{ state: 'starting', attempt: 2, step: 3, operation: 'open' },
  at: sampleOnHost('beta'),
  leaving: [{ ...sampleLeaving('alpha', false), stop }],
});

/** What the word of a host's agent on how a step ended means to the placement. */
async function meaning(hostId: string, step: string, outcome: 'done' | 'failed'): Promise<Taken | undefined> {
  const failure = { code: 'VM_STEP_FAILED', cause: 'It hangs.', remedy: 'See why.' };
  const payload = VmStepEnded.payload.parse({
    ...{ hostId, boot: 1, sequence: 1, step, placementId: 'p1', attempt: 2, vmId: 'id-web' },
    ...{ outcome: outcome === 'done' ? { result: outcome } : { result: outcome, failure } },
    ...{ domain: 'gone', attached: [] },
  });
  let taken: Taken | undefined;
  const take = async (_vmId: string, means: (of: typeof placement) => Taken | undefined) => {
    taken = means(placement);
  };
  const context = { id: 'm1', correlationId: 'm1', actor: { kind: 'agent' as const, name: hostId } };
  const drive = { take } as unknown as Parameters<typeof vmStepEnded>[0]['drive'];
  await vmStepEnded({ drive })({ ...context, sentAt: '2026-01-01T00:00:00.000Z', redelivered: false, payload });
  return taken;
}

describe('how a step ended', () => {
  it('is learnt from the host that was told it', async () => {
    expect(await meaning('id-beta', stepOf(placement), 'done')).toMatchObject({ kind: 'answered' });
    expect(await meaning('id-beta', stepOf(placement), 'failed')).toMatchObject({ kind: 'happened' });
    expect(await meaning('id-alpha', stop.step, 'done')).toMatchObject({ kind: 'learnt' });
    expect(await meaning('id-alpha', stop.step, 'failed')).toMatchObject({ kind: 'noted' });
  });

  it.each([
    ['id-alpha', stepOf(placement)],
    ['id-gamma', stepOf(placement)],
    ['id-beta', stop.step],
    ['id-gamma', stop.step],
    ['id-beta', 'p1.9'],
  ])('is not learnt from %s, which was not told %s', async (hostId, step) => {
    expect(await meaning(hostId, step, 'done')).toBeUndefined();
    expect(await meaning(hostId, step, 'failed')).toBeUndefined();
  });
});

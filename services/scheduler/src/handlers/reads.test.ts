import { GetOperation, ReadRuntimes } from '@vfleet/contracts/scheduler/runs';
import type { Documents } from '@vfleet/documents/documents';
import { openTemporary } from '@vfleet/documents/sqlite-temporary';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { PLACEMENTS } from '../collections.ts';
import { endOperation } from '../core/end-operation.ts';
import type { Placement } from '../core/placement.ts';
import { sampleOnHost, samplePlacement } from '../testing/sample-placement.ts';
import { getOperation } from './get-operation.ts';
import { readRuntimes } from './read-runtimes.ts';

let placements: Documents<Placement>;
let destroy: () => Promise<void>;

const OPEN = samplePlacement({ operation: 'open', state: 'starting', at: sampleOnHost('alpha') });
const ended = { ...endOperation(OPEN, { now: '2026-01-01T00:01:00.000Z' }), vmId: 'id-other', placementId: 'p2' };
const OTHER = { ...ended, ended: ended.ended.map((operation) => ({ ...operation, id: 'op-2' })) };

beforeAll(async () => {
  const opened = await openTemporary();
  destroy = opened.destroy;
  placements = await opened.store.open(PLACEMENTS);
  for (const body of [OPEN, OTHER]) {
    await placements.put({ id: body.vmId, expectedVersion: 0, body, answers: [], unpublished: [] });
  }
});
afterAll(() => destroy());

const message = { id: 'm', correlationId: 'm', actor: { kind: 'user' as const, name: 'admin' }, sentAt: '' };
const operation = (operationId: string) =>
  getOperation({ placements })({
    ...{ ...message, name: GetOperation.name, redelivered: false },
    payload: { operationId },
  });

it('an operation is found by its id alone, open or ended', async () => {
  expect(await operation('op-1')).toMatchObject({ ok: true, reply: { state: 'open', vm: { id: 'id-web' } } });
  expect(await operation('op-2')).toMatchObject({ ok: true, reply: { state: 'done', vm: { id: 'id-other' } } });
});

it('an operation that no VM has or remembers is refused', async () => {
  expect(await operation('op-3')).toMatchObject({ ok: false, refusals: [{ code: 'OPERATION_NOT_EXIST' }] });
});

it('VMs are told in the order they were asked for, also one that never ran', async () => {
  const read = await readRuntimes({ placements })({
    ...{ ...message, name: ReadRuntimes.name, redelivered: false },
    payload: { vmIds: ['id-other', 'id-never', 'id-web'] },
  });
  expect(read).toMatchObject({
    ok: true,
    reply: {
      items: [
        { vmId: 'id-other', operation: null },
        { vmId: 'id-never', status: 'down' },
        { vmId: 'id-web', status: 'powering_up', operation: 'op-1' },
      ],
    },
  });
});

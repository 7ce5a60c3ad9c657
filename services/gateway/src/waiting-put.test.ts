import { refusal } from '@vfleet/contracts/refusals';
import { Problem } from '@vfleet/contracts/vocabulary/problem';
import { VfsConfig } from '@vfleet/contracts/vocabulary/vfs-config';
import { turnsUntil } from '@vfleet/process/turns-until';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Call, type GatewayUnderTest, gatewayUnderTest } from './testing/gateway-under-test.ts';

const VFS_CONFIG = '/api/hosts/alpha/nics/enp5s0f0/vfsConfig';
let tested: GatewayUnderTest;
beforeEach(async () => {
  tested = await gatewayUnderTest();
});
afterEach(() => tested.close());

function put(request: { prefer?: string; key?: string; call?: Call; signal?: AbortSignal } = {}) {
  const { prefer, key, call = tested.call, signal } = request;
  return call('PUT', VFS_CONFIG, {
    body: { num_of_vfs: 4 },
    headers: { ...(prefer === undefined ? {} : { prefer }), ...(key === undefined ? {} : { 'idempotency-key': key }) },
    ...(signal ? { signal } : {}),
  });
}

/** Resolves when the request waits: its first read found the generation open. */
async function untilWaiting(waiters = 1): Promise<void> {
  const reads = () =>
    tested.inventory.heard.filter(({ payload }) => (payload as { generation?: number }).generation !== undefined)
      .length;
  await turnsUntil(() => reads() >= waiters);
  await tested.broker.idle();
}

describe('a PUT of a number of VFs', () => {
  it('answers 200 with the result when its generation is applied', async () => {
    const answer = put();
    await untilWaiting();
    await tested.inventory.settle({ state: 'applied' });
    const { status, headers, json } = await answer;
    expect(status).toBe(200);
    expect(VfsConfig.parse(json())).toMatchObject({
      state: 'ready',
      num_of_vfs: 4,
      existing_num_of_vfs: 4,
      generation: 2,
    });
    expect(headers.get('preference-applied')).toBeNull();
    expect(headers.get('location')).toBeNull();
  });

  it('answers within a second when the fact is lost', async () => {
    const answer = put();
    await untilWaiting();
    await tested.inventory.settle({ state: 'applied' }, 'say nothing');
    await tested.clock.advance(1000);
    expect((await tested.passTimeUntil(answer)).status).toBe(200);
  });

  it('answers on any gateway, whichever hears of it', async () => {
    const other = await tested.another();
    const answers = [put({ key: 'k1' }), put({ key: 'k1', call: other.call })];
    await untilWaiting(2);
    await tested.inventory.settle({ state: 'applied' });
    expect((await Promise.all(answers)).map(({ status }) => status)).toEqual([200, 200]);
    expect(tested.inventory.commands).toHaveLength(1);
  });

  it('answers 202 at once with wait=0, and says where to look', async () => {
    const { status, headers, json } = await put({ prefer: 'wait=0' });
    expect(status).toBe(202);
    expect(headers.get('location')).toBe(VFS_CONFIG);
    expect(headers.get('preference-applied')).toBe('wait=0');
    expect(VfsConfig.parse(json())).toMatchObject({ state: 'changing', generation: 2, observed_generation: 1 });
  });

  it('answers 202 when the wait ends first, with what is known then', async () => {
    const answer = put({ prefer: 'wait=30' });
    await untilWaiting();
    tested.inventory.config.progress = { step: 'await VFs', done: 2, total: 4, at: '2026-01-01T00:00:20.000Z' };
    await tested.clock.advance(30_000);
    const { status, headers, json } = await tested.passTimeUntil(answer);
    expect(status).toBe(202);
    expect(headers.get('preference-applied')).toBe('wait=30');
    expect(VfsConfig.parse(json()).progress).toMatchObject({ done: 2, total: 4 });
  });

  it.each([
    [undefined, 60_000],
    ['wait=7', 7000],
    ['wait=99999', 600_000],
    ['nonsense', 60_000],
  ])('waits, for Prefer: %s, %i ms', async (prefer, ms) => {
    const answer = put(prefer === undefined ? {} : { prefer });
    await untilWaiting();
    let ended = false;
    void answer.then(() => {
      ended = true;
    });
    await tested.clock.advance(ms - 1);
    await tested.broker.idle();
    expect(ended).toBe(false);
    await tested.clock.advance(1);
    expect((await tested.passTimeUntil(answer)).status).toBe(202);
  });

  it('answers 202, not 503, when inventory goes away after the change was saved', async () => {
    const answer = put({ prefer: 'wait=20' });
    await untilWaiting();
    await tested.inventory.away();
    expect(await tested.passTimeUntil(answer)).toMatchObject({ status: 202 });
  });

  it('answers 200 at once when there is nothing to do', async () => {
    const { status, json } = await tested.call('PUT', VFS_CONFIG, {
      body: { num_of_vfs: 2 },
      headers: { prefer: 'wait=5' },
    });
    expect(status).toBe(200);
    expect(VfsConfig.parse(json()).generation).toBe(1);
  });

  it.each([
    [
      {
        state: 'failed',
        code: 'ENOSPC',
        cause: 'The card has no MSI-X vectors left',
        remedy: 'Ask for fewer.',
        existing: 2,
      },
      502,
      'UPDATE_NUM_VFS_FAILURE',
      'enp5s0f0: The card has no MSI-X vectors left (ENOSPC); the host holds 2 virtual functions now.',
    ],
    [
      {
        state: 'refused',
        code: 'ACTION_TYPE_FAILED_NUM_OF_VFS_CANNOT_BE_CHANGED',
        cause: 'enp5s0f0v1 is open through vfio',
        remedy: 'Stop the VM.',
      },
      409,
      'ACTION_TYPE_FAILED_NUM_OF_VFS_CANNOT_BE_CHANGED',
      'enp5s0f0: enp5s0f0v1 is open through vfio.',
    ],
  ] as const)('tells %j', async (outcome, status, code, detail) => {
    const answer = put();
    await untilWaiting();
    await tested.inventory.settle(outcome);
    const told = await answer;
    expect(told.status).toBe(status);
    expect(Problem.parse(told.json())).toMatchObject({ code, detail, refusals: [{ code, remedy: outcome.remedy }] });
  });

  it('is told when a newer one overtakes it, and the newer one wins', async () => {
    const older = put();
    await untilWaiting();
    const newer = tested.call('PUT', VFS_CONFIG, { body: { num_of_vfs: 6 } });
    await untilWaiting(2);
    await tested.inventory.settle({ state: 'applied' });
    expect(Problem.parse((await older).json())).toMatchObject({ status: 409, code: 'SUPERSEDED' });
    expect(VfsConfig.parse((await newer).json()).num_of_vfs).toBe(6);
  });

  it('is told what refuses it, without a wait', async () => {
    tested.inventory.refusals = [refusal('PF_STUCK', 'enp5s0f0 is stuck.')];
    expect((await put()).status).toBe(409);
  });

  it('sent again with its key waits for the same generation', async () => {
    const first = await put({ prefer: 'wait=0', key: 'k1' });
    expect(first.status).toBe(202);
    const second = put({ key: 'k1' });
    await untilWaiting();
    await tested.inventory.settle({ state: 'applied' });
    expect((await second).status).toBe(200);
    expect((await put({ key: 'k1' })).status).toBe(200);
    expect(tested.inventory.commands).toHaveLength(1);
  });

  it('goes on when its caller is gone, though nobody waits any more', async () => {
    const gone = new AbortController();
    const answer = put({ signal: gone.signal });
    await untilWaiting();
    gone.abort();
    await expect(answer).rejects.toThrow();
    await waitersAre(0);
    await tested.inventory.settle({ state: 'applied' });
    expect(VfsConfig.parse((await tested.call('GET', VFS_CONFIG)).json())).toMatchObject({
      num_of_vfs: 4,
      state: 'ready',
    });
  });

  it('is answered 202 when the gateway stops', async () => {
    const answer = put();
    await untilWaiting();
    const closed = tested.gateway.close();
    expect((await answer).status).toBe(202);
    await closed;
  });
});

async function waitersAre(count: number): Promise<void> {
  const told = new RegExp(`^vfleet_waiting_requests.* ${count}$`, 'm');
  await turnsUntil(async () => told.test((await tested.call('GET', '/metrics')).text));
}

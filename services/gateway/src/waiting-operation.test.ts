import { refusal } from '@vfleet/contracts/refusals';
import type { VmRuntime } from '@vfleet/contracts/vocabulary/operation';
import { Operation } from '@vfleet/contracts/vocabulary/operation';
import { Problem } from '@vfleet/contracts/vocabulary/problem';
import { Vm } from '@vfleet/contracts/vocabulary/vm';
import { turnsUntil } from '@vfleet/process/turns-until';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Call, type GatewayUnderTest, gatewayUnderTest } from './testing/gateway-under-test.ts';

const UP: VmRuntime = {
  vmId: 'vm-1',
  status: 'up',
  host: { id: 'h-alpha', name: 'alpha' },
  operation: null,
  vnics: [],
};
let tested: GatewayUnderTest;
beforeEach(async () => {
  tested = await gatewayUnderTest();
  await tested.call('POST', '/api/vms', { body: { id: 'vm-1', name: 'vm-1' } });
});
afterEach(() => tested.close());

function start(request: { prefer?: string; key?: string; call?: Call; signal?: AbortSignal; vm?: string } = {}) {
  const { prefer, key, call = tested.call, signal, vm = 'vm-1' } = request;
  return call('POST', `/api/vms/${vm}/start`, {
    headers: { ...(prefer === undefined ? {} : { prefer }), ...(key === undefined ? {} : { 'idempotency-key': key }) },
    ...(signal ? { signal } : {}),
  });
}

/** Resolves when the request waits: its first read found the operation open. */
async function untilWaiting(waiters = 1): Promise<void> {
  const reads = () => tested.scheduler.heard.filter(({ name }) => name === 'scheduler.get-operation').length;
  await turnsUntil(() => reads() >= waiters);
  await tested.broker.idle();
}

async function done(tell: 'tell' | 'say nothing' = 'tell'): Promise<void> {
  tested.scheduler.runtimes.set('vm-1', UP);
  await tested.scheduler.end({ state: 'done' }, tell);
}

describe('a POST that begins an operation', () => {
  it('answers 200 with the VM when it is done', async () => {
    const answer = start();
    await untilWaiting();
    await done();
    const { status, headers, json } = await answer;
    expect(status).toBe(200);
    expect(Vm.parse(json())).toMatchObject({ id: 'vm-1', status: 'up', host: { name: 'alpha' } });
    expect(headers.get('location')).toBeNull();
    expect(headers.get('preference-applied')).toBeNull();
  });

  it('answers within a second when the hint is lost', async () => {
    const answer = start();
    await untilWaiting();
    await done('say nothing');
    await tested.clock.advance(1000);
    expect((await tested.passTimeUntil(answer)).status).toBe(200);
  });

  it('is not woken by hints of other VMs', async () => {
    const answer = start();
    await untilWaiting();
    await tested.scheduler.hint('vm-2');
    await tested.broker.idle();
    expect(tested.scheduler.heard.filter(({ name }) => name === 'scheduler.get-operation')).toHaveLength(1);
    await done();
    await answer;
  });

  it('answers on any gateway, whichever hears of it', async () => {
    const other = await tested.another();
    const answers = [start({ key: 'k1' }), start({ key: 'k1', call: other.call })];
    await untilWaiting(2);
    await done();
    expect((await Promise.all(answers)).map(({ status }) => status)).toEqual([200, 200]);
    expect(tested.scheduler.commands).toHaveLength(1);
  });

  it('answers 202 at once with wait=0: the operation, and where it is shown', async () => {
    const { status, headers, json } = await start({ prefer: 'wait=0' });
    expect(status).toBe(202);
    expect(headers.get('preference-applied')).toBe('wait=0');
    const operation = Operation.parse(json());
    expect(operation).toMatchObject({ kind: 'start', state: 'open', vm: { id: 'vm-1' } });
    expect(headers.get('location')).toBe(`/api/operations/${operation.id}`);
    const shown = await tested.call('GET', headers.get('location') ?? '');
    expect({ status: shown.status, body: shown.json() }).toEqual({ status: 200, body: operation });
  });

  it('answers 202 when the wait ends first, with the operation as it stands then', async () => {
    const answer = start({ prefer: 'wait=30' });
    await untilWaiting();
    await tested.scheduler.end({ state: 'open', step: 'preparing virtual functions', ended_at: null });
    await tested.clock.advance(30_000);
    const { status, json } = await tested.passTimeUntil(answer);
    expect(status).toBe(202);
    expect(Operation.parse(json())).toMatchObject({ state: 'open', step: 'preparing virtual functions' });
  });

  it('gives the operation in XML under its own root', async () => {
    const headers = { prefer: 'wait=0', accept: 'application/xml' };
    const { text } = await tested.call('POST', '/api/vms/vm-1/start', { headers });
    expect(text).toMatch(/\n<operation><id>.*<\/operation>$/);
  });

  it('is refused with every reason when the operation fails', async () => {
    const problems = [
      refusal('SCHEDULING_ALL_HOSTS_FILTERED_OUT', 'No host is left.'),
      refusal('HOST_FAILED_TO_START_VM', 'alpha: vfio is not loaded.', 'Load vfio-pci.'),
    ];
    const answer = start();
    await untilWaiting();
    await tested.scheduler.end({ state: 'failed', problems });
    const { status, json } = await answer;
    expect(status).toBe(409);
    expect(Problem.parse(json())).toMatchObject({
      code: 'SCHEDULING_ALL_HOSTS_FILTERED_OUT',
      detail: 'No host is left. alpha: vfio is not loaded.',
      refusals: problems,
    });
  });

  it('tells a reason that only a newer scheduler knows', async () => {
    const answer = start();
    await untilWaiting();
    await tested.scheduler.end({
      state: 'failed',
      problems: [{ code: 'TOO_HOT', detail: 'It melts.', remedy: 'Cool.' }],
    });
    expect(Problem.parse((await answer).json())).toMatchObject({ status: 409, code: 'TOO_HOT' });
  });

  it('is refused at once by what the scheduler refuses at once', async () => {
    tested.scheduler.refusals = [refusal('VM_IS_RUNNING', 'vm-1 runs on alpha.')];
    const { status, json } = await start();
    expect({ status, body: json() }).toMatchObject({ status: 409, body: { code: 'VM_IS_RUNNING' } });
  });

  it('answers 202 with the operation that is done when its VM cannot be shown', async () => {
    const answer = start({ prefer: 'wait=20' });
    await untilWaiting();
    await tested.policy.away();
    await done();
    const { status, json } = await tested.passTimeUntil(answer);
    expect(status).toBe(202);
    expect(Operation.parse(json())).toMatchObject({ state: 'done' });
  });

  it('answers 202, not 503, when the scheduler goes away after it has begun', async () => {
    const answer = start({ prefer: 'wait=20' });
    await untilWaiting();
    await tested.scheduler.away();
    expect(await tested.passTimeUntil(answer)).toMatchObject({ status: 202 });
  });

  it('answers 503 when nobody knows whether it has begun, and says how to find out', async () => {
    await tested.scheduler.away();
    const { status, headers, json } = await tested.passTimeUntil(start());
    expect({ status, body: json() }).toMatchObject({ status: 503, body: { code: 'OUTCOME_UNKNOWN' } });
    const location = headers.get('location');
    await tested.scheduler.serve();
    const again = await start({ key: headers.get('idempotency-key') ?? '', prefer: 'wait=0' });
    expect(again.headers.get('location')).toBe(location);
    expect((await tested.call('GET', location ?? '')).status).toBe(200);
  });

  it('sent again with its key is the same operation, and answers with its end', async () => {
    const first = await start({ prefer: 'wait=0', key: 'k1' });
    await done();
    expect((await start({ key: 'k1' })).status).toBe(200);
    expect((await start({ key: 'k1', prefer: 'wait=0' })).headers.get('location')).toBe(first.headers.get('location'));
    expect(tested.scheduler.commands).toHaveLength(1);
  });

  it('with one key for two VMs is two operations', async () => {
    const locations = ['vm-1', 'vm-2'].map(async (vm) =>
      (await start({ vm, key: 'k1', prefer: 'wait=0' })).headers.get('location'),
    );
    expect(new Set(await Promise.all(locations)).size).toBe(2);
  });

  it('goes on when its caller is gone, though nobody waits any more', async () => {
    const gone = new AbortController();
    const answer = start({ signal: gone.signal });
    await untilWaiting();
    gone.abort();
    await expect(answer).rejects.toThrow();
    await turnsUntil(async () => /^vfleet_waiting_requests.* 0$/m.test((await tested.call('GET', '/metrics')).text));
    expect(tested.scheduler.commands).toHaveLength(1);
  });

  it('is answered 202 when the gateway stops', async () => {
    const answer = start();
    await untilWaiting();
    const closed = tested.gateway.close();
    expect((await answer).status).toBe(202);
    await closed;
  });

  it('that is done when it is answered shows the VM, though nobody waits', async () => {
    tested.scheduler.begins = 'done';
    tested.scheduler.runtimes.set('vm-1', UP);
    const { status, json } = await start({ prefer: 'wait=0' });
    expect(status).toBe(200);
    expect(Vm.parse(json())).toMatchObject({ status: 'up' });
  });
});

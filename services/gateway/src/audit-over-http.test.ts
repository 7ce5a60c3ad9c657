import { InventoryNoted } from '@vfleet/contracts/inventory-claims';
import { refusal } from '@vfleet/contracts/refusals';
import { ROUTES } from '@vfleet/contracts/rest';
import { SchedulerNoted } from '@vfleet/contracts/scheduler/runs';
import type { AuditEntry, AuditNote } from '@vfleet/contracts/vocabulary/audit';
import { turnsUntil } from '@vfleet/process/turns-until';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type GatewayUnderTest, gatewayUnderTest, PASSWORD } from './testing/gateway-under-test.ts';

const USER = { kind: 'user', name: 'admin@internal' };
let tested: GatewayUnderTest;
let call: GatewayUnderTest['call'];
beforeEach(async () => {
  tested = await gatewayUnderTest({ askTimeoutMs: 2000 });
  call = tested.call;
});
afterEach(() => tested.close());

async function entries(query = '', by = call): Promise<AuditEntry[]> {
  const { status, json } = await by('GET', `/api/audit${query}`);
  expect(status).toBe(200);
  return ROUTES.listAudit.answer.schema.parse(json()).items;
}

describe('a request that changes something', () => {
  it('is logged with who, what, when, and how it came out', async () => {
    await call('PUT', '/api/hosts/alpha', { body: { name: 'omega' }, headers: { 'x-correlation-id': 'ticket-42' } });
    expect(await entries()).toEqual([
      {
        ...{ id: expect.stringMatching(/^\d{14}-id-/), at: new Date(tested.clock.now()).toISOString() },
        ...{ actor: USER, action: 'updateHost', target: '/api/hosts/alpha' },
        ...{ outcome: 'done', status: 200, codes: [], detail: null, correlation_id: 'ticket-42' },
      },
    ]);
  });

  it('is logged with where what it made is', async () => {
    const { headers } = await call('POST', '/api/vms', { body: { name: 'vm-1' } });
    expect(await entries()).toMatchObject([{ action: 'addVm', target: headers.get('location'), status: 201 }]);
  });

  it('is logged with every rule it breaks', async () => {
    tested.policy.refusals = [refusal('CLUSTER_NOT_EXIST', 'There is no zulu.'), refusal('VM_NAME_IN_USE', 'vm-1 is.')];
    await call('POST', '/api/vms', { body: { name: 'vm-1' } });
    expect(await entries()).toMatchObject([
      {
        ...{ target: '/api/vms', outcome: 'refused', status: 404, codes: ['CLUSTER_NOT_EXIST', 'VM_NAME_IN_USE'] },
        detail: 'There is no zulu. vm-1 is.',
      },
    ]);
  });

  it.each([
    ['a body that is no JSON', { raw: '{', headers: { 'content-type': 'application/json' } }, 400],
    ['a body of an unknown kind', { raw: '{}', headers: { 'content-type': 'text/plain' } }, 415],
    ['an unknown field', { body: { colour: 'red' } }, 400],
    ['an answer in a form that is not to be had', { body: {}, headers: { accept: 'text/html' } }, 406],
  ])('is logged though it has %s', async (_, request, status) => {
    await call('PUT', '/api/hosts/alpha', request);
    expect(await entries()).toMatchObject([{ action: 'updateHost', outcome: 'refused', status }]);
  });

  it('is logged by the path that every caller would spell alike', async () => {
    await call('PUT', '/api/hosts/%61lpha?nothing', { body: {} });
    await call('DELETE', `/api/vms/${encodeURIComponent('grün/blau')}`);
    expect((await entries()).map(({ target }) => target)).toEqual(['/api/vms/gr%C3%BCn%2Fblau', '/api/hosts/alpha']);
    expect(await entries('?target=/api/vms/gr%25C3%25BCn%252Fblau')).toHaveLength(1);
  });

  it('is not logged when it only reads, when nobody is logged in, or when it is nobody’s address', async () => {
    await call('GET', '/api/hosts');
    await call('POST', '/api/vms/vm-1/schedule');
    await call('POST', '/api/hosts/alpha/nics/enp5s0f0/vfsConfig/plan', { body: { num_of_vfs: 3 } });
    await call('PUT', '/api/hosts/alpha', { body: { name: 'x' }, login: null });
    await call('PUT', '/api/nothing', { body: {} });
    expect(await entries()).toEqual([]);
  });

  it('leaves no secret in the log', async () => {
    await call('POST', '/api/hosts', { body: { name: 'delta', password: PASSWORD } });
    await call('POST', '/api/hosts?token=s3cret', { body: { name: 'delta' } });
    const { text } = await call('GET', '/api/audit');
    expect(text).not.toContain(PASSWORD);
    expect(text).not.toContain('s3cret');
    expect(text).toContain('password is not a field of host');
  });

  it('is logged once for each of many that come at once', async () => {
    const answers = Array.from({ length: 60 }, (_, i) => call('POST', '/api/networks', { body: { name: `n${i}` } }));
    await Promise.all(answers);
    const logged = await entries();
    expect(new Set(logged.map(({ id }) => id)).size).toBe(60);
    expect(logged.every(({ outcome }) => outcome === 'done')).toBe(true);
  });
});

describe('what takes time', () => {
  it('is logged as accepted when nobody waits for its end', async () => {
    await call('POST', '/api/vms/vm-1/start', { headers: { prefer: 'wait=0' } });
    expect(await entries()).toMatchObject([{ action: 'startVm', outcome: 'accepted', status: 202 }]);
  });

  it('is logged as failed, not as refused, when it was begun and failed', async () => {
    const answer = call('POST', '/api/vms/vm-1/start');
    await turnsUntil(() => tested.scheduler.commands.length > 0);
    await tested.scheduler.end({ state: 'failed', problems: [refusal('HOST_FAILED_TO_START_VM', 'alpha: no vfio.')] });
    expect((await answer).status).toBe(409);
    expect(await entries()).toMatchObject([{ outcome: 'failed', status: 409, codes: ['HOST_FAILED_TO_START_VM'] }]);
  });

  it('is logged as unknown when nobody knows', async () => {
    await tested.scheduler.away();
    await tested.passTimeUntil(call('POST', '/api/vms/vm-1/start'));
    expect(await entries()).toMatchObject([{ outcome: 'unknown', status: 503, codes: ['OUTCOME_UNKNOWN'] }]);
  });

  it('is in the log before it is answered, and stays unknown when its gateway dies', async () => {
    const gone = new AbortController();
    const answer = call('POST', '/api/vms/vm-1/start', { signal: gone.signal });
    await turnsUntil(() => tested.scheduler.commands.length > 0);
    const other = await tested.another();
    const found = async () => entries('', other.call);
    await turnsUntil(async () => (await found()).length > 0);
    expect(await found()).toMatchObject([{ action: 'startVm', outcome: 'unknown', status: null }]);
    gone.abort();
    await expect(answer).rejects.toThrow();
  });
});

describe('what services note', () => {
  const note: AuditNote = {
    action: 'vm-died',
    target: '/api/vms/vm-1',
    outcome: 'failed',
    codes: ['VM_DIED'],
    detail: 'Its domain is gone from alpha.',
    at: '2025-12-31T23:59:59.000Z',
  };
  const context = (id: string) => ({
    id,
    correlationId: 'r7',
    actor: { kind: 'service', name: 'scheduler' } as const,
    sentAt: '2026-01-01T00:00:00.000Z',
    version: 3,
  });

  it('is logged once a fact, however often it is told, with the person it was done for', async () => {
    const bus = tested.broker.connect();
    await call('POST', '/api/vms', { body: { name: 'vm-1' } });
    for (let times = 0; times < 3; times++) await bus.publish(SchedulerNoted, { ...note, vmId: 'vm-1' }, context('f1'));
    const person = { kind: 'user', name: 'ann' } as const;
    await bus.publish(InventoryNoted, { ...note, actor: person, hostId: 'h1' }, context('f2'));
    await tested.broker.idle();
    const logged = (await entries()).filter(({ correlation_id }) => correlation_id === 'r7');
    expect(logged.map(({ actor }) => actor.name)).toEqual(['scheduler', 'ann']);
    expect(logged[0]).toMatchObject({ ...note, actor: { kind: 'service', name: 'scheduler' }, status: null });
    expect((await entries()).at(0)).toMatchObject({ action: 'addVm' });
  });

  it('is taken by one of several gateways', async () => {
    await tested.another();
    await tested.broker.connect().publish(SchedulerNoted, { ...note, vmId: 'vm-1' }, context('f1'));
    await tested.broker.idle();
    expect(await entries()).toHaveLength(1);
  });
});

describe('GET /api/audit', () => {
  beforeEach(async () => {
    for (const name of ['a', 'b', 'c']) {
      await call('POST', '/api/networks', { body: { id: name, name } });
      await tested.clock.advance(1000);
    }
  });

  it('is paged, and leads on', async () => {
    const { headers, json } = await call('GET', '/api/audit?limit=2&target=/api/networks');
    const { items, next } = json() as { items: AuditEntry[]; next: string };
    expect(items.map(({ target }) => target)).toEqual(['/api/networks/c', '/api/networks/b']);
    expect(headers.get('link')).toBe(`</api/audit?limit=2&target=%2Fapi%2Fnetworks&cursor=${next}>; rel="next"`);
    expect(await entries(`?limit=2&target=/api/networks&cursor=${next}`)).toMatchObject([
      { target: '/api/networks/a' },
    ]);
  });

  it('is searched by time and actor', async () => {
    const since = new Date(tested.clock.now() - 2000).toISOString();
    expect(await entries(`?since=${since}`)).toHaveLength(2);
    expect(await entries(`?since=${encodeURIComponent(since.replace('Z', '+00:00'))}&actor=nobody`)).toEqual([]);
    expect(await entries('?actor=admin@internal')).toHaveLength(3);
  });

  it('is given in XML', async () => {
    const { text } = await call('GET', '/api/audit?limit=1', { headers: { accept: 'application/xml' } });
    expect(text).toMatch(
      /\n<audit_log><entry><id>.*<actor><kind>user<\/kind>.*<\/entry><next>[\w-]+<\/next><\/audit_log>$/,
    );
  });

  it.each(['?limit=0', '?colour=red', '?since=yesterday', '?target=api', '?cursor=x', '?actor=', '?actor=a&actor=b'])(
    'refuses %s',
    async (query) => {
      expect((await call('GET', `/api/audit${query}`)).status).toBe(400);
    },
  );
});

it('entries are kept for as long as is set', async () => {
  const short = await gatewayUnderTest({ auditRetentionMs: 3_600_000 });
  await short.call('POST', '/api/networks', { body: { name: 'a' } });
  await short.clock.advance(3_000_000);
  expect(await entries('', short.call)).toHaveLength(1);
  await short.clock.advance(1_800_000);
  await turnsUntil(async () => (await entries('', short.call)).length === 0);
  await short.close();
});

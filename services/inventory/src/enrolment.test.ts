import { readEnrolmentToken } from '@vfleet/contracts/enrolment-token';
import { AddHost, GetHost, RemoveHost } from '@vfleet/contracts/inventory';
import { EnrolHost } from '@vfleet/contracts/inventory-enrolment';
import { afterEach, describe, expect, it } from 'vitest';
import { BrokerUsersUnavailable } from './broker-users.ts';
import { INVENTORY_DEFAULTS } from './config.ts';
import { type InventoryUnderTest, inventoryUnderTest, replyOf } from './testing/inventory-under-test.ts';

const HOST = { hostId: 'h1', name: 'alpha', enrol: true };

let world: InventoryUnderTest;

afterEach(() => world.close());

/** Users of a broker that can be away; a password tells which one it is. */
function brokerUsers() {
  const users = new Map<string, string>();
  const broker = { users, away: false, made: 0, beforeAnswer: async () => {}, rights: 'r1', granted: [] as string[] };
  const take = () => {
    if (broker.away) throw new BrokerUsersUnavailable('the broker does not answer');
  };
  return Object.assign(broker, {
    async enrol(hostId: string) {
      take();
      const password = `secret-${++broker.made}`;
      users.set(hostId, password);
      await broker.beforeAnswer();
      return { host_id: hostId, broker_url: 'amqps://broker.example', username: `vfleet-host-${hostId}`, password };
    },
    async remove(hostId: string) {
      take();
      users.delete(hostId);
    },
    async grant(hostId: string) {
      take();
      if (!users.has(hostId)) return 'no-user' as const;
      broker.granted.push(`${broker.rights} to ${hostId}`);
      return 'granted' as const;
    },
  });
}

async function worldWithUsers() {
  const broker = brokerUsers();
  world = await inventoryUnderTest({ brokerUsers: broker });
  return broker;
}

describe('a host that is added', () => {
  it('is told its credentials once, in the answer that added it', async () => {
    const broker = await worldWithUsers();
    const { enrolment, enrolment_problem } = replyOf(await world.ask(AddHost, HOST, 'add'));
    expect(enrolment).toMatchObject({ host_id: 'h1', username: 'vfleet-host-h1', password: 'secret-1' });
    const { token: _, ...credentials } = { token: '', ...enrolment };
    expect(readEnrolmentToken(enrolment?.token ?? '')).toEqual({ ok: true, credentials });
    expect(enrolment_problem).toBeNull();

    const again = replyOf(await world.ask(AddHost, HOST, 'add'));
    expect(again).toMatchObject({ id: 'h1', enrolment: null, enrolment_problem: { code: 'ENROLMENT_TOLD_ONCE' } });
    expect(again.enrolment_problem?.remedy).toContain('/enrolment');
    expect(broker.made).toBe(1);
  });

  it('leaves no password in any document', async () => {
    await worldWithUsers();
    await world.ask(AddHost, HOST);
    await world.ask(EnrolHost, { host: 'alpha' });
    await world.idle();
    expect(JSON.stringify(await world.everyDocument())).not.toContain('secret-');
  });

  it('is there without credentials while the broker takes no users, and says how it goes on', async () => {
    const broker = await worldWithUsers();
    broker.away = true;
    const { enrolment, enrolment_problem } = replyOf(await world.ask(AddHost, HOST));
    expect(enrolment).toBeNull();
    expect(enrolment_problem).toMatchObject({ code: 'BROKER_USERS_UNAVAILABLE', detail: 'the broker does not answer' });
    broker.away = false;
    expect(replyOf(await world.ask(EnrolHost, { host: 'alpha' }))).toMatchObject({ password: 'secret-1' });
  });

  it('has no credentials where the broker has no users, and says why', async () => {
    world = await inventoryUnderTest();
    const added = replyOf(await world.ask(AddHost, HOST));
    expect(added).toMatchObject({ enrolment: null, enrolment_problem: { code: 'ENROLMENT_NOT_AVAILABLE' } });
    expect(await world.ask(EnrolHost, { host: 'h1' })).toMatchObject({
      refusals: [{ code: 'ENROLMENT_NOT_AVAILABLE', remedy: expect.stringContaining('VFLEET_RABBITMQ_API') }],
    });
  });

  it('gets none that nobody asked for', async () => {
    const broker = await worldWithUsers();
    const added = replyOf(await world.ask(AddHost, { hostId: 'h1', name: 'alpha' }));
    expect(added).toMatchObject({ enrolment: null, enrolment_problem: null });
    expect(broker.made).toBe(0);
  });

  it('has no credentials, and is told how to get them, when the process died before it made any', async () => {
    const broker = await worldWithUsers();
    world.diesAfterNextPut();
    const answered = world.ask(AddHost, HOST, 'add');
    await world.idle();
    await world.restart();
    const added = replyOf(await answered);
    expect(added).toMatchObject({ enrolment: null, enrolment_problem: { code: 'ENROLMENT_TOLD_ONCE' } });
    expect(broker.made).toBe(0);
    expect(replyOf(await world.ask(EnrolHost, { host: 'h1' })).password).toBe('secret-1');
  });

  it('gets none when it is refused', async () => {
    const broker = await worldWithUsers();
    await world.ask(AddHost, HOST);
    expect(await world.ask(AddHost, { ...HOST, hostId: 'h2' })).toMatchObject({ ok: false });
    expect([...broker.users.keys()]).toEqual(['h1']);
  });
});

describe('rights of another release', () => {
  const { grantRightsMs } = INVENTORY_DEFAULTS;

  async function startsWith(broker: Awaited<ReturnType<typeof worldWithUsers>>, rights: string) {
    Object.assign(broker, { rights, granted: [] });
    await world.restart();
    await world.clock.advance(3 * grantRightsMs);
    await world.idle();
    return broker.granted;
  }

  it('are replaced once, when a process of the new one starts, and the passwords stay', async () => {
    const broker = await worldWithUsers();
    for (const id of ['h1', 'h2']) await world.ask(AddHost, { hostId: id, name: id, enrol: true });
    await world.ask(AddHost, { hostId: 'h3', name: 'h3' });
    expect(await startsWith(broker, 'r1')).toEqual(['r1 to h1', 'r1 to h2']);
    expect(await startsWith(broker, 'r1')).toEqual([]);
    expect(await startsWith(broker, 'r2')).toEqual(['r2 to h1', 'r2 to h2']);
    expect(await startsWith(broker, 'r2')).toEqual([]);
    expect([...broker.users.values()]).toEqual(['secret-1', 'secret-2']);
  });

  it('are replaced when the broker takes it', async () => {
    const broker = await worldWithUsers();
    await world.ask(AddHost, HOST);
    broker.away = true;
    expect(await startsWith(broker, 'r2')).toEqual([]);
    broker.away = false;
    await world.clock.advance(grantRightsMs);
    await world.idle();
    expect(broker.granted).toEqual(['r2 to h1']);
  });

  it('keep nobody from theirs where a user is gone, and come back to no user of a removed host', async () => {
    const broker = await worldWithUsers();
    for (const id of ['h1', 'h2', 'h3']) await world.ask(AddHost, { hostId: id, name: id, enrol: true });
    broker.users.delete('h1');
    await world.ask(RemoveHost, { host: 'h2' });
    await world.idle();
    expect(await startsWith(broker, 'r2')).toEqual(['r2 to h3']);
  });
});

describe('a host that is enrolled again', () => {
  it('gets new credentials with every request, and none from a repeated one', async () => {
    const broker = await worldWithUsers();
    await world.ask(AddHost, HOST);
    expect(replyOf(await world.ask(EnrolHost, { host: 'alpha' }, 'renew')).password).toBe('secret-2');
    expect(await world.ask(EnrolHost, { host: 'alpha' }, 'renew')).toMatchObject({
      refusals: [{ code: 'ENROLMENT_TOLD_ONCE' }],
    });
    expect(broker.users.get('h1')).toBe('secret-2');
    expect(replyOf(await world.ask(EnrolHost, { host: 'h1' }, 'renew-2')).password).toBe('secret-3');
  });

  it('can be asked for with the same request when the broker took none', async () => {
    const broker = await worldWithUsers();
    await world.ask(AddHost, HOST);
    broker.away = true;
    const refused = await world.ask(EnrolHost, { host: 'h1' }, 'renew');
    expect(refused).toMatchObject({ refusals: [{ code: 'BROKER_USERS_UNAVAILABLE' }] });
    broker.away = false;
    expect(replyOf(await world.ask(EnrolHost, { host: 'h1' }, 'renew')).password).toBe('secret-2');
  });

  it('must be there', async () => {
    await worldWithUsers();
    expect(await world.ask(EnrolHost, { host: 'h9' })).toMatchObject({ refusals: [{ code: 'HOST_NOT_EXIST' }] });
  });

  it('has no user left when it is removed at that very moment', async () => {
    const broker = await worldWithUsers();
    await world.ask(AddHost, HOST);
    broker.beforeAnswer = async () => {
      await world.ask(RemoveHost, { host: 'alpha' });
    };
    expect(await world.ask(EnrolHost, { host: 'h1' })).toMatchObject({ refusals: [{ code: 'HOST_NOT_EXIST' }] });
    await world.idle();
    expect(broker.users.size).toBe(0);
  });
});

describe('a host that is removed', () => {
  it('loses its user', async () => {
    const broker = await worldWithUsers();
    await world.ask(AddHost, HOST);
    await world.ask(RemoveHost, { host: 'alpha' });
    await world.idle();
    expect(broker.users.size).toBe(0);
  });

  it('loses its user when the broker takes that again', async () => {
    const broker = await worldWithUsers();
    await world.ask(AddHost, HOST);
    broker.away = true;
    await world.ask(RemoveHost, { host: 'alpha' });
    await world.idle();
    expect(broker.users.size).toBe(1);
    expect(await world.ask(GetHost, { host: 'alpha' })).toMatchObject({ ok: false });
    broker.away = false;
    await world.clock.advance(INVENTORY_DEFAULTS.endUsersMs);
    await world.idle();
    expect(broker.users.size).toBe(0);
  });

  it('loses its user though the process died when it was removed', async () => {
    const broker = await worldWithUsers();
    await world.ask(AddHost, HOST);
    broker.away = true;
    await world.ask(RemoveHost, { host: 'alpha' });
    await world.idle();
    await world.restart();
    broker.away = false;
    await world.clock.advance(INVENTORY_DEFAULTS.endUsersMs);
    await world.idle();
    expect(broker.users.size).toBe(0);
  });
});

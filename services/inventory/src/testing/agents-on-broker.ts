import { randomBytes } from 'node:crypto';
import { amqpBus } from '@vfleet/bus/amqp';
import type { Bus } from '@vfleet/bus/bus';
import { remove } from '@vfleet/bus/testing/broker-under-test';
import { ALL_CONTRACTS } from '@vfleet/contracts/contracts';
import { topologyOf } from '@vfleet/contracts/topology';
import { systemClock } from '@vfleet/process/clock';
import { silentLog } from '@vfleet/process/log';
import { type ChannelModel, type ConfirmChannel, connect } from 'amqplib';
import { afterAll, afterEach, beforeAll } from 'vitest';
import { rabbitmqUsers } from '../adapters/rabbitmq-users.ts';

const clock = systemClock();

/** Two hosts with users of a broker, h1 and h2, and whoever has their passwords; for the tests of a suite. */
export function agentsOnBroker({ amqpUrl, apiUrl }: { amqpUrl: string; apiUrl: string }) {
  const topology = topologyOf(ALL_CONTRACTS, { prefix: `rights-${randomBytes(4).toString('hex')}` });
  const users = rabbitmqUsers({ amqpUrl, apiUrl, topology, clock });
  const open: { close(): Promise<void> }[] = [];
  const urls = { h1: '', h2: '' };
  let control: Bus;

  beforeAll(async () => {
    control = await amqpBus({ url: amqpUrl, clock, log: silentLog, topology });
    Object.assign(urls, { h1: await urlOf('h1'), h2: await urlOf('h2') });
  });
  afterEach(async () => {
    for (const each of open.splice(0)) await each.close().catch(() => undefined);
  });
  afterAll(async () => {
    for (const id of ['h1', 'h2']) await users.remove(id);
    await control.close();
    await remove(amqpUrl, topology);
  });

  async function urlOf(hostId: string): Promise<string> {
    const { username, password, broker_url } = await users.enrol(hostId);
    const url = new URL(broker_url);
    return Object.assign(url, { username, password }).toString();
  }

  async function agentOf(hostId: 'h1' | 'h2'): Promise<Bus> {
    const bus = await amqpBus({ url: urls[hostId], clock, log: silentLog, topology, role: 'agent' });
    open.push(bus);
    return bus;
  }

  /** A channel of the agent's user, as whoever has its password can open one. */
  async function channelOf(hostId: 'h1' | 'h2'): Promise<ConfirmChannel> {
    const channel = await (await connectionWith(urls[hostId])).createConfirmChannel();
    channel.on('error', () => undefined);
    return channel;
  }

  async function connectionWith(url: string): Promise<ChannelModel> {
    const connection = await connect(url);
    connection.on('error', () => undefined);
    open.push(connection);
    return connection;
  }

  return { topology, users, urls, control: () => control, urlOf, agentOf, channelOf, connectionWith };
}

export function contextOf(kind: 'agent' | 'service', name: string) {
  const id = randomBytes(8).toString('hex');
  return { id, correlationId: id, actor: { kind, name }, sentAt: '2026-01-01T00:00:00.000Z' };
}

import { virtualClock } from '@vfleet/process/virtual-clock';
import { expect, it } from 'vitest';
import { fenceFloor } from './fence-floor.ts';
import { stateFiles } from './state-files.ts';
import { memoryFiles } from './testing/memory-files.ts';
import { passing } from './testing/passing.ts';

async function open(disk = memoryFiles()) {
  const clock = virtualClock();
  return { clock, disk, floor: await fenceFloor(stateFiles(disk), { boot: 3, clock }) };
}

it('is known once it was told, and not after contact was lost', async () => {
  const { floor } = await open();
  expect(floor.known()).toBeNull();
  await floor.learn(0, null);
  expect(floor.known()).toBe(0);
  floor.forget();
  expect(floor.known()).toBeNull();
  await floor.learn(4, null);
  expect(floor.known()).toBe(4);
});

it('never falls, in this process and the next', async () => {
  const { floor, disk } = await open();
  await floor.learn(7, null);
  await floor.learn(3, null);
  expect(floor.known()).toBe(7);
  const { floor: next } = await open(disk);
  expect(next.known()).toBeNull();
  await next.learn(0, null);
  expect(next.known()).toBe(7);
});

it('that is kept only after contact was lost again is not known by it', async () => {
  const { floor } = await open();
  const learning = floor.learn(7, null);
  floor.forget();
  await learning;
  expect(floor.known()).toBeNull();
  await floor.learn(0, null);
  expect(floor.known()).toBe(7);
});

it('is not known by one that answers another contact, but is kept', async () => {
  const { floor } = await open();
  const before = floor.contact();
  floor.forget();
  await floor.learn(5, before);
  expect(floor.known()).toBeNull();
  await floor.learn(2, floor.contact());
  expect(floor.known()).toBe(5);
});

it('is waited for as long as it is told, and not until somebody else tells it', async () => {
  const { floor, clock } = await open();
  const began = clock.now();
  await passing(clock, floor.awaited(10_000));
  expect(clock.now() - began).toBeGreaterThanOrEqual(10_000);
  const waiting = floor.awaited(10_000);
  await floor.learn(0, null);
  await waiting;
  await floor.awaited(10_000);
  expect(clock.now() - began).toBeLessThan(11_000);
});

import { expect, it } from 'vitest';
import { forgetPf } from './forget.ts';
import { agentUnderTest, PF } from './testing/agent-under-test.ts';
import { memoryFiles } from './testing/memory-files.ts';

it('makes a PF unmanaged and leaves its VFs', async () => {
  const agent = agentUnderTest();
  await agent.start();
  await agent.want(3);
  await agent.settled();
  await agent.close();
  expect(await forgetPf({ files: agent.disk, address: PF })).toBe(true);
  expect([...agent.disk.contents.keys()].filter((path) => path.includes(PF))).toEqual([]);
  await agent.start();
  expect(agent.pfReport()).toMatchObject({ persisted: null, settlement: null, warning: null });
  expect(agent.machine.numVfs(PF)).toBe(3);
});

it('forgets what cannot be read', async () => {
  const files = memoryFiles({ [`virtual_functions/${PF}`]: 'seven', [`vfleet/journal/${PF}.json`]: '{' });
  expect(await forgetPf({ files, address: PF })).toBe(true);
  expect(files.contents.size).toBe(0);
});

it('says when there was nothing to forget', async () => {
  expect(await forgetPf({ files: memoryFiles(), address: PF })).toBe(false);
});

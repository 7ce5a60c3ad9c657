import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type FlowSystem, startFlowSystem } from './flow-system.ts';

const PF = '0000:05:00.0';

let system: FlowSystem;
let nic: string;
let config: string;

beforeEach(async () => {
  system = await startFlowSystem();
  const { body } = await system.until(`/api/hosts/${system.host}/nics`, ({ items }) => items.length > 0);
  const pf = body.items.find((each: { pci_address: string }) => each.pci_address === PF);
  nic = pf.name;
  config = `/api/hosts/${system.host}/nics/${nic}/vfsConfig`;
});
afterEach(() => system.close());

const codes = ({ body }: { body: { refusals: { code: string }[] } }) => body.refusals.map(({ code }) => code);

describe('an administrator changes the number of VFs', () => {
  it('from an unmanaged PF through 4, 7 and 3 to 0, and each answer is what the kernel holds', async () => {
    expect((await system.get(config)).body).toMatchObject({
      state: 'unmanaged',
      max_num_of_vfs: 7,
      num_of_vfs: 0,
      generation: 0,
    });
    let generation = 0;
    for (const number of [4, 7, 3, 0]) {
      const answer = await system.put(config, { num_of_vfs: number });
      expect(answer.status).toBe(200);
      expect(answer.body).toMatchObject({
        num_of_vfs: number,
        existing_num_of_vfs: number,
        state: 'ready',
        generation: ++generation,
        observed_generation: generation,
        last_error: null,
        drift: null,
      });
      expect(system.machine.numVfs(PF)).toBe(number);
    }
    const writes = system.machine
      .writes()
      .filter(({ pciAddress }) => pciAddress === PF)
      .map(({ count }) => count);
    expect(writes, 'every change between two numbers passes through 0').toEqual([4, 0, 7, 0, 3, 0]);
  });

  it('and sees the new VFs as nics of the PF, free or with the reasons why not', async () => {
    await system.put(config, { num_of_vfs: 2 });
    const { body } = await system.get(`/api/hosts/${system.host}/nics`);
    const vfs = body.items.filter((each: { vf: unknown }) => each.vf !== null);
    expect(vfs).toHaveLength(2);
    for (const each of vfs)
      expect(each).toMatchObject({ physical_function: { name: nic }, vf: { free: true, reasons: [], claim: null } });
    expect((await system.get(config)).body).toMatchObject({ num_of_free_vfs: 2, num_of_vfs_in_use: 0 });
    const devices = (await system.get(`/api/hosts/${system.host}/devices?limit=1000`)).body.items;
    expect(
      devices.filter((each: { physical_function: string }) => each.physical_function === 'pci_0000_05_00_0'),
    ).toHaveLength(2);
  });

  it('to what already is: nothing is done and no new generation made', async () => {
    await system.put(config, { num_of_vfs: 2 });
    const writes = system.machine.writes().length;
    expect((await system.put(config, { num_of_vfs: 2 })).body).toMatchObject({ generation: 1, state: 'ready' });
    expect(system.machine.writes()).toHaveLength(writes);
  });

  it('by putting back what was read', async () => {
    const { body } = await system.put(config, { num_of_vfs: 2 });
    const answer = await system.put(config, { ...body, num_of_vfs: 3 });
    expect(answer.status).toBe(200);
    expect(answer.body.existing_num_of_vfs).toBe(3);
  });

  it('without waiting: 202 at once, and a later read shows the result', async () => {
    const answer = await system.put(config, { num_of_vfs: 5 }, { prefer: 'wait=0' });
    expect(answer.status).toBe(202);
    expect(answer.body).toMatchObject({ num_of_vfs: 5, generation: 1 });
    await system.until(config, (body) => body.state === 'ready' && body.existing_num_of_vfs === 5);
  });

  it('only if nobody changed it since it was read', async () => {
    const { headers } = await system.get(config);
    await system.put(config, { num_of_vfs: 2 });
    const stale = await system.put(config, { num_of_vfs: 3 }, { 'if-match': headers.get('etag') ?? '' });
    expect(stale.status).toBe(412);
    expect((await system.get(config)).body.num_of_vfs).toBe(2);
  });

  it('twice by the same idempotency key: it is carried out once', async () => {
    const headers = { 'idempotency-key': `key-${system.host}` };
    await system.put(config, { num_of_vfs: 2 }, headers);
    const again = await system.put(config, { num_of_vfs: 2 }, headers);
    expect(again.status).toBe(200);
    expect((await system.get(config)).body.generation).toBe(1);
  });
});

describe('an administrator is refused, with nothing changed', () => {
  it('a number over the maximum, with the range', async () => {
    const answer = await system.put(config, { num_of_vfs: 8 });
    expect(answer.status).toBe(400);
    expect(codes(answer)).toEqual(['ACTION_TYPE_FAILED_NUM_OF_VFS_NOT_IN_VALID_RANGE']);
    expect(answer.body.refusals[0]).toMatchObject({
      detail: expect.stringContaining('0 - 7'),
      remedy: expect.stringMatching(/\w/),
    });
    expect((await system.get(config)).body.generation).toBe(0);
  });

  it('a nic that is not there, and one that is no PF', async () => {
    const base = `/api/hosts/${system.host}/nics`;
    expect((await system.put(`${base}/nope/vfsConfig`, { num_of_vfs: 1 })).status).toBe(404);
    const plain = await system.put(`${base}/eno1/vfsConfig`, { num_of_vfs: 1 });
    expect(plain.status).toBe(400);
    expect(codes(plain)).toEqual(['ACTION_TYPE_FAILED_NIC_IS_NOT_SRIOV_ENABLED']);
  });

  it('while a VF is in use, before the kernel is asked, naming the VF and its holder', async () => {
    await system.put(config, { num_of_vfs: 2 });
    const { body } = await system.get(`/api/hosts/${system.host}/nics`);
    const vf = body.items.find((each: { vf: unknown }) => each.vf !== null).pci_address;
    system.machine.hold(vf, { kind: 'vfio', process: { name: 'qemu-system-x86', pid: 4242 } });
    const writes = system.machine.writes().length;
    const answer = await system.put(config, { num_of_vfs: 3 });
    expect(answer.status).toBe(409);
    expect(codes(answer)).toEqual(['ACTION_TYPE_FAILED_NUM_OF_VFS_CANNOT_BE_CHANGED']);
    expect(answer.text).toMatch(/4242/);
    expect(system.machine.writes()).toHaveLength(writes);
    system.machine.letGo(vf);
    await system.until(config, (read) => read.num_of_vfs_in_use === 0);
    expect((await system.put(config, { num_of_vfs: 3 })).status).toBe(200);
  });
});

describe('a change fails', () => {
  it('with cause and remedy, back at the last known good number, and the same number again is the retry', async () => {
    await system.put(config, { num_of_vfs: 2 });
    const end = system.machine.inject({ kind: 'errno', pf: PF, errno: 'ENOMEM', writes: { count: 6, times: null } });
    const answer = await system.put(config, { num_of_vfs: 6 });
    expect(answer.status).toBe(502);
    expect(codes(answer)).toEqual(['UPDATE_NUM_VFS_FAILURE']);
    expect(answer.body.refusals[0].detail).toMatch(/ENOMEM|memory/i);
    expect(answer.body.refusals[0].remedy).toMatch(/4G|pci=realloc/);
    expect((await system.get(config)).body).toMatchObject({ state: 'failed', existing_num_of_vfs: 2, num_of_vfs: 6 });
    end();
    expect((await system.put(config, { num_of_vfs: 6 })).body).toMatchObject({
      state: 'ready',
      existing_num_of_vfs: 6,
    });
  });

  it('when the kernel gives fewer VFs than asked, naming both counts', async () => {
    system.machine.inject({ kind: 'fewer-vfs', pf: PF, enabled: 3, writes: { count: 5 } });
    const answer = await system.put(config, { num_of_vfs: 5 });
    expect(answer.status).toBe(502);
    expect(answer.body.refusals[0].detail).toMatch(/5/);
    expect(answer.body.refusals[0].detail).toMatch(/3/);
  });
});

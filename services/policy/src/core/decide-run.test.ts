import { describe, expect, it } from 'vitest';
import { sampleVm, sampleVnic } from '../testing/sample-vm.ts';
import { decideBeginRun, decideEndRun } from './decide-run.ts';

const RUNS = sampleVm([], { placementId: 'p1' });

describe('a run begins', () => {
  it('on a VM that does not run, which keeps its revision', () => {
    expect(decideBeginRun(sampleVm(), 'p1')).toEqual({ ok: true, changed: true, vm: RUNS });
  });

  it('once for a placement', () => expect(decideBeginRun(RUNS, 'p1')).toEqual({ ok: true, changed: false, vm: RUNS }));

  it('not while another placement runs the VM, which is named', () => {
    const refused = { ok: false, refusals: [{ code: 'VM_IS_RUNNING', detail: expect.stringContaining('p1') }] };
    expect(decideBeginRun(RUNS, 'p2')).toMatchObject(refused);
  });
});

it.each([
  ['ends for its placement', RUNS, sampleVm()],
  ['is not ended for another one', sampleVm([], { placementId: 'p2' }), undefined],
  ['is ended once', sampleVm(), undefined],
])('a run %s', (_, vm, ended) => expect(decideEndRun(vm, { placementId: 'p1' })).toEqual(ended));

it('a run that ends tells where its guest had its vNICs, which is kept from the first time on', () => {
  const had = '0000:07:00.0';
  const vm = sampleVm([sampleVnic(1), sampleVnic(2, { guestPciAddress: '0000:08:00.0' })], { placementId: 'p1' });
  const told = ['n1', 'n2', 'gone'].map((vnicId) => ({ vnicId, guestPciAddress: had }));
  expect(decideEndRun(vm, { placementId: 'p1', guestPciAddresses: told })?.nics).toEqual([
    sampleVnic(1, { guestPciAddress: had, revision: 2 }),
    sampleVnic(2, { guestPciAddress: '0000:08:00.0' }),
  ]);
});

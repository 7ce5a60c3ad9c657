import { describe, expect, it } from 'vitest';
import { sampleVm, sampleVnic } from '../testing/sample-vm.ts';
import { decidePlugged } from './decide-plugged.ts';

const PIN = { hostId: 'h1', pciAddress: '0000:05:10.1' };
const OUT = sampleVnic(1, { plugged: false });
const RUNS = sampleVm([OUT, sampleVnic(2)], { placementId: 'p1' });
const PLUG = { vnic: 'n1', placementId: 'p1', plugged: true };

describe('a vNIC of a VM that runs', () => {
  it('is plugged, which is a new revision of it alone', () => {
    const nics = [sampleVnic(1, { revision: 2 }), sampleVnic(2)];
    expect(decidePlugged(RUNS, PLUG)).toEqual({ ok: true, changed: true, vm: { ...RUNS, nics } });
  });

  it('is unplugged', () => {
    const unplug = { vnic: 'n2', placementId: 'p1', plugged: false };
    const nics = [OUT, sampleVnic(2, { revision: 2, plugged: false })];
    expect(decidePlugged(RUNS, unplug)).toEqual({ ok: true, changed: true, vm: { ...RUNS, nics } });
  });

  it.each(['n2', 'n1'])('is left as it is when it is so already: %s', (vnic) => {
    const asked = { vnic, placementId: 'p1', plugged: vnic === 'n2' };
    expect(decidePlugged(RUNS, asked)).toEqual({ ok: true, changed: false, vm: RUNS });
  });

  const REFUSED: [string, typeof RUNS, Partial<typeof PLUG>, string[]][] = [
    ['of a VM that does not run', { ...RUNS, placementId: null }, {}, ['VM_IS_NOT_RUNNING']],
    ['of a VM that runs for another placement', { ...RUNS, placementId: 'p2' }, {}, ['VM_IS_NOT_RUNNING']],
    ['that another placement unplugs', { ...RUNS, placementId: 'p2' }, { plugged: false }, ['VM_IS_NOT_RUNNING']],
    ['that is not there', RUNS, { vnic: 'nic1' }, ['VNIC_NOT_EXIST']],
    ['pinned to a VF of another host', pinned({ ...PIN, hostId: 'h2' }), {}, ['PINNED_VFS_CONTRADICT']],
    ['pinned to the VF of another vNIC', pinned(PIN), {}, ['PINNED_VFS_CONTRADICT']],
    [
      'that breaks every rule',
      { ...pinned(PIN), placementId: null },
      {},
      ['VM_IS_NOT_RUNNING', 'PINNED_VFS_CONTRADICT'],
    ],
  ];
  it.each(REFUSED)('is refused: one %s', (_, vm, asked, codes) => {
    expect(decidePlugged(vm, { ...PLUG, ...asked })).toMatchObject({
      ok: false,
      refusals: codes.map((code) => ({ code })),
    });
  });

  it('can be unplugged from a VM whose pins contradict', () => {
    const vm = pinned(PIN);
    const both = { ...vm, nics: vm.nics.map((vnic) => ({ ...vnic, plugged: true })) };
    expect(decidePlugged(both, { ...PLUG, plugged: false })).toMatchObject({ ok: true, changed: true });
  });
});

/** The VM, its vNICs pinned: the one that is plugged to the sample VF, the other one as told. */
function pinned(pin: typeof PIN) {
  return { ...RUNS, nics: [{ ...OUT, pinnedVf: pin }, sampleVnic(2, { pinnedVf: PIN })] };
}

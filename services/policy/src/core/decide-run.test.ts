import { describe, expect, it } from 'vitest';
import { sampleVm } from '../testing/sample-vm.ts';
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
])('a run %s', (_, vm, ended) => expect(decideEndRun(vm, 'p1')).toEqual(ended));

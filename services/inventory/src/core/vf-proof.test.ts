import { VfState } from '@vfleet/contracts/vocabulary/vf';
import { describe, expect, it } from 'vitest';
import { knownNetworks } from '../testing/known-networks.ts';
import { claimed, sampleLedger, sampleVf } from '../testing/sample-ledger.ts';
import { findNic } from './find-nic.ts';
import type { Ledger, LedgerVf } from './ledger.ts';
import { nicView } from './nic-view.ts';

const AT = '2026-01-02T00:00:00.000Z';
const VF1 = '0000:41:10.2';
const WEB = { name: 'web', vmId: 'v1', placementId: 'p1', attempt: 1, vfs: [{ pciAddress: VF1, vnicId: 'n1' }] };
const FENCE = { pciAddress: VF1, fence: 4, claimId: 'c1' };
const NO_CLAIM = 'ledger: no claim';
const NO_DOMAIN = `hypervisor, ${AT}: no domain holds it`;
const NOTHING = `host, ${AT}: driver igbvf, nothing that uses it`;

const BRIDGE = { inUse: true, reasons: [{ code: 'BRIDGE', text: 'is a port of a bridge (br0)' }] };
const NO_NETDEV = { driver: null, reasons: [{ code: 'NO_NETDEV', text: 'has no network device on the host' }] };
const DIRTY = { cause: 'the MAC is refused', remedy: '' };

describe('every VF is in one state, with what shows it', () => {
  it.each<[string, Ledger, string[]]>([
    ['free', heard(), [NO_CLAIM, NO_DOMAIN, NOTHING]],
    ['reserved', inState('reserved'), ['ledger: claim c1 with fence 1, reserved since 2026-01-01', NO_DOMAIN, NOTHING]],
    [
      'attached',
      told(inState('attached'), { domains: [WEB], uncleaned: [FENCE] }),
      [
        'ledger: claim c1 with fence 1, attached since 2026-01-01',
        `hypervisor, ${AT}: domain web holds it, prepared with fence 4 and not cleaned since`,
        NOTHING,
      ],
    ],
    [
      'releasing',
      inState('releasing'),
      ['ledger: claim c1 with fence 1, releasing since 2026-01-01', NO_DOMAIN, NOTHING],
    ],
    [
      'dirty',
      inState('dirty', DIRTY),
      ['ledger: claim c1 with fence 1, dirty since 2026-01-01 (the MAC is refused)', NO_DOMAIN, NOTHING],
    ],
    ['in_use', heard(BRIDGE), [NO_CLAIM, NO_DOMAIN, `host, ${AT}: driver igbvf, is a port of a bridge (br0)`]],
    ['in_use', told(heard(), { domains: [WEB] }), [NO_CLAIM, `hypervisor, ${AT}: domain web holds it`, NOTHING]],
    [
      'in_use',
      told(heard(), { uncleaned: [FENCE] }),
      [NO_CLAIM, `${NO_DOMAIN}, prepared with fence 4 and not cleaned since`, NOTHING],
    ],
    [
      'unavailable',
      heard(NO_NETDEV),
      [NO_CLAIM, NO_DOMAIN, `host, ${AT}: no driver, has no network device on the host`],
    ],
    [
      'unavailable',
      { ...heard(), vfsConfigs: heard().vfsConfigs.map((config) => ({ ...config, driver: null })) },
      [
        `${NO_CLAIM}, belongs to a physical function that is not healthy (ens11: it has no driver bound)`,
        NO_DOMAIN,
        NOTHING,
      ],
    ],
  ])('%s', (state, ledger, proof) => {
    expect(shown(ledger)).toMatchObject({ state, proof: proof.join('; '), free: state === 'free' });
  });

  it('also when neither host nor hypervisor was heard', () => {
    const { state, proof } = shown({ ...heard(), domains: null, report: null });
    expect({ state, proof }).toEqual({
      state: 'free',
      proof: 'ledger: no claim; hypervisor: not heard yet; host: not heard yet',
    });
  });
});

function shown(ledger: Ledger) {
  const found = findNic(ledger, `pci_${VF1.replace(/[:.]/g, '_')}`);
  const vf = found && nicView(ledger, found, knownNetworks()).vf;
  if (!vf) throw new Error('no such VF');
  VfState.parse(vf.state);
  return vf;
}

function heard(change: Partial<LedgerVf> = {}): Ledger {
  const report = { boot: 1, sequence: 1, digest: 'd', takenAt: AT, iommu: true, listingDigest: 'd' };
  return told({ ...sampleLedger({ vfs: [sampleVf(0), sampleVf(1, change)] }), report }, {});
}

function told(ledger: Ledger, change: Partial<NonNullable<Ledger['domains']>>): Ledger {
  const origin = { boot: 1, sequence: 1, machineBoot: 'm1', takenAt: AT };
  return { ...ledger, domains: { ...origin, domains: [], uncleaned: [], ...change } };
}

function inState(state: Ledger['claims'][number]['state'], dirty: typeof DIRTY | null = null): Ledger {
  const ledger = claimed(heard());
  return { ...ledger, claims: ledger.claims.map((claim) => ({ ...claim, state, dirty })) };
}

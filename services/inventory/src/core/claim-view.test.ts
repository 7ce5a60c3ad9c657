import { Claim } from '@vfleet/contracts/vocabulary/claim';
import { expect, it } from 'vitest';
import { hostWithClaims, MADE, sampleClaim, VM } from '../testing/sample-claims.ts';
import { vfAt } from '../testing/sample-ledger.ts';
import { claimView, nicsOfVfs, vfPath } from './claim-view.ts';
import { claimsToClean } from './claims-to-clean.ts';

it('shows a claim with the names of its VF and PF', () => {
  const claim = sampleClaim('c1', 0);
  expect(Claim.parse(claimView(hostWithClaims(claim), claim))).toEqual({
    ...{ claimId: 'c1', pciAddress: vfAt(0), fence: 1, placementId: 'p1', vm: VM },
    ...{ vnic: { id: 'n-c1', name: 'nic-c1' }, vf: { name: 'ens11v0', pf: { id: 'h1-1', name: 'ens11' } } },
    ...{ state: 'attached', since: MADE },
  });
});

it('shows a VF that has vanished by its device name, under its PF', () => {
  const claim = sampleClaim('c1', 40, { pciAddress: '0000:41:1f.7' });
  const ledger = hostWithClaims(claim);
  expect(claimView(ledger, claim).vf).toEqual({ name: 'pci_0000_41_1f_7', pf: { id: 'h1-1', name: 'ens11' } });
  expect(nicsOfVfs(ledger, [claim])).toEqual(['ens11']);
  expect(nicsOfVfs(ledger, [{ pciAddress: claim.pciAddress }])).toEqual([]);
  expect(nicsOfVfs(ledger, [{ pciAddress: vfAt(3) }])).toEqual(['ens11']);
  expect(vfPath('h1', claim.pciAddress)).toBe('/api/hosts/h1/nics/pci_0000_41_1f_7');
});

it('tells an agent what to clean by claim, VF and fence, and none that is not heard', () => {
  const claims = [sampleClaim('c1', 0, { state: 'releasing' }), sampleClaim('c2', 1, { state: 'dirty' })];
  const ledger = hostWithClaims(...claims, sampleClaim('c3', 2));
  expect(claimsToClean(ledger, ['releasing'])).toEqual([{ claimId: 'c1', pciAddress: vfAt(0), fence: 1 }]);
  expect(claimsToClean(ledger, ['releasing', 'dirty'])).toHaveLength(2);
  const down = { ...ledger, connection: { ...ledger.connection, status: 'down' as const } };
  expect(claimsToClean(down, ['releasing', 'dirty'])).toEqual([]);
});

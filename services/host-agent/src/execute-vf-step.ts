import { createHash } from 'node:crypto';
import type { PciAddress } from '@vfleet/contracts/vocabulary/pci';
import { propertiesOf, unsupportedBy, type VfProperty, withUnsupported } from './core/unsupported-properties.ts';
import { brokenFences } from './core/vf-fence.ts';
import { changesBackTo, changesTo, onlyMac, untoldIn, type VfSettings, ZERO_MAC } from './core/vf-settings.ts';
import type { VmFailureSeen } from './core/vm-failures.ts';
import type { VfStep } from './core/vm-step.ts';
import { faultOf } from './fault-of.ts';
import { readBackPatiently } from './read-back-patiently.ts';
import { setVfPatiently } from './set-vf-patiently.ts';
import type { VfSurroundings } from './vm-walk.ts';

type StepOf<Kind extends VfStep['kind']> = VfStep & { kind: Kind };

/** Does one step on VFs; answers what failed. Commands of one PF follow one another; what is thrown is a fault. */
export async function executeVfStep(step: VfStep, around: VfSurroundings): Promise<VmFailureSeen[]> {
  const { host, files, floor, pfLock } = around;
  switch (step.kind) {
    case 'keep-fences':
      await Promise.all(step.fences.map(({ pciAddress, fence }) => files.keepFence(pciAddress, fence)));
      return [];
    case 'check-floor': {
      const known = floor.known();
      return known === null ? [{ kind: 'no-floor' }] : step.claims.flatMap((claim) => brokenFences(claim, null, known));
    }
    case 'check-pf':
      return around.isPfChanging(step.pfAddress) ? [{ kind: 'pf-changing', pf: step.pfAddress }] : [];
    case 'pf-up':
      await pfLock(step.pfAddress, () => host.setPfUp(step.pfAddress));
      return [];
    case 'apply':
      return pfLock(step.vf.pfAddress, () => apply(step, around));
    case 'restore':
      return pfLock(step.vf.pfAddress, () => restore(step, around));
    case 'bind':
      return pfLock(step.vf.pfAddress, () => bind(step, around));
  }
}

async function apply({ vf, wanted }: StepOf<'apply'>, around: VfSurroundings): Promise<VmFailureSeen[]> {
  const seen = await around.guests.lookAtVf(vf.pciAddress);
  if (!seen) return [{ kind: 'vf-missing', vf: vf.pciAddress }];
  const untold = propertiesOf(untoldIn(wanted, seen.settings));
  if (untold.length > 0) {
    await keepUnsupported(vf.pfAddress, untold, around);
    return [{ kind: 'not-told', vf: vf.pciAddress, properties: untold }];
  }
  for (const settings of changesTo(wanted, seen.settings)) {
    const refused = await set(vf, settings, around);
    if (refused) return [refused];
  }
  return readBackPatiently(around, vf.pciAddress, wanted);
}

/**
 * What was refused counts only when a difference is left; what ends in a fault keeps nothing else from being taken back,
 * least of all the MAC, which would be on the network twice. A MAC of zeros that is refused, or taken and not shown, gives
 * way to one of ours: a driver that answers zeros with the MAC of its own choice would be tried for ever, and one that
 * does nothing would leave the guest's.
 */
async function restore({ vf, before }: StepOf<'restore'>, around: VfSurroundings): Promise<VmFailureSeen[]> {
  const seen = await around.guests.lookAtVf(vf.pciAddress);
  if (!seen) return [];
  let target = before;
  const refused: VmFailureSeen[] = [];
  for (const settings of changesBackTo(before, seen.settings)) {
    const refusal = await set(vf, settings, around).catch(faultOf);
    const isZero = settings.mac === ZERO_MAC;
    if (isZero && (refusal || (await readBackPatiently(around, vf.pciAddress, onlyMac(ZERO_MAC))).length > 0)) {
      target = { ...before, mac: localMac(around.newId()) };
      const again = await set(vf, { mac: target.mac }, around).catch(faultOf);
      if (again) refused.push(again);
    } else if (refusal) refused.push(refusal);
  }
  const left = await readBackPatiently(around, vf.pciAddress, target);
  return left.length === 0 ? [] : [...left, ...refused];
}

/** Where nothing gives VFs a network driver, none is what they had: autoprobe is off, or the driver is not there. */
async function bind(
  { vf, to, deadlineMs }: StepOf<'bind'>,
  { guests, host }: VfSurroundings,
): Promise<VmFailureSeen[]> {
  const change = await guests.bindVf(vf.pciAddress, to, deadlineMs);
  if (change.kind === 'errno') return [{ kind: 'bind-refused', vf: vf.pciAddress, to, errno: change.errno }];
  const seen = await guests.lookAtVf(vf.pciAddress);
  if (!seen) return [{ kind: 'vf-missing', vf: vf.pciAddress }];
  const { driver } = seen;
  const isBound = to === 'vfio-pci' ? driver === 'vfio-pci' : driver !== null && driver !== 'vfio-pci';
  const isWithout = to === 'network' && driver === null && !(await expectsDriver(host, vf.pfAddress));
  return isBound || isWithout ? [] : [{ kind: 'bound-otherwise', vf: vf.pciAddress, to, driver }];
}

async function expectsDriver(host: VfSurroundings['host'], pfAddress: PciAddress): Promise<boolean> {
  const pf = await host.lookAtPf(pfAddress);
  return pf === undefined || (pf.autoprobe && pf.vfDriverAvailable);
}

async function set(
  { pciAddress, pfAddress }: StepOf<'apply'>['vf'],
  settings: Partial<VfSettings>,
  around: VfSurroundings,
): Promise<VmFailureSeen | null> {
  const change = await setVfPatiently(around, pciAddress, settings);
  if (change.kind === 'done') return null;
  const isUnsupported = await learnUnsupported(pfAddress, settings, change.errno, around);
  return { kind: 'set-refused', vf: pciAddress, settings, errno: change.errno, isUnsupported };
}

/** Keeps what a refusal shows to be unsupported by driver and firmware; answers whether it shows that. */
async function learnUnsupported(
  pfAddress: PciAddress,
  settings: Partial<VfSettings>,
  errno: string,
  around: VfSurroundings,
): Promise<boolean> {
  const [nic] = await around.host.nicsOf([pfAddress]);
  const found = unsupportedBy(settings, errno, { carrier: nic?.carrier ?? null, speed: nic?.speed ?? null });
  return found.length > 0 && keepUnsupported(pfAddress, found, around);
}

async function keepUnsupported(
  pfAddress: PciAddress,
  found: readonly VfProperty[],
  { host, files, supportLearnt }: VfSurroundings,
): Promise<boolean> {
  const pf = await host.lookAtPf(pfAddress);
  if (!pf) return false;
  await files.keepUnsupported(pfAddress, withUnsupported(await files.unsupported(pfAddress), pf, found));
  supportLearnt();
  return true;
}

/** A locally administered unicast MAC (IEEE 802: the second bit of the first byte set, the first clear). */
function localMac(id: string): string {
  const bytes = createHash('sha256').update(id).digest().subarray(0, 6);
  bytes[0] = ((bytes[0] ?? 0) & 0xfc) | 0x02;
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join(':');
}

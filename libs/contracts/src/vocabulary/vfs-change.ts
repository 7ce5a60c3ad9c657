/** The code of a change refused because another number of VFs existed than the one it was meant for. */
export const EXISTING_CHANGED_CODE = 'EXISTING_VFS_CHANGED';

/** A step that looks at or touches the PF and its VFs. `mtuOnly`: no VF is removed, the PF only gets another MTU. */
export type PfStep =
  | { kind: 'check-holders'; mtuOnly: boolean }
  | { kind: 'write'; count: number }
  | { kind: 'read-back'; count: number }
  | { kind: 'await-no-vfs' }
  | { kind: 'await-vfs'; count: number }
  | { kind: 'await-netdevs'; count: number }
  | { kind: 'set-mtu'; mtu: number }
  | { kind: 'read-back-mtu'; mtu: number }
  | { kind: 'pf-up' };

/** A step that keeps on the host's disk how far the change is. */
export type RecordStep =
  | { kind: 'journal' }
  | { kind: 'persist'; count: number }
  | { kind: 'unpersist' }
  | { kind: 'settle' };

/**
 * A step of a change of a PF's number of VFs, as it is planned, walked and shown. A host's agent adds what it needs to
 * walk it.
 */
export type VfsChangeStep = PfStep | RecordStep;

/**
 * The steps from the VFs that exist to those wanted. The kernel refuses to go from one non-zero number to another
 * (EBUSY), so every change passes through zero. When nothing differs no VF is touched; the number is persisted and
 * settled. `mtu` is what is set on the PF, null when its own stays: before VFs are made, since their drivers ask the PF
 * for the most they may have. `expectNetdevs`: autoprobe is on and the driver of the VFs is there.
 */
export function vfsChangeSteps({
  existing,
  wanted,
  mtu,
  expectNetdevs,
}: {
  existing: number;
  wanted: number;
  mtu: number | null;
  expectNetdevs: boolean;
}): VfsChangeStep[] {
  const opening: VfsChangeStep[] = [{ kind: 'check-holders', mtuOnly: wanted === existing }, { kind: 'journal' }];
  if (wanted === existing) {
    const mtuChange = mtu === null ? [] : [...opening, ...mtuSteps(mtu)];
    return [...mtuChange, ...presenceSteps(wanted), ...conclusionSteps(wanted)];
  }
  return [
    ...opening,
    ...removalSteps(existing),
    ...mtuSteps(mtu),
    ...creationSteps(wanted),
    ...arrivalSteps(wanted, expectNetdevs),
    ...conclusionSteps(wanted),
  ];
}

/** The MTU of the PF's netdev; that of its VFs' netdevs is their users' business, up to the PF's. */
export function mtuSteps(mtu: number | null): PfStep[] {
  return mtu === null
    ? []
    : [
        { kind: 'set-mtu', mtu },
        { kind: 'read-back-mtu', mtu },
      ];
}

/** Nothing is removed where there is nothing. */
export function removalSteps(existing: number): PfStep[] {
  return existing === 0 ? [] : [{ kind: 'write', count: 0 }, { kind: 'await-no-vfs' }];
}

/** The number is read back right after the write, so that fewer VFs than asked are told at once, not after a wait. */
export function creationSteps(count: number): PfStep[] {
  return count === 0
    ? []
    : [
        { kind: 'write', count },
        { kind: 'read-back', count },
      ];
}

/** What follows the last write: the VFs and, where they are expected, their netdevs come. */
export function arrivalSteps(count: number, expectNetdevs: boolean): PfStep[] {
  const awaited: PfStep[] = count === 0 ? [] : [{ kind: 'await-vfs', count }];
  const netdevs: PfStep[] = count > 0 && expectNetdevs ? [{ kind: 'await-netdevs', count }] : [];
  return [...awaited, ...netdevs, ...presenceSteps(count)];
}

/** The number is there, and the PF is up. */
export function presenceSteps(count: number): PfStep[] {
  return [{ kind: 'read-back', count }, { kind: 'pf-up' }];
}

/** The number holds: it is restored at boot from now on, and told. */
export function conclusionSteps(count: number): RecordStep[] {
  return [{ kind: 'persist', count }, { kind: 'settle' }];
}

/** A step as plans and progress show it. */
export function stepName(step: VfsChangeStep): string {
  switch (step.kind) {
    case 'check-holders':
      return 'check holders';
    case 'journal':
      return 'journal';
    case 'write':
      return `write ${step.count}`;
    case 'read-back':
      return `read back ${step.count}`;
    case 'await-no-vfs':
      return 'await 0 VFs';
    case 'await-vfs':
      return `await ${step.count} VFs`;
    case 'await-netdevs':
      return `await ${step.count} netdevs`;
    case 'set-mtu':
      return `set MTU ${step.mtu}`;
    case 'read-back-mtu':
      return `read back MTU ${step.mtu}`;
    case 'pf-up':
      return 'PF up';
    case 'persist':
      return `persist ${step.count}`;
    case 'unpersist':
      return 'unpersist';
    case 'settle':
      return 'settle';
  }
}

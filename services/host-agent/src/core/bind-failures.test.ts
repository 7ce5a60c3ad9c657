import { describe, expect, it } from 'vitest';
import { explainBindFailure } from './bind-failures.ts';

const vf = '0000:05:10.0';

describe('a VF that does not get a driver', () => {
  it.each([
    ['vfio-pci', 'EINVAL', /to vfio-pci: it is in no IOMMU group \(EINVAL\)/, /intel_iommu=on/],
    ['vfio-pci', 'ENOENT', /no vfio-pci driver/, /modprobe vfio-pci/],
    ['vfio-pci', 'ETIMEDOUT', /has not let go of it in time/, /dmesg/],
    ['vfio-pci', 'EBUSY', /could not be bound to vfio-pci \(EBUSY\)/, /dmesg/],
    ['network', 'ETIMEDOUT', /to its network driver: the kernel has not let go/, /fuser -v \/dev\/vfio/],
    ['network', 'EINVAL', /could not be bound to its network driver \(EINVAL\)/, /driver of the virtual functions/],
  ] as const)('%s, %s', (to, errno, cause, remedy) => {
    const told = explainBindFailure({ kind: 'bind-refused', vf, to, errno });
    expect(told).toEqual({
      code: errno,
      cause: expect.stringMatching(cause),
      remedy: expect.stringMatching(remedy),
    });
  });

  it('and has another one, or none', () => {
    const told = explainBindFailure({ kind: 'bound-otherwise', vf, to: 'network', driver: null });
    expect(told).toMatchObject({
      code: 'BOUND_OTHERWISE',
      cause: expect.stringContaining(`${vf} is bound to no driver`),
    });
  });
});

/**
 * Milliseconds of what libvirt, QEMU and a guest need, about as a small Linux guest shows them; a bind to vfio-pci is a
 * reset of the VF. All are times of the scenario.
 */
export const GUEST_MS = {
  start: 900,
  resume: 20,
  shutDown: 1500,
  destroy: 150,
  attach: 120,
  detach: 400,
  migrate: 2500,
  bindVfio: 30,
} as const;

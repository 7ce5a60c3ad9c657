import { describePf, type PfSubject } from './pf-subject.ts';

type Row = {
  cause: (pf: PfSubject, count: number) => string;
  remedy: (pf: PfSubject, count: number) => string;
};

/** What the kernel means by each errno of a write of `sriov_numvfs` (drivers/pci/iov.c and the drivers below it). */
export const ERRNO_CAUSES = {
  EBUSY: {
    cause: (pf) =>
      `the kernel found ${describePf(pf)} busy: it still has virtual functions, or its driver is in another operation`,
    remedy: (pf) =>
      `Check that nothing else manages the virtual functions of ${pf.pciAddress} (NetworkManager, another SR-IOV operator, a script), then send the number again.`,
  },
  ERANGE: {
    cause: (pf, count) => `${count} is more than the ${pf.totalVfs} virtual functions ${describePf(pf)} can have`,
    remedy: (pf) =>
      `Ask for 0 to ${pf.totalVfs}. If the card can do more, raise its number of virtual functions in the card's firmware or BIOS setup and reboot.`,
  },
  ENOENT: {
    cause: (pf) =>
      pf.driver === null
        ? `no driver is bound to ${describePf(pf)}`
        : `driver ${pf.driver} of ${describePf(pf)} does not create virtual functions, or the device has just gone`,
    remedy: (pf) =>
      pf.driver === null
        ? `Load the driver of the card (lspci -k -s ${pf.pciAddress} names it) and look for its errors in dmesg.`
        : `Update driver ${pf.driver} to one with SR-IOV, enable SR-IOV in the card's firmware, and check that the card is still seen: lspci -s ${pf.pciAddress}.`,
  },
  ENOSPC: {
    cause: (pf, count) => `${describePf(pf)} has not enough MSI-X interrupt vectors for ${count} virtual functions`,
    remedy: () =>
      'Ask for fewer virtual functions, or take vectors away from the physical function: fewer queues with ethtool -L, or more vectors per function in the card firmware.',
  },
  ENOMEM: {
    cause: (pf, count) =>
      `there is no PCI memory space or no bus numbers for ${count} virtual functions of ${describePf(pf)}`,
    remedy: () =>
      'Enable "Above 4G decoding" and SR-IOV in the BIOS, or boot the kernel with pci=realloc (and pci=assign-busses when dmesg asks for bus numbers).',
  },
  EINVAL: {
    cause: (pf, count) => `the driver of ${describePf(pf)} refuses ${count} virtual functions in its present mode`,
    remedy: (pf) =>
      `Look at dmesg for its reason: usual ones are an XDP program or DCB on ${pf.nic ?? 'the interface'}, switchdev mode (devlink dev eswitch show pci/${pf.pciAddress}), or a driver parameter max_vfs.`,
  },
  EPERM: {
    cause: (pf) => `the host agent is not permitted to change ${describePf(pf)}`,
    remedy: () =>
      'Run vfleet-host-agent as root with CAP_SYS_ADMIN; check kernel lockdown (cat /sys/kernel/security/lockdown) and that the host is no guest with a read-only sysfs.',
  },
  EACCES: {
    cause: (pf) => `the host agent may not write sriov_numvfs of ${describePf(pf)}`,
    remedy: () =>
      'Run vfleet-host-agent as root, with /sys mounted read-write, and look for refusals of SELinux or AppArmor in the audit log.',
  },
  EAGAIN: {
    cause: (pf) => `the driver of ${describePf(pf)} is not ready, for example in a reset or a firmware update`,
    remedy: (pf) => `Wait until ${pf.nic ?? pf.pciAddress} has a link again (dmesg tells), then send the number again.`,
  },
  EIO: {
    cause: (pf) => `${describePf(pf)} does not answer its driver: a hardware or firmware error`,
    remedy: (pf) =>
      `Look for errors of ${pf.pciAddress} in dmesg (AER, firmware); reset or power-cycle the host, update the firmware, replace the card if it stays.`,
  },
  EOPNOTSUPP: {
    cause: (pf) =>
      `driver ${pf.driver ?? '(none)'} of ${describePf(pf)} does not support this number of virtual functions`,
    remedy: (pf) =>
      `Update the driver and firmware of the card; leave switchdev or NPAR mode if it is in one (devlink dev eswitch show pci/${pf.pciAddress}).`,
  },
  ENODEV: {
    cause: (pf) => `${describePf(pf)} went away during the write`,
    remedy: (pf) =>
      `Check the card and its slot: lspci -s ${pf.pciAddress} and dmesg. After it is back, send the number again.`,
  },
} as const satisfies Record<string, Row>;

/** Cause and remedy of an errno that a write of `count` gave; one that is not in the table is named as it is. */
export function explainErrno(errno: string, pf: PfSubject, count: number): { cause: string; remedy: string } {
  const row: Row = Object.hasOwn(ERRNO_CAUSES, errno) ? ERRNO_CAUSES[errno as keyof typeof ERRNO_CAUSES] : UNKNOWN;
  return { cause: `${row.cause(pf, count)} (${errno})`, remedy: row.remedy(pf, count) };
}

const UNKNOWN: Row = {
  cause: (pf, count) => `the kernel refused ${count} virtual functions on ${describePf(pf)} with an unusual error`,
  remedy: (pf) => `Look at dmesg for what driver ${pf.driver ?? '(none)'} says, then send the number again.`,
};

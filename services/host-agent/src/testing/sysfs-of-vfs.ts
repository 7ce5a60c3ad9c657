import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const BUS = 'sys/bus/pci';

export type SysfsOfVfs = ReturnType<typeof sysfsOfVfs>;

/** A small sysfs of its own for a test that changes it: PFs, VFs, their drivers and netdevs. */
export function sysfsOfVfs() {
  const root = mkdtempSync(join(tmpdir(), 'vfleet-vfs-'));
  const at = (...path: string[]) => join(root, ...path);
  const write = (path: string, text: string) => {
    mkdirSync(join(root, path, '..'), { recursive: true });
    writeFileSync(at(path), text);
  };
  const placeOf = (address: string) => `sys/devices/pci0000:40/${address}`;
  const addDevice = (address: string) => {
    const ids = { class: '0x020000', vendor: '0x8086', device: '0x10ca' };
    for (const [name, text] of Object.entries(ids)) write(`${placeOf(address)}/${name}`, `${text}\n`);
    mkdirSync(at(BUS, 'devices'), { recursive: true });
    symlinkSync(`../../../devices/pci0000:40/${address}`, at(BUS, 'devices', address));
  };
  addDriver('vfio-pci');
  addDriver('igbvf');
  write(`${BUS}/drivers_probe`, '');

  function addDriver(name: string): void {
    for (const file of ['bind', 'unbind']) write(`${BUS}/drivers/${name}/${file}`, '');
  }

  return {
    root,
    at,
    write,
    placeOf,
    addPf: (address: string) => {
      addDevice(address);
      write(`${placeOf(address)}/sriov_totalvfs`, '8\n');
    },
    /** A VF in an IOMMU group of its own; the PF's link to it is made by `link`. */
    addVf: (address: string, pf: string) => {
      addDevice(address);
      symlinkSync(`../${pf}`, at(placeOf(address), 'physfn'));
      symlinkSync('../../../kernel/iommu_groups/9', at(placeOf(address), 'iommu_group'));
      write(`${placeOf(address)}/driver_override`, '(null)\n');
    },
    link: (pf: string, index: number, vf: string) => symlinkSync(`../${vf}`, at(placeOf(pf), `virtfn${index}`)),
    addDriver,
    removeDriver: (name: string) => rmSync(at(BUS, 'drivers', name), { recursive: true }),
    /** Binds a device, as the link of sysfs shows it. */
    setDriver: (address: string, name: string | null) => {
      rmSync(at(placeOf(address), 'driver'), { force: true });
      if (name) symlinkSync(`../../../bus/pci/drivers/${name}`, at(placeOf(address), 'driver'));
    },
    addNetdev: (address: string, name: string, { port = 0, index = 5 }: { port?: number; index?: number } = {}) => {
      write(`${placeOf(address)}/net/${name}/dev_port`, `${port}\n`);
      write(`${placeOf(address)}/net/${name}/ifindex`, `${index}\n`);
      mkdirSync(at('sys/class/net'), { recursive: true });
      symlinkSync(`../../devices/pci0000:40/${address}/net/${name}`, at('sys/class/net', name));
    },
    renameNetdev: (address: string, name: string, to: string) => {
      rmSync(at('sys/class/net', name));
      renameSync(at(placeOf(address), 'net', name), at(placeOf(address), 'net', to));
      symlinkSync(`../../devices/pci0000:40/${address}/net/${to}`, at('sys/class/net', to));
    },
    removeNetdev: (address: string, name: string) => {
      rmSync(at('sys/class/net', name));
      rmSync(at(placeOf(address), 'net', name), { recursive: true });
    },
    remove: () => rmSync(root, { recursive: true }),
  };
}

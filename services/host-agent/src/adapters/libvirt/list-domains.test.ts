import { expect, it, vi } from 'vitest';
import { metadataXml } from '../../core/domain-metadata.ts';
import { listDomains } from './list-domains.ts';
import type { Virsh } from './virsh.ts';

const A = '11111111-1111-4111-8111-111111111111';
const B = '22222222-2222-4222-8222-222222222222';
const VM = { vmId: 'vm-1', placementId: 'p', attempt: 3 };

function domain(uuid: string, content = '', name = 'a'): string {
  return `<domain type='kvm' id='1'>\n  <name>${name}</name>\n  <uuid>${uuid}</uuid>${content}</domain>\n\n`;
}

/** virsh that lists and shows what it is told; `shows` is asked for each look. */
function virshThat({
  lists = () => [A],
  paused = [],
  shows = (uuid) => domain(uuid),
  job = 'None',
}: {
  lists?: () => string[];
  paused?: string[];
  shows?: (uuid: string) => string | null;
  job?: string;
}): Virsh {
  const ok = (stdout: string) => ({ exitCode: 0, stdout, stderr: '' });
  return {
    ask: async ([command = '']) => {
      if (command.startsWith('list')) return ok(`${lists().join('\n')}\n\npaused:${paused.join('\n')}\n\n`);
      if (command === 'domjobinfo') return ok(`Job type:         Unbounded\nOperation:        ${job}\n`);
      const uuids = command.split('; ').map((each) => each.replace('dumpxml ', ''));
      const stderr = uuids
        .filter((uuid) => shows(uuid) === null)
        .map((uuid) => `error: failed to get domain '${uuid}'`);
      return { ...ok(uuids.map((uuid) => shows(uuid) ?? '').join('')), stderr: stderr.join('\n') };
    },
    act: async () => ok(''),
    follow: () => ({ ended: Promise.resolve(), stop: () => {} }),
  };
}

const reports = async (virsh: Virsh) => (await listDomains(virsh)).map(({ report }) => report);

it('lists none where none is', async () => {
  expect(await listDomains(virshThat({ lists: () => [] }))).toEqual([]);
});

it('lists domains that are not VFleet’s, with every VF they hold, however they got it', async () => {
  const devices = `<devices>
    <interface type='hostdev'><source><address type='pci' domain='0x0000' bus='0x05' slot='0x10' function='0x0'/></source><alias name='ua-vnic-v1'/></interface>
    <hostdev mode='subsystem' type='pci' managed='yes'><source><address domain='0x0000' bus='0x05' slot='0x10' function='0x4'/></source></hostdev>
    <hostdev mode='subsystem' type='mdev' model='vfio-pci'><source><address uuid='${B}'/></source></hostdev>
    <interface type='bridge'><source bridge='br0'/><address type='pci' domain='0x0000' bus='0x00' slot='0x03' function='0x0'/></interface>
  </devices>`;
  expect(await reports(virshThat({ shows: (uuid) => domain(uuid, devices), paused: [A] }))).toEqual([
    {
      name: 'a',
      vmId: null,
      placementId: null,
      attempt: null,
      state: 'paused',
      vfs: [
        { pciAddress: '0000:05:10.0', vnicId: null },
        { pciAddress: '0000:05:10.4', vnicId: null },
      ],
    },
  ]);
});

it('knows its own by their metadata, and no copy of one', async () => {
  const metadata = `<metadata><o:a xmlns:o="urn:o"/>${metadataXml(VM, A)}</metadata>`;
  const shows = (uuid: string) => domain(uuid, metadata, uuid === A ? 'a' : 'copy');
  expect(await reports(virshThat({ lists: () => [A, B], shows }))).toMatchObject([
    { name: 'a', ...VM, state: 'running' },
    { name: 'copy', vmId: null },
  ]);
});

it.each([
  metadataXml({ ...VM, attempt: 0 }, A),
  metadataXml({ ...VM, vmId: 'no id' }, A),
  '<v:vm xmlns:v="urn:vfleet:domain:1" id="vm-1"/>',
])('takes a domain with metadata that cannot be read for no other: %s', async (broken) => {
  const shows = (uuid: string) => domain(uuid, `<metadata>${broken}</metadata>`);
  await expect(listDomains(virshThat({ shows }))).rejects.toThrow(
    `virsh metadata ${A} --uri urn:vfleet:domain:1 --remove`,
  );
});

it('does not list one of its own that is still on its way here', async () => {
  const shows = (uuid: string) => domain(uuid, `<metadata>${metadataXml(VM, A)}</metadata>`);
  expect(await listDomains(virshThat({ shows, paused: [A], job: 'Incoming migration' }))).toEqual([]);
  expect(await listDomains(virshThat({ shows, paused: [A], job: 'Outgoing migration' }))).toHaveLength(1);
  expect(await listDomains(virshThat({ shows, job: 'Incoming migration' }))).toHaveLength(1);
});

it('looks again when a domain ends while it is looked at, and calls it gone only when it is listed no longer', async () => {
  let looks = 0;
  const lists = () => (looks++ === 0 ? [A, B] : [A]);
  expect(await listDomains(virshThat({ lists, shows: (uuid) => (uuid === B ? null : domain(uuid)) }))).toHaveLength(1);
  expect(looks).toBe(2);
  await expect(listDomains(virshThat({ shows: () => null }))).rejects.toThrow(
    /does not show them: .*failed to get domain/,
  );
});

it.each([
  ['a list that is none', virshThat({ lists: () => ['Id Name State'] }), 'no list of UUIDs'],
  ['XML that is none', virshThat({ shows: () => '<domain>' }), 'no XML'],
  ['a domain without a name', virshThat({ shows: (uuid) => `<domain><uuid>${uuid}</uuid></domain>` }), 'without name'],
])('refuses %s', async (_, virsh, problem) => {
  await expect(listDomains(virsh)).rejects.toThrow(problem);
});

it('asks three times for a thousand domains', async () => {
  const uuids = Array.from({ length: 1_000 }, (_, n) => `33333333-3333-4333-8333-${String(n).padStart(12, '0')}`);
  const virsh = virshThat({ lists: () => uuids });
  const asked = vi.spyOn(virsh, 'ask');
  expect(await listDomains(virsh)).toHaveLength(1_000);
  expect(asked).toHaveBeenCalledTimes(3);
});

import { expect, it, vi } from 'vitest';
import { metadataXml } from '../../core/domain-metadata.ts';
import { domainListing } from './list-domains.ts';
import type { Virsh } from './virsh.ts';

const A = '11111111-1111-4111-8111-111111111111';
const B = '22222222-2222-4222-8222-222222222222';
const VM = { vmId: 'vm-1', placementId: 'p', attempt: 3 };

function domain(uuid: string, content = '', name = 'a'): string {
  return `<domain type='kvm' id='1'>\n  <name>${name}</name>\n  <uuid>${uuid}</uuid>${content}</domain>\n\n`;
}

const ok = (stdout: string) => ({ exitCode: 0, stdout, stderr: '' });
const failed = (words: string) => ({ exitCode: 1, stdout: '', stderr: `error: ${words}` });

/** virsh that lists and shows what it is told, one command after the other; `shows` is asked for each look. */
function virshThat({
  lists = () => [A],
  paused = [],
  ending = [],
  shows = (uuid) => domain(uuid),
  state = 'paused (user)',
  job = ok('Job type:         None\n'),
  fails = () => false,
}: {
  lists?: () => string[];
  paused?: string[];
  ending?: string[];
  shows?: (uuid: string) => string | null;
  state?: string;
  job?: ReturnType<typeof ok>;
  fails?: (command: string) => boolean;
}): Virsh {
  const run = (command: string) => {
    const [name, argument = ''] = command.split(' ');
    if (fails(command)) return failed('Disconnected from qemu:///system due to end of file');
    if (command === 'list --uuid --state-paused') return ok(`${paused.join('\n')}\n\n`);
    if (command === 'list --uuid --all --transient') return ok(`${ending.join('\n')}\n\n`);
    if (name === 'list') return ok(`${lists().join('\n')}\n\n`);
    if (name === 'echo') return ok(argument);
    if (name === 'domstate') return ok(`${state}\n\n`);
    const text = shows(argument);
    return text === null ? failed(`failed to get domain '${argument}'`) : ok(text);
  };
  return {
    ask: async (args) => {
      if (args[0] === 'domjobinfo') return job;
      const ends = (args[0] ?? '').split('; ').map(run);
      const all = (of: 'stdout' | 'stderr') => ends.map((each) => each[of]).join('');
      return { exitCode: ends.at(-1)?.exitCode ?? 0, stdout: all('stdout'), stderr: all('stderr') };
    },
    act: async () => ok(''),
    isBringingTo: async () => false,
    follow: () => ({ ended: Promise.resolve(), stop: () => {} }),
  };
}

const listDomains = (virsh: Virsh) => domainListing(virsh).all();
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
  const coming = failed('Operation not supported: migration statistics are available only on the source host');
  const state = 'paused (migrating)';
  const job = (operation: string) => ok(`Job type:         Unbounded\nOperation:        ${operation}\n`);
  expect(await listDomains(virshThat({ shows, paused: [A], state, job: coming }))).toEqual([]);
  expect(await listDomains(virshThat({ shows, paused: [A], state, job: job('Incoming migration') }))).toEqual([]);
  expect(await listDomains(virshThat({ shows, paused: [A], state, job: job('Outgoing migration') }))).toHaveLength(1);
  expect(await listDomains(virshThat({ shows, job: coming }))).toHaveLength(1);
});

it.each(['paused (starting up)', 'paused (I/O error)'])(
  'asks no domain that is %s for its job: the answer may not come',
  async (state) => {
    const shows = (uuid: string) => domain(uuid, `<metadata>${metadataXml(VM, A)}</metadata>`);
    const virsh = virshThat({ shows, paused: [A], state });
    const asked = vi.spyOn(virsh, 'ask');
    expect(await listDomains(virsh)).toMatchObject([{ report: { state: 'paused' } }]);
    expect(asked).not.toHaveBeenCalledWith(['domjobinfo', A]);
  },
);

it.each(['list --uuid --state-paused', 'list --uuid --all --transient', 'list --uuid'])(
  'takes no domain for gone when %s fails, though virsh ends well after another command',
  async (failing) => {
    const virsh = virshThat({ fails: (command) => command === failing });
    await expect(listDomains(virsh)).rejects.toThrow('does not list its domains: Disconnected');
    await expect(domainListing(virsh).isListed(A)).rejects.toThrow('does not list its domains');
  },
);

it('lists a transient domain until libvirt has forgotten it: it gives devices back after it calls it inactive', async () => {
  const virsh = virshThat({ lists: () => [], ending: [A] });
  expect(await listDomains(virsh)).toHaveLength(1);
  expect(await domainListing(virsh).isListed(A)).toBe(true);
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

it('finds the domain of a VM again without the definitions of all others, and sees what has changed', async () => {
  let devices = '';
  const shows = (uuid: string) =>
    domain(uuid, `<metadata>${metadataXml({ ...VM, vmId: `vm-${uuid[0]}` }, uuid)}</metadata>${devices}`);
  let lists = [A, B];
  const virsh = virshThat({ lists: () => lists, shows });
  const { ofVm } = domainListing(virsh);
  expect(await ofVm('vm-2')).toMatchObject({ uuid: B, aliases: [] });
  const asked = vi.spyOn(virsh, 'ask');
  devices = "<devices><interface type='bridge'><alias name='ua-vnic-v1'/></interface></devices>";
  expect(await ofVm('vm-2')).toMatchObject({ uuid: B, aliases: ['ua-vnic-v1'] });
  expect(asked.mock.calls.flat(2).some((text) => text.includes(A))).toBe(false);
  lists = [A];
  expect(await ofVm('vm-2')).toBeUndefined();
});

it('asks three times for a thousand domains, and shares looks', async () => {
  const uuids = Array.from({ length: 1_000 }, (_, n) => `33333333-3333-4333-8333-${String(n).padStart(12, '0')}`);
  const virsh = virshThat({ lists: () => uuids });
  const asked = vi.spyOn(virsh, 'ask');
  const { all, isListed } = domainListing(virsh);
  expect(await all()).toHaveLength(1_000);
  expect(asked).toHaveBeenCalledTimes(3);
  await Promise.all(Array.from({ length: 100 }, () => all()));
  expect(asked.mock.calls.length).toBeLessThanOrEqual(9);
  asked.mockClear();
  await Promise.all(uuids.map((uuid) => isListed(uuid)));
  expect(asked.mock.calls.length).toBeLessThanOrEqual(2);
});

import type { DomainInterface } from '@vfleet/contracts/vocabulary/domain';
import { NO_VF_PROPERTIES } from '@vfleet/contracts/vocabulary/vnic-profile';
import { readXml } from '../adapters/libvirt/read-xml.ts';
import type { Virsh } from '../adapters/libvirt/virsh.ts';
import type { VirshArgument } from '../adapters/libvirt/with-files.ts';
import type { Ended } from '../adapters/linux/run-to-end.ts';
import { pciAddressIn, pciAddressXml } from '../core/pci-address-xml.ts';
import { childOf, childrenOf, escaped, type XmlElement, xml } from '../core/xml-element.ts';
import type { GuestChange, Guests } from '../guests.ts';

const LONG = 1_000_000_000;
const OK: Ended = { exitCode: 0, stdout: '', stderr: '' };

type Known = { name: string; metadata: string; title: string };

/**
 * virsh of a simulated machine: XML in, XML out, and libvirt's answers and refusals in the words of 9.0, with the
 * machine's domains, VFs and faults behind it. `said` has every command that changes something; `daemon.stop()` takes
 * libvirt away, and `start()` brings it back.
 */
export function virshOfMachine(guests: Guests) {
  /** By uuid; the machine knows a domain by its uuid as its VM, and interfaces by their aliases as vNICs. */
  const known = new Map<string, Known>();
  const unplugging = new Set<string>();
  const said: string[] = [];
  const followers = new Map<(line: string) => void, () => void>();
  let isThere = true;
  let madeUuids = 0;

  const listed = async () => (await guests.domains()).flatMap((domain) => (domain.vmId ? [domain] : []));
  const stateless = async (uuid: string) => (await listed()).find(({ vmId }) => vmId === uuid);
  const tell = (kind: string, uuid: string, detail: string) => {
    for (const hear of followers.keys()) hear(`event '${kind}' for domain '${known.get(uuid)?.name}': ${detail}`);
  };

  return {
    said,
    daemon: {
      stop: () => {
        isThere = false;
        for (const end of followers.values()) end();
        followers.clear();
      },
      start: () => {
        isThere = true;
      },
    },
    virsh: {
      ask: async (args: readonly string[]) => {
        const commands = args.length === 1 ? (args[0] ?? '').split('; ').map((each) => each.split(' ')) : [args];
        let all = OK;
        for (const command of commands) {
          const ended = await run(command);
          all = { ...ended, stdout: all.stdout + ended.stdout, stderr: all.stderr + ended.stderr };
        }
        return all;
      },
      act: (args) => run(args),
      isBringingTo: async () => false,
      follow: (_args: readonly string[], onLine: (line: string) => void) => {
        const ended = Promise.withResolvers<void>();
        if (!isThere) ended.resolve();
        else followers.set(onLine, ended.resolve);
        return {
          ended: ended.promise,
          stop: () => {
            followers.delete(onLine);
            ended.resolve();
          },
        };
      },
    } satisfies Virsh,
  };

  async function run(args: readonly VirshArgument[]): Promise<Ended> {
    const [command, uuid = '', third] = args;
    const device = typeof third === 'object' ? readXml(third.xml) : undefined;
    if (!isThere) {
      return failed(
        'failed to connect to the hypervisor',
        "Failed to connect socket to '/var/run/libvirt/virtqemud-sock': Connection refused",
      );
    }
    if (command === 'list') return list(third === '--state-paused');
    if (command === 'echo') return { ...OK, stdout: String(uuid) };
    if (command === 'version')
      return { ...OK, stdout: 'Using library: libvirt 9.0.0\nRunning against daemon: 9.0.0\n' };
    said.push(args.map((arg) => (typeof arg === 'string' ? arg : '<xml>')).join(' '));
    if (command === 'create' && typeof uuid === 'object') return create(readXml(uuid.xml), uuid.xml);
    const domain = typeof uuid === 'string' ? await stateless(uuid) : undefined;
    if (!domain || typeof uuid !== 'string') return failed(`failed to get domain '${uuid}'`);
    switch (command) {
      case 'dumpxml':
        said.pop();
        return { ...OK, stdout: await dumped(uuid) };
      case 'domstate':
        said.pop();
        return { ...OK, stdout: `${domain.state}\n\n` };
      case 'domjobinfo':
        said.pop();
        return { ...OK, stdout: 'Job type:         None\n' };
      case 'metadata':
        return setMetadata(uuid, args);
      case 'resume':
        return ended('Failed to resume domain', await guests.resume(uuid, LONG), uuid, 'lifecycle');
      case 'shutdown':
        void guests.shutDown(uuid, LONG).then(() => tell('lifecycle', uuid, 'Stopped Shutdown'));
        return OK;
      case 'destroy':
        return ended('Failed to destroy domain', await guests.destroy(uuid, LONG), uuid, 'lifecycle');
      case 'attach-device':
        return ended(
          'Failed to attach device',
          await guests.attach(uuid, interfaceIn(device), LONG),
          uuid,
          'device-added',
        );
      case 'detach-device-alias':
        return unplug(uuid, String(third));
      case 'migrate':
        return ended(
          '',
          await guests.migrate(uuid, { id: String(third), name: String(third) }, LONG),
          uuid,
          'lifecycle',
        );
      default:
        return failed(`unknown command: '${command}'`);
    }
  }

  async function list(paused: boolean): Promise<Ended> {
    const domains = (await listed()).filter(({ state }) => !paused || state === 'paused');
    return { ...OK, stdout: `${domains.map(({ vmId }) => vmId).join('\n')}\n` };
  }

  async function create(root: XmlElement, source: string): Promise<Ended> {
    const name = childOf(root, 'name')?.text ?? '';
    const uuid = childOf(root, 'uuid')?.text ?? `00000000-0000-4000-8000-${String(++madeUuids).padStart(12, '0')}`;
    const metadata = childOf(root, 'metadata');
    known.set(uuid, {
      name,
      metadata: metadata ? source.slice(metadata.start, metadata.end) : '',
      title: childOf(root, 'title')?.text ?? '',
    });
    const started = await guests.startPaused(
      {
        vm: { id: uuid, name },
        placementId: 'of libvirt',
        attempt: 1,
        domainXml: null,
        numaNode: null,
        interfaces: childrenOf(childOf(root, 'devices'), 'interface').map(interfaceIn),
      },
      LONG,
    );
    return ended('Failed to create domain', started, uuid, 'lifecycle');
  }

  /** What a user sees of a domain: its metadata, and its interfaces with what libvirt gave them. */
  async function dumped(uuid: string): Promise<string> {
    const [domain, interfaces] = [await stateless(uuid), (await guests.interfacesOf(uuid)) ?? []];
    const { name, metadata } = known.get(uuid) ?? { name: '', metadata: '' };
    const devices = interfaces.map(({ vnicId: alias, guestPciAddress }) => {
      const vf = domain?.vfs.find(({ vnicId }) => vnicId === alias)?.pciAddress;
      return xml(
        'interface',
        { type: vf ? 'hostdev' : 'bridge' },
        `${vf ? xml('source', {}, pciAddressXml(vf)) : ''}${xml('alias', { name: alias })}${guestPciAddress ? pciAddressXml(guestPciAddress) : ''}`,
      );
    });
    const names = `<name>${escaped(name)}</name><uuid>${uuid}</uuid>`;
    return `<domain type='kvm' id='1'>\n${names}${metadata}<devices>${devices.join('')}</devices></domain>\n\n`;
  }

  function setMetadata(uuid: string, args: readonly VirshArgument[]): Ended {
    const option = (name: string) => String(args[args.indexOf(name) + 1]);
    const [uri, key] = [option('--uri'), option('--key')];
    const set = option('--set').replace(/^<(\w+)/, `<${key}:$1 xmlns:${key}='${uri}'`);
    const before = known.get(uuid);
    if (before) known.set(uuid, { ...before, metadata: `<metadata>${set}</metadata>` });
    tell('metadata-change', uuid, `type element, uri ${uri}`);
    return OK;
  }

  async function unplug(uuid: string, alias: string): Promise<Ended> {
    if (!(await guests.interfacesOf(uuid))?.some(({ vnicId }) => vnicId === alias)) {
      return failed(
        `Failed to detach device with alias ${alias}`,
        `internal error: no device found with alias ${alias}`,
      );
    }
    if (unplugging.has(alias)) {
      const words = `internal error: unable to execute QEMU command 'device_del': Device ${alias} is already in the process of unplug`;
      return failed(`Failed to detach device with alias ${alias}`, words);
    }
    unplugging.add(alias);
    void guests.detach(uuid, alias, LONG).then((change) => {
      unplugging.delete(alias);
      tell(change.kind === 'done' ? 'device-removed' : 'device-removal-failed', uuid, alias);
    });
    return OK;
  }

  function ended(what: string, change: GuestChange, uuid: string, event: string): Ended {
    if (change.kind !== 'done') return failed(what, change.kind === 'failed' ? change.message : 'no end');
    tell(event, uuid, 'Started Booted');
    return OK;
  }
}

/** An interface as the machine takes it: by its alias. */
function interfaceIn(element: XmlElement | undefined): DomainInterface {
  const alias = childOf(element, 'alias')?.attributes.name ?? '';
  const pciAddress = pciAddressIn(childOf(childOf(element, 'source'), 'address'));
  const vlan = childOf(childOf(element, 'vlan'), 'tag')?.attributes.id;
  const common = {
    vnic: { id: alias, name: alias },
    mac: childOf(element, 'mac')?.attributes.address ?? '',
    network: { id: 'n', name: 'n', vlanId: vlan === undefined ? null : Number(vlan), mtu: 1500 },
    linked: true,
    bootOrder: null,
    guestPciAddress: pciAddressIn(childOf(element, 'address')) ?? null,
  };
  if (!pciAddress) return { kind: 'bridge', ...common, model: 'virtio' };
  const claim = { claimId: 'c', pciAddress, fence: 1 };
  return { kind: 'vf', ...common, claim, properties: NO_VF_PROPERTIES, failover: null };
}

function failed(...lines: string[]): Ended {
  return { exitCode: 1, stdout: '', stderr: lines.map((line) => `error: ${line}`).join('\n') };
}

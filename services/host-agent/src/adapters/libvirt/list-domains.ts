import { createHash, randomUUID } from 'node:crypto';
import { type LiveDomain, liveDomain } from '../../core/live-domain.ts';
import { childOf } from '../../core/xml-element.ts';
import { inParallel } from '../../in-parallel.ts';
import { inTurns } from '../../in-turns.ts';
import { joined } from './joined.ts';
import { readXml, XmlRefused } from './read-xml.ts';
import { HypervisorAway, type Virsh, wordsOf } from './virsh.ts';

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
/** echo of virsh ends no line. */
const BORDER = 'next:';
/** virsh goes on after a command that failed, and ends as the last one did. */
const FAILED = /^error: /m;
/** So many fit into one argument of a program (MAX_ARG_STRLEN is 128 KiB). */
const AT_ONCE = 500;
/** Definitions read in one go: a few milliseconds' work. */
const PER_TURN = 10;
/** Domains may end while they are looked at, though hardly again and again. */
const LOOKS = 3;

/**
 * The domains that are there, paused and starting ones too, as their live XML shows them. A domain counts as gone only
 * when libvirt lists it no longer; one that is on its way here from another host is not here yet. Each look is a new one;
 * those that are asked for while one runs share the next. Throws when libvirt does not tell all.
 */
export type DomainListing = {
  all(): Promise<LiveDomain[]>;
  /** The domain of a VM. */
  ofVm(vmId: string): Promise<LiveDomain | undefined>;
  isListed(uuid: string): Promise<boolean>;
  /** The interfaces that one domain has now, by their aliases; undefined when it is gone. */
  aliasesOf(uuid: string): Promise<string[] | undefined>;
};

type Listed = { present: string[]; paused: ReadonlySet<string> };

/** One connection shows many domains, and what has not changed is read once: hundreds cost a handful of processes. */
export function domainListing(virsh: Virsh): DomainListing {
  const read = new Map<string, { digest: string; live: LiveDomain }>();
  const uuids = new Map<string, string>();
  const list = joined(() => listed(virsh));
  const all = joined(listAll);
  const isListed = async (uuid: string) => (await list()).present.includes(uuid);

  return { all, ofVm, isListed, aliasesOf };

  async function listAll(): Promise<LiveDomain[]> {
    let problem = '';
    for (let look = 0; look < LOOKS; look++) {
      const now = await list();
      const { domains, said } = await shown(now.present);
      if (domains.size === now.present.length) {
        for (const uuid of read.keys()) if (!domains.has(uuid)) read.delete(uuid);
        uuids.clear();
        for (const { uuid, report } of domains.values()) if (report.vmId !== null) uuids.set(report.vmId, uuid);
        return here([...domains.values()], now);
      }
      problem = said;
    }
    throw new HypervisorAway(`libvirt lists domains and does not show them: ${problem}`);
  }

  /** Where it was the last time it is looked for first: that spares the definitions of all others. */
  async function ofVm(vmId: string): Promise<LiveDomain | undefined> {
    const isOfVm = ({ report }: LiveDomain) => report.vmId === vmId;
    const uuid = uuids.get(vmId);
    if (uuid !== undefined) {
      const now = await list();
      const { domains } = await shown(now.present.filter((each) => each === uuid));
      const found = (await here([...domains.values()], now)).find(isOfVm);
      if (found) return found;
    }
    return (await all()).find(isOfVm);
  }

  async function aliasesOf(uuid: string): Promise<string[] | undefined> {
    const { domains, said } = await shown([uuid]);
    const domain = domains.get(uuid);
    if (domain) return domain.aliases;
    if (await isListed(uuid)) throw new HypervisorAway(`libvirt does not show the domain ${uuid}: ${said}`);
    return undefined;
  }

  async function here(domains: readonly LiveDomain[], { paused }: Listed): Promise<LiveDomain[]> {
    const live = domains.map((domain) =>
      paused.has(domain.uuid) ? { ...domain, report: { ...domain.report, state: 'paused' as const } } : domain,
    );
    const incoming = await incomingOf(
      virsh,
      live.flatMap(({ uuid, report }) => (report.state === 'paused' && report.vmId !== null ? [uuid] : [])),
    );
    return live.filter(({ uuid }) => !incoming.has(uuid));
  }

  /** What libvirt shows of domains, by their UUIDs; one that it does not show is left out. */
  async function shown(asked: readonly string[]): Promise<{ domains: Map<string, LiveDomain>; said: string }> {
    const domains = new Map<string, LiveDomain>();
    let said = '';
    for (let from = 0; from < asked.length; from += AT_ONCE) {
      const some = asked.slice(from, from + AT_ONCE);
      // No definition can hold a border that nobody knows.
      const border = randomUUID();
      const answer = await virsh.ask([some.map((uuid) => `echo ${border}; dumpxml ${uuid}`).join('; ')]);
      const texts = answer.stdout.split(border).slice(1);
      await inTurns([...some.entries()], PER_TURN, ([index, uuid]) => {
        const text = texts[index]?.trim() ?? '';
        if (text !== '') domains.set(uuid, readDomain(uuid, text));
      });
      said ||= answer.stderr;
    }
    return { domains, said };
  }

  function readDomain(uuid: string, text: string): LiveDomain {
    const digest = createHash('sha256').update(text).digest('base64');
    const known = read.get(uuid);
    if (known?.digest === digest) return known.live;
    const live = parsed(text);
    if (live.uuid !== uuid) throw new HypervisorAway(`libvirt showed the domain ${live.uuid} for ${uuid}`);
    read.set(uuid, { digest, live });
    return live;
  }
}

/**
 * What libvirt lists: all that is active, and of transient domains those that are being ended too. libvirt calls a domain
 * inactive before it has given its devices back, and forgets a transient one after that.
 */
async function listed(virsh: Virsh): Promise<Listed> {
  const lists = ['list --uuid --state-paused', 'list --uuid --all --transient', 'list --uuid'];
  const answer = await virsh.ask([lists.join(`; echo ${BORDER}; `)]);
  if (answer.exitCode !== 0 || FAILED.test(answer.stderr)) {
    throw new HypervisorAway(`libvirt does not list its domains: ${wordsOf(answer)}`);
  }
  const [paused, transient, active, ...rest] = answer.stdout
    .split(BORDER)
    .map((list) => list.split(/\s+/).filter((line) => line !== ''));
  const isList =
    paused &&
    transient &&
    active &&
    rest.length === 0 &&
    [...paused, ...transient, ...active].every((line) => UUID.test(line));
  if (!isList) throw new HypervisorAway(`virsh list gave what is no list of UUIDs: ${answer.stdout.slice(0, 200)}`);
  return { present: [...new Set([...active, ...transient])], paused: new Set(paused) };
}

function parsed(text: string): LiveDomain {
  try {
    const root = readXml(text);
    if (!childOf(root, 'uuid')) throw new XmlRefused(`a <${root.tag}> without name or uuid`);
    return liveDomain(root, false);
  } catch (error) {
    if (error instanceof XmlRefused) throw new HypervisorAway(`libvirt showed what is no XML: ${error.message}`);
    throw error;
  }
}

/**
 * Which of some paused domains are on their way here: their source has them until the move is over, and tells of them.
 * The state is told at once, whatever goes on; what job it is would be waited for behind a start or a monitor that
 * hangs, so it is asked only of those that libvirt says are migrating. Of one that comes it is told at once that only
 * the source knows.
 */
async function incomingOf(virsh: Virsh, uuids: readonly string[]): Promise<Set<string>> {
  if (uuids.length === 0) return new Set();
  const { stdout } = await virsh.ask([uuids.map((uuid) => `echo ${uuid}=; domstate ${uuid} --reason`).join('; ')]);
  const migrating = uuids.filter((uuid) => new RegExp(`${uuid}=paused \\(migrating\\)`).test(stdout));
  const incoming = await inParallel(migrating, async (uuid) => {
    const { stdout: job, stderr } = await virsh.ask(['domjobinfo', uuid]);
    return /^Operation:\s+Incoming migration\s*$/m.test(job) || /only on the source host/i.test(stderr) ? [uuid] : [];
  });
  return new Set(incoming.flat());
}

import { type LiveDomain, liveDomain } from '../../core/live-domain.ts';
import { childOf, type XmlElement } from '../../core/xml-element.ts';
import { inParallel } from '../../in-parallel.ts';
import { readXml, XmlRefused } from './read-xml.ts';
import { HypervisorAway, type Virsh, wordsOf } from './virsh.ts';

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
/** echo of virsh ends no line. */
const BORDER = 'paused:';
/** So many fit into one argument of a program (MAX_ARG_STRLEN is 128 KiB). */
const AT_ONCE = 500;
/** Domains may end while they are looked at, though hardly again and again. */
const LOOKS = 3;

/**
 * The domains that are there, paused and starting ones too, as their live XML shows them. One connection shows many, so
 * a host with hundreds costs a handful of processes. A domain counts as gone only when libvirt lists it no longer; one
 * that is on its way here from another host is not here yet. Throws when libvirt does not tell all.
 */
export async function listDomains(virsh: Virsh): Promise<LiveDomain[]> {
  let problem = '';
  for (let look = 0; look < LOOKS; look++) {
    const { active, paused } = await listed(virsh);
    const { domains, said } = await shown(virsh, active);
    const uuids = domains.map((domain) => childOf(domain, 'uuid')?.text);
    if (active.every((uuid) => uuids.includes(uuid))) {
      const live = domains.map((domain, index) => liveDomain(domain, paused.has(uuids[index] ?? '')));
      return withoutIncoming(virsh, live);
    }
    problem = said;
  }
  throw new HypervisorAway(`libvirt lists domains and does not show them: ${problem}`);
}

/** Whether libvirt has a domain running, or paused. */
export async function isListed(virsh: Virsh, uuid: string): Promise<boolean> {
  return (await listed(virsh)).active.includes(uuid);
}

/** The interfaces that one domain has now, by their aliases; undefined when it is gone. */
export async function aliasesOf(virsh: Virsh, uuid: string): Promise<string[] | undefined> {
  const { domains, said } = await shown(virsh, [uuid]);
  if (domains[0]) return liveDomain(domains[0], false).aliases;
  if (await isListed(virsh, uuid)) throw new HypervisorAway(`libvirt does not show the domain ${uuid}: ${said}`);
  return undefined;
}

async function listed(virsh: Virsh): Promise<{ active: string[]; paused: Set<string> }> {
  const answer = await virsh.ask([`list --uuid; echo ${BORDER}; list --uuid --state-paused`]);
  if (answer.exitCode !== 0) throw new HypervisorAway(`libvirt does not list its domains: ${wordsOf(answer)}`);
  const [active, paused, ...rest] = answer.stdout
    .split(BORDER)
    .map((list) => list.split(/\s+/).filter((line) => line !== ''));
  const isList = active && paused && rest.length === 0 && [...active, ...paused].every((line) => UUID.test(line));
  if (!isList) throw new HypervisorAway(`virsh list gave what is no list of UUIDs: ${answer.stdout.slice(0, 200)}`);
  return { active, paused: new Set(paused) };
}

async function shown(virsh: Virsh, uuids: readonly string[]): Promise<{ domains: XmlElement[]; said: string }> {
  const domains: XmlElement[] = [];
  let said = '';
  for (let from = 0; from < uuids.length; from += AT_ONCE) {
    const asked = uuids.slice(from, from + AT_ONCE).map((uuid) => `dumpxml ${uuid}`);
    const answer = await virsh.ask([asked.join('; ')]);
    domains.push(...domainsIn(answer.stdout));
    said ||= answer.stderr;
  }
  return { domains, said };
}

function domainsIn(shown: string): readonly XmlElement[] {
  try {
    return readXml(`<domains>${shown}</domains>`).children;
  } catch (error) {
    if (error instanceof XmlRefused) throw new HypervisorAway(`libvirt showed what is no XML: ${error.message}`);
    throw error;
  }
}

/** Its source has it until the move is over, and tells of it. */
async function withoutIncoming(virsh: Virsh, domains: readonly LiveDomain[]): Promise<LiveDomain[]> {
  const incoming = await inParallel(domains, async ({ uuid, report }) => {
    if (report.state !== 'paused' || report.vmId === null) return false;
    const { stdout } = await virsh.ask(['domjobinfo', uuid]);
    return /^Operation:\s+Incoming migration\s*$/m.test(stdout);
  });
  return domains.filter((_, index) => !incoming[index]);
}

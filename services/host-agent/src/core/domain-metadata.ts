import { EntityId } from '@vfleet/contracts/vocabulary/ids';
import { z } from 'zod';
import { childOf, type XmlElement, xml } from './xml-element.ts';

/** The namespace of what VFleet keeps with a domain. */
export const METADATA_NAMESPACE = 'urn:vfleet:domain:1';
/** The prefix under which it is written. */
export const METADATA_KEY = 'vfleet';

const VmOfDomain = z.object({
  vmId: EntityId,
  placementId: z.string().min(1),
  attempt: z.coerce.number().pipe(z.int().positive()),
});
/** Whose domain it is. */
export type VmOfDomain = z.infer<typeof VmOfDomain>;

/**
 * What VFleet keeps with a domain, by which its agent knows it again: libvirt takes it along when a domain moves. The
 * domain's own uuid stands in it, because tools that copy a domain copy its metadata too.
 */
export function metadataXml(vm: VmOfDomain, uuid: string): string {
  return xml(`${METADATA_KEY}:vm`, { [`xmlns:${METADATA_KEY}`]: METADATA_NAMESPACE, ...kept(vm, uuid) });
}

/** The same for a domain that is there: libvirt gives it key and namespace itself (virsh metadata --set). */
export function metadataToSet(vm: VmOfDomain, uuid: string): string {
  return xml('vm', kept(vm, uuid));
}

function kept({ vmId, placementId, attempt }: VmOfDomain, uuid: string): Record<string, string> {
  return { id: vmId, placement: placementId, attempt: String(attempt), domain: uuid };
}

/** What VFleet keeps in the metadata of a domain, whatever it says. */
export function ourMetadata(domain: XmlElement): XmlElement[] {
  return childOf(domain, 'metadata')?.children.filter(({ namespace }) => namespace === METADATA_NAMESPACE) ?? [];
}

/**
 * Whose domain it is; null when it is none of VFleet's, or a copy of one. What of VFleet's cannot be read throws: a VM
 * that runs would else count as gone.
 */
export function vmOfDomain(domain: XmlElement, { name, uuid }: { name: string; uuid: string }): VmOfDomain | null {
  const [ours] = ourMetadata(domain);
  if (!ours) return null;
  const { id: vmId, placement: placementId, attempt, domain: of } = ours.attributes;
  if (of !== undefined && of !== uuid) return null;
  const read = VmOfDomain.safeParse({ vmId, placementId, attempt });
  if (read.success && of !== undefined) return read.data;
  throw new Error(
    `the metadata of VFleet in domain ${name} cannot be read; if it is no domain of VFleet, take it out: virsh metadata ${uuid} --uri ${METADATA_NAMESPACE} --remove`,
  );
}

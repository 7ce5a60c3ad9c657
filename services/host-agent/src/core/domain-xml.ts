import type { BridgeOf } from './bridge-of.ts';
import type { Definition } from './definition.ts';
import { brokenDefinition, type DefinitionBroken } from './definition-rules.ts';
import { metadataXml, ourMetadata } from './domain-metadata.ts';
import { interfaceXmls } from './interface-xml.ts';
import type { DomainSpec } from './vm-step.ts';
import { childOf, escaped, type XmlElement, xml } from './xml-element.ts';

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
/** The text goes to libvirt as UTF-8, whatever it says of itself. */
const DECLARATION = /^\uFEFF?(?:<\?xml\s[^?]*\?>)?/;

/** What goes into a child of the domain; `otherwise` is what an absent one is made with. */
type Piece = { into: string; text: string; otherwise?: string };

/** A piece of text in place of what stands from `from` to `to`. */
type Edit = { from: number; to: number; text: string };

/**
 * The domain that libvirt is given: word for word what the administrator gave, with the interfaces of the VM's vNICs and
 * VFleet's metadata added, and name and uuid where there are none: the VM's name, and its id or else `newUuid`. Nothing
 * else is, so the NUMA node on which the VM was placed decides about its VFs only: where its memory lies the
 * administrator says in `<numatune>`. Refused with every reason when the two do not go together.
 */
export function domainXml(
  definition: Definition,
  { spec, bridgeOf, newUuid }: { spec: DomainSpec; bridgeOf: BridgeOf; newUuid: string },
): { ok: true; xml: string } | { ok: false; broken: DefinitionBroken[] } {
  const broken = brokenDefinition({ definition, spec, bridgeOf });
  if (broken.length > 0 || definition === null || 'unreadable' in definition) return { ok: false, broken };
  const { source, root } = definition;
  const { vm, placementId, attempt } = spec;
  const uuid = childOf(root, 'uuid')?.text ?? (UUID.test(vm.id) ? vm.id : newUuid);
  const pieces: Piece[] = [
    { into: 'name', text: '', otherwise: escaped(vm.name) },
    { into: 'uuid', text: '', otherwise: uuid },
    { into: 'metadata', text: metadataXml({ vmId: vm.id, placementId, attempt }, asLibvirtShows(uuid)) },
    { into: 'devices', text: spec.interfaces.flatMap((each) => interfaceXmls(each, bridgeOf)).join('') },
  ];
  const missing = pieces.filter(({ into }) => !childOf(root, into));
  return {
    ok: true,
    xml: edited(source, [
      { from: 0, to: DECLARATION.exec(source)?.[0].length ?? 0, text: '' },
      ...ourMetadata(root).map(({ start, end }) => ({ from: start, to: end, text: '' })),
      ...pieces.flatMap(({ into, text }) => addedTo(childOf(root, into), text)),
      ...addedTo(root, missing.map(({ into, text, otherwise = text }) => xml(into, {}, otherwise)).join('')),
    ]),
  };
}

/** libvirt takes a UUID in capitals and without hyphens too. */
function asLibvirtShows(uuid: string): string {
  const digits = uuid.replace(/[-\s]/g, '').toLowerCase();
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/** Adds a text as the last thing of an element, and opens one that closes itself. */
function addedTo(element: XmlElement | undefined, text: string): Edit[] {
  if (!element || text === '') return [];
  const { tag, contentEnd, end } = element;
  if (contentEnd !== null) return [{ from: contentEnd, to: contentEnd, text }];
  return [{ from: end - '/>'.length, to: end, text: `>${text}</${tag}>` }];
}

function edited(source: string, edits: readonly Edit[]): string {
  return edits
    .toSorted((a, b) => b.from - a.from)
    .reduce((text, edit) => text.slice(0, edit.from) + edit.text + text.slice(edit.to), source);
}

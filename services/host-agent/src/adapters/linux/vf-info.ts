import { MacAddress } from '@vfleet/contracts/vocabulary/mac';
import { z } from 'zod';
import type { VfSettings } from '../../guests.ts';
import { CommandFailed } from './run-to-end.ts';

const Vlan = z.object({
  vlan: z.int().nonnegative().optional(),
  qos: z.int().nonnegative().optional(),
  protocol: z.string().optional(),
});

/** One VF of a PF as `ip` tells it; every field but the first may be missing, by driver, kernel or age of iproute2. */
const VfInfo = Vlan.extend({
  vf: z.int().nonnegative(),
  address: z.string().optional(),
  /** What `address` is called before iproute2 4.20. */
  mac: z.string().optional(),
  vlan_list: z.array(Vlan).optional(),
  tx_rate: z.int().nonnegative().optional(),
  rate: z.object({ max_tx: z.int().nonnegative(), min_tx: z.int().nonnegative() }).optional(),
  spoofchk: z.boolean().optional(),
  trust: z.boolean().optional(),
  link_state: z.enum(['auto', 'enable', 'disable']).optional(),
});
type VfInfo = z.infer<typeof VfInfo>;

const Answer = z.array(z.looseObject({ vfinfo_list: z.array(z.looseObject({ vf: z.int().optional() })).optional() }));

/**
 * What `ip -j -d link show dev PF` tells of one VF; undefined when it does not name the VF, as for a while after VFs were
 * made. Null is what it leaves out of it, but for zeros, which it never prints. An answer of another form throws
 * CommandFailed.
 */
export function vfSettingsIn(output: string, index: number): VfSettings | undefined {
  const entry = listIn(output).find(({ vf }) => vf === index);
  return entry && settingsOf(read(VfInfo, entry));
}

function settingsOf(told: VfInfo): VfSettings {
  const mac = MacAddress.safeParse((told.address ?? told.mac)?.toLowerCase());
  const vlan = told.vlan_list?.[0] ?? (told.vlan_list ? {} : told);
  return {
    mac: mac.success ? mac.data : null,
    vlanId: vlan.vlan ?? 0,
    vlanQos: vlan.qos ?? 0,
    vlanProtocol: told.vlan_list ? protocolOf(vlan.protocol) : null,
    spoofCheck: told.spoofchk ?? null,
    trust: told.trust ?? null,
    linkState: told.link_state ?? null,
    minTxRate: told.rate?.min_tx ?? null,
    maxTxRate: told.rate?.max_tx ?? told.tx_rate ?? 0,
  };
}

/** 802.1Q goes without saying where VLANs come in a list; kernels before 4.9 know no list and tell no protocol. */
function protocolOf(name = '802.1Q'): VfSettings['vlanProtocol'] {
  return name === '802.1Q' || name === '802.1ad' ? name : null;
}

function listIn(output: string): { vf?: number | undefined }[] {
  let value: unknown;
  try {
    value = JSON.parse(output || '[]');
  } catch (error) {
    throw new CommandFailed('ip did not answer with JSON; iproute2 4.17 or newer is needed', { cause: error });
  }
  return read(Answer, value).flatMap(({ vfinfo_list }) => vfinfo_list ?? []);
}

function read<Value>(schema: z.ZodType<Value>, value: unknown): Value {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new CommandFailed(`what ip tells of virtual functions cannot be read: ${z.prettifyError(parsed.error)}`);
}

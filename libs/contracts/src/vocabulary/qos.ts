import { z } from 'zod';
import { Description, EntityName } from './ids.ts';

/** `vm_network` limits a vNIC through its profile, `host_network` a network on the hosts' nics. */
export const QosType = z.enum(['vm_network', 'host_network']);
export type QosType = z.infer<typeof QosType>;

const MbitPerSecond = z.int().min(1).max(10_000_000);
const Megabytes = z.int().min(1).max(100_000);

/** Average and peak in Mbit/s, burst in MB. */
const TrafficLimit = z.object({ average: MbitPerSecond, peak: MbitPerSecond, burst: Megabytes });
export type TrafficLimit = z.infer<typeof TrafficLimit>;

/**
 * A QoS as the API shows it. Of `vm_network`: `inbound` and `outbound`. Of `host_network`: `linkshare` (weight), `upper_limit`
 * and `realtime` (Mbit/s) of the outbound traffic. What is null is not limited.
 */
export const Qos = z.object({
  id: z.string(),
  name: z.string(),
  description: z.string(),
  type: QosType,
  inbound: TrafficLimit.nullable().describe('null is not limited.'),
  outbound: TrafficLimit.nullable().describe('null is not limited.'),
  linkshare: z.int().nullable().describe('The weight of its share of a link.'),
  upper_limit: z.int().nullable().describe('In Mbit/s; null is not limited.'),
  realtime: z.int().nullable().describe('The rate that is kept free, in Mbit/s; null is none.'),
});
export type Qos = z.infer<typeof Qos>;

/** What a caller may say of a new QoS; `vm_network` unless told. */
export const NewQos = z.object({
  name: EntityName,
  description: Description.optional(),
  type: QosType.optional(),
  inbound: TrafficLimit.nullable().optional().describe('Average and peak in Mbit/s, burst in MB.'),
  outbound: TrafficLimit.nullable().optional().describe('Average and peak in Mbit/s, burst in MB.'),
  linkshare: z.int().min(1).max(100).nullable().optional().describe('The weight of its share of a link.'),
  upper_limit: MbitPerSecond.nullable().optional().describe('In Mbit/s.'),
  realtime: MbitPerSecond.nullable().optional().describe('The rate that is kept free, in Mbit/s.'),
});
export type NewQos = z.infer<typeof NewQos>;

/** A change of a QoS; what is absent stays, null takes away. */
export const QosChange = NewQos.partial();
export type QosChange = z.infer<typeof QosChange>;

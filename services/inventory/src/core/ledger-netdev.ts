import { NicReport } from '@vfleet/contracts/vocabulary/host-report';
import { z } from 'zod';

/** What a netdev is, what it is a member of and what sits on it. */
export const Netdev = z.object({
  kind: NicReport.shape.kind.default('physical'),
  /** The most its driver takes as MTU; null when it does not say. */
  maxMtu: z.int().nullable().default(null),
  altNames: z.array(z.string()).default([]),
  master: z.string().nullable().default(null),
  uppers: NicReport.shape.uppers.default([]),
  addresses: z.array(z.string()).default([]),
});
export type Netdev = z.infer<typeof Netdev>;

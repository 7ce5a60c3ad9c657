import { z } from 'zod';

const Ms = z.int().positive();

/** What an administrator may set of a host agent; all times in milliseconds. */
export const HostAgentSettings = z.object({
  heartbeatMs: Ms.default(5_000),
  /** A full scan is made this often even when nothing is heard of. */
  scanMs: Ms.default(60_000),
  /** A scan that takes longer counts as failed; settlements are then reported without devices. */
  scanDeadlineMs: Ms.default(60_000),
  /** Losing the broker for this long in the middle of a change is a failure of the change. */
  contactMs: Ms.default(60_000),
  /** Replaces the deadline table of drivers when it is set. */
  writeDeadlineMs: Ms.nullable().default(null),
  /** How often VFs are looked for while they are awaited, and a writer while it is waited for. */
  pollMs: Ms.default(250),
  progressMs: Ms.default(1_000),
  /** How long the netdev of a VF is awaited after the VF was bound again. */
  rebindMs: Ms.default(10_000),
  /** Reports drawn from what is heard of (links, devices) are at least this far apart. */
  watchMs: Ms.default(5_000),
  /** A report that is not confirmed within this time counts as not published. */
  publishDeadlineMs: Ms.default(30_000),
  /** A report that could not be published is tried again after this time. */
  retryMs: Ms.default(1_000),
  /** How long a domain may take to start (all memory of one with VFs is pinned then), and to run on after its pause. */
  startMs: Ms.default(120_000),
  /** How long a guest may take to shut down before it is powered off. */
  shutDownMs: Ms.default(60_000),
  /** How long powering a domain off may take: libvirt itself gives a kill 30 s and 2 s more for each device of the host. */
  destroyMs: Ms.default(90_000),
  /** How long a guest may take to take a device in, or to let go of it. */
  guestMs: Ms.default(30_000),
  /** How long binding a VF may take, its netdev's coming included. */
  bindMs: Ms.default(30_000),
  migrateMs: Ms.default(120_000),
  /** How long a VM that needs VFs waits for the fence floor after a connection. */
  floorMs: Ms.default(10_000),
  /** Figures asked for again within this time are those of before. */
  figuresMs: Ms.default(1_000),
  /** How long the counters of a PF's VFs are waited for, its lock included. */
  countersMs: Ms.default(5_000),
  /** How long closing waits for the step that runs. */
  closeMs: Ms.default(5_000),
});
export type HostAgentSettings = z.infer<typeof HostAgentSettings>;

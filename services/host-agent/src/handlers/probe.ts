import type { Reaction } from '@vfleet/bus/bus';
import type { Probe } from '@vfleet/contracts/host-agent';

/** Being delivered is the whole answer: the broker returns a probe when no agent of the host is there. */
export const probe: Reaction<typeof Probe> = async () => {};

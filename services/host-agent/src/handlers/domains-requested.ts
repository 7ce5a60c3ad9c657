import type { Reaction } from '@vfleet/bus/bus';
import type { DomainsRequested } from '@vfleet/contracts/host-agent-vms';
import type { DomainsReporter } from '../domains-reporter.ts';

/** Tells the domains as they are now, whatever was told before. */
export const domainsRequested =
  ({ domains }: { domains: Pick<DomainsReporter, 'report'> }): Reaction<typeof DomainsRequested> =>
  async (message) =>
    domains.report({ always: true, cause: message });

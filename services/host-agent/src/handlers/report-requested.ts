import type { Reaction } from '@vfleet/bus/bus';
import type { ReportRequested } from '@vfleet/contracts/host-agent';
import type { Reporter } from '../reporter.ts';

/** Tells the state of the host, whatever was told before. */
export const reportRequested =
  ({ reporter }: { reporter: Pick<Reporter, 'report'> }): Reaction<typeof ReportRequested> =>
  async (message) =>
    reporter.report({ always: true, cause: message });

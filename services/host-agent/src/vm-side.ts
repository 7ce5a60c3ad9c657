import { type Binding, obeys } from '@vfleet/bus/bus';
import {
  AttachVnics,
  CleanVfs,
  DetachVnics,
  DomainsRequested,
  FenceFloor as FenceFloorMessage,
  MigrateVm,
  StartVm,
  StopVm,
} from '@vfleet/contracts/host-agent-vms';
import type { PciAddress } from '@vfleet/contracts/vocabulary/pci';
import type { Clock } from '@vfleet/process/clock';
import type { Log } from '@vfleet/process/log';
import type { Contact } from './contact.ts';
import { domainLooking } from './domain-of-vm.ts';
import { domainsReporter } from './domains-reporter.ts';
import type { FenceFloor } from './fence-floor.ts';
import type { Guests } from './guests.ts';
import { attachVnics } from './handlers/attach-vnics.ts';
import { cleanVfs } from './handlers/clean-vfs.ts';
import { detachVnics } from './handlers/detach-vnics.ts';
import { domainsRequested } from './handlers/domains-requested.ts';
import { learnFenceFloor } from './handlers/fence-floor.ts';
import { migrateVm } from './handlers/migrate-vm.ts';
import { startVm } from './handlers/start-vm.ts';
import { stopVm } from './handlers/stop-vm.ts';
import type { Host } from './host.ts';
import type { KeyedLock } from './keyed-lock.ts';
import { withoutHypervisor } from './no-hypervisor.ts';
import type { Reporter } from './reporter.ts';
import type { HostAgentSettings } from './settings.ts';
import type { StateFiles } from './state-files.ts';
import { outcomeTelling } from './tell-outcome.ts';
import { teller as openTeller } from './teller.ts';
import { vfCleaner } from './vf-cleaner.ts';
import { vfHolds } from './vf-holds.ts';
import { vmWorkers } from './vm-workers.ts';
import type { Voice } from './voice.ts';

/** What an agent does for virtual machines: the messages it obeys for them, and its life. */
export type VmSide = {
  bindings: Binding[];
  /** Ends what an earlier process of the agent left open. */
  resumeAll(): Promise<void>;
  /** Contact is there: what was not confirmed is told, and all domains. */
  gained(): void;
  lost(): void;
  problems(): string[];
  /** Stops after the steps that run. */
  close(): Promise<void>;
};

/** Opens that side of an agent. `guests` is null where no hypervisor is driven: VFs are still recorded as clean there. */
export function vmSide(around: {
  host: Host;
  guests: Guests | null;
  files: StateFiles;
  floor: FenceFloor;
  voice: Voice;
  contact: Pick<Contact, 'isThere'>;
  clock: Clock;
  log: Log;
  settings: HostAgentSettings;
  newId: () => string;
  reporter: Pick<Reporter, 'report'>;
  /** Lets one at a time set or ask something through a PF. */
  pfLock: KeyedLock;
  isPfChanging: (pf: PciAddress) => boolean;
  beat: () => void;
}): VmSide {
  const { guests, floor, reporter, beat } = around;
  const teller = openTeller(around);
  const domains = domainsReporter(around);
  const tell = outcomeTelling({ ...around, teller, domains, look: domainLooking(around) });
  const shared = {
    ...around,
    ...{ teller, tell },
    holds: vfHolds(),
    supportLearnt: () => reporter.report({ always: false }),
  };
  const vms = guests ? vmWorkers({ ...shared, guests }) : withoutHypervisor(shared);

  return {
    bindings: [
      obeys(StartVm, startVm({ vms })),
      obeys(StopVm, stopVm({ vms })),
      obeys(AttachVnics, attachVnics({ vms })),
      obeys(DetachVnics, detachVnics({ vms })),
      obeys(MigrateVm, migrateVm({ vms })),
      obeys(CleanVfs, cleanVfs({ clean: vfCleaner(shared) })),
      obeys(FenceFloorMessage, learnFenceFloor({ floor, beat })),
      obeys(DomainsRequested, domainsRequested({ domains })),
    ],
    resumeAll: () => vms.resumeAll(),
    gained: () => {
      teller.resume();
      domains.resume();
    },
    lost: () => floor.forget(),
    problems: () => {
      const problem = domains.problem();
      return problem === null ? [] : [problem];
    },
    close: async () => {
      domains.close();
      await vms.close();
      teller.close();
    },
  };
}

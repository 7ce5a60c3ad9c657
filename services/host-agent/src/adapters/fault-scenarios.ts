import { ALLOCATION } from './fault-scenarios/allocation.ts';
import { BOOT_AND_RESTART } from './fault-scenarios/boot-and-restart.ts';
import { CONTROL_PLANE } from './fault-scenarios/control-plane.ts';
import { CREATION_AND_NAMING } from './fault-scenarios/creation-and-naming.ts';
import { KERNEL_CONTRACT } from './fault-scenarios/kernel-contract.ts';
import { MAC } from './fault-scenarios/mac.ts';
import { VF_PROPERTIES } from './fault-scenarios/vf-properties.ts';

/** The ways in which a real host fails, by their numbers in test/faults/README.md: each a machine on which it happens. */
export const FAULT_SCENARIOS = {
  ...KERNEL_CONTRACT,
  ...CREATION_AND_NAMING,
  ...MAC,
  ...VF_PROPERTIES,
  ...ALLOCATION,
  ...BOOT_AND_RESTART,
  ...CONTROL_PLANE,
} as const;

export type FaultScenarioName = keyof typeof FAULT_SCENARIOS;

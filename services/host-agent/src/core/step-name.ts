import type { Step } from './plan-num-vfs.ts';

/** A step as the progress of a change shows it. */
export function stepName(step: Step): string {
  switch (step.kind) {
    case 'check-holders':
      return 'check holders';
    case 'journal':
      return 'journal';
    case 'write':
      return `write ${step.count}`;
    case 'read-back':
      return `read back ${step.count}`;
    case 'await-no-vfs':
      return 'await 0 VFs';
    case 'await-vfs':
      return `await ${step.count} VFs`;
    case 'await-netdevs':
      return `await ${step.count} netdevs`;
    case 'pf-up':
      return 'PF up';
    case 'persist':
      return `persist ${step.count}`;
    case 'unpersist':
      return 'unpersist';
    case 'settle':
      return 'settle';
  }
}

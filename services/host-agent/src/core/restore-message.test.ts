import { expect, it } from 'vitest';
import { restoreMessage } from './restore-message.ts';

const failure = { code: 'ENOSPC', cause: 'no vectors', remedy: 'Use fewer.' };

it('tells of every PF, with a remedy for each failure', () => {
  expect(
    restoreMessage([
      { pciAddress: '0000:05:00.0', count: 4, outcome: 'restored' },
      { pciAddress: '0000:05:00.1', count: 0, outcome: 'held' },
      { pciAddress: '0000:84:00.0', count: 7, outcome: 'failed', failure },
      {
        pciAddress: '0000:84:00.1',
        count: null,
        outcome: 'failed',
        failure: { ...failure, remedy: 'Run: vfleet-host-agent forget 0000:84:00.1' },
      },
    ]).split('\n'),
  ).toEqual([
    '0000:05:00.0: 4 virtual functions restored',
    '0000:05:00.1: 0 virtual functions were there already',
    '0000:84:00.0: 7 virtual functions NOT restored: no vectors. Use fewer. To give the number up: vfleet-host-agent forget 0000:84:00.0.',
    '0000:84:00.1: unknown number of virtual functions NOT restored: no vectors. Run: vfleet-host-agent forget 0000:84:00.1',
  ]);
});

it('tells that there is nothing to do', () => expect(restoreMessage([])).toContain('nothing to restore'));

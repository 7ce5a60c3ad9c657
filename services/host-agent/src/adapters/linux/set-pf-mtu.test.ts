import { describe, expect, it } from 'vitest';
import { setMtu } from './set-pf-mtu.ts';

/** `ip` as it ends with a text on stderr. */
const ending = (exitCode: number, stderr: string) => async () => ({ exitCode, stdout: '', stderr });

describe('setting an MTU with ip', () => {
  it('is told to the device alone', async () => {
    const ran: string[][] = [];
    const run = async (program: string, args: readonly string[]) => {
      ran.push([program, ...args]);
      return { exitCode: 0, stdout: '', stderr: '' };
    };
    expect(await setMtu(run, 'ens11', 9000)).toEqual({ kind: 'set' });
    expect(ran).toEqual([['ip', 'link', 'set', 'dev', 'ens11', 'mtu', '9000']]);
  });

  it.each([
    ['Error: mtu greater than device maximum.', 'EINVAL', 'mtu greater than device maximum.'],
    ['Error: mtu less than device minimum.', 'EINVAL', 'mtu less than device minimum.'],
    ['RTNETLINK answers: Invalid argument', 'EINVAL', 'Invalid argument'],
    ['RTNETLINK answers: Device or resource busy', 'EBUSY', 'Device or resource busy'],
    ['RTNETLINK answers: Operation not permitted', 'EPERM', 'Operation not permitted'],
    ['RTNETLINK answers: Operation not supported', 'EOPNOTSUPP', 'Operation not supported'],
    ['Error: something a driver says.', 'EUNKNOWN', 'something a driver says.'],
  ])('takes %j for %s', async (stderr, errno, text) => {
    expect(await setMtu(ending(2, stderr), 'ens11', 9000)).toEqual({ kind: 'errno', errno, text });
  });

  it('finds that the device is gone', async () => {
    const gone = ending(1, 'Cannot find device "ens11"');
    expect(await setMtu(gone, 'ens11', 9000)).toEqual({ kind: 'no-netdev' });
  });

  it('throws what nobody can explain', async () => {
    await expect(setMtu(ending(255, ''), 'ens11', 9000)).rejects.toThrow('ended with 255: no message');
  });
});

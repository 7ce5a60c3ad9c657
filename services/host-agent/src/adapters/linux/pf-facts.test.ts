import { virtualClock } from '@vfleet/process/virtual-clock';
import { describe, expect, it } from 'vitest';
import type { KernelFiles } from './kernel-files.ts';
import { pfFacts, vfModalias } from './pf-facts.ts';
import type { RunCommand } from './run-command.ts';
import { CommandFailed } from './run-to-end.ts';

const NO_FILES: KernelFiles = {
  text: async () => undefined,
  link: async () => undefined,
  names: async () => undefined,
  now: { text: () => undefined, link: () => undefined, names: () => undefined },
};

const ENS11 = { name: 'ens11', index: '3' };

/** Answers by the first argument; a text is the output of success, undefined a program that is not there. */
function factsOf(answers: Record<string, string | undefined>, loaded: string[] = []) {
  const clock = virtualClock();
  const ran: string[] = [];
  const run: RunCommand = async (program, args) => {
    ran.push(program);
    const stdout = answers[args[0] ?? ''];
    if (stdout === undefined) throw new CommandFailed(`${program} is not installed`);
    return { exitCode: stdout === '' ? 1 : 0, stdout, stderr: '' };
  };
  const names = async (path: string) => (loaded.includes(path) ? ['drivers'] : undefined);
  return { facts: pfFacts({ files: { ...NO_FILES, names }, run, clock }), clock, ran };
}

describe('firmware', () => {
  it('is what ethtool says', async () => {
    const { facts } = factsOf({ '-i': 'driver: igb\nfirmware-version: 1.63, 0x80000f60\nbus-info: x\n' });
    expect(await facts.firmware(ENS11)).toBe('1.63, 0x80000f60');
  });

  it.each([
    ['ethtool is not there', {}],
    ['the driver names none', { '-i': 'driver: igbvf\nfirmware-version: \nbus-info: x\n' }],
  ])('is null when %s', async (_, answers) => {
    expect(await factsOf(answers).facts.firmware(ENS11)).toBeNull();
  });

  it('F18: is asked anew of another netdev that has taken the name', async () => {
    const { facts, ran } = factsOf({ '-i': 'firmware-version: 1\n' });
    await facts.firmware(ENS11);
    await facts.firmware({ ...ENS11, index: '9' });
    expect(ran).toHaveLength(2);
  });

  it('is asked again after ten minutes, not before', async () => {
    const { facts, clock, ran } = factsOf({ '-i': 'firmware-version: 1\n' });
    await facts.firmware(ENS11);
    await facts.firmware(ENS11);
    expect(ran).toHaveLength(1);
    await clock.advance(10 * 60_000);
    await facts.firmware(ENS11);
    expect(ran).toHaveLength(2);
  });
});

describe('a driver of VFs', () => {
  it.each([
    ['no module takes the device', { '--resolve-alias': '' }, [], false],
    [
      'its module can be loaded',
      { '--resolve-alias': 'igbvf\n', '--use-blacklist': 'insmod /lib/igbvf.ko\n' },
      [],
      true,
    ],
    ['its module is loaded', { '--resolve-alias': 'igbvf\n', '--use-blacklist': '' }, ['sys/module/igbvf'], true],
    ['its module is blacklisted', { '--resolve-alias': 'igbvf\n', '--use-blacklist': '' }, [], false],
    [
      'its module is kept from loading',
      { '--resolve-alias': 'igbvf\n', '--use-blacklist': 'install /bin/false\n' },
      [],
      false,
    ],
    ['modprobe is not there', {}, [], true],
  ])('when %s', async (_, answers, loaded, expected) => {
    expect(await factsOf(answers, loaded).facts.driverAvailable('pci:v0000d0000')).toBe(expected);
  });

  it('is looked for by the modalias of the VFs', () => {
    expect(vfModalias('pci:v00008086d000010C9sv00001AF4sd00001100bc02sc00i00', '0x10ca')).toBe(
      'pci:v00008086d000010CAsv00001AF4sd00001100bc02sc00i00',
    );
  });
});

import { REFUSALS } from '@vfleet/contracts/refusals';
import { describe, expect, it } from 'vitest';
import { ok, problemOf, run, type Seen } from '../testing/run-line.ts';

const AT = '/api/hosts/alpha/nics/enp5s0f0/vfsConfig';

describe('vfleet tells', () => {
  it('every broken rule with its remedy', async () => {
    const rules = [
      {
        code: 'ACTION_TYPE_FAILED_NUM_OF_VFS_NOT_IN_VALID_RANGE',
        detail: 'enp5s0f0 can have 0 - 7.',
        remedy: 'Ask for 0 to 7.',
      },
      { code: 'PF_STUCK', detail: 'enp5s0f0 is stuck\u001b[2J.', remedy: REFUSALS.PF_STUCK.remedy },
    ];
    const { exit, out, err } = await run('vfs set alpha enp5s0f0 --num 9', {
      [`PUT ${AT}`]: { status: 400, body: problemOf('X', rules) },
    });
    expect({ exit, out }).toEqual({ exit: 1, out: '' });
    for (const { code, remedy } of rules) {
      expect(err).toContain(`${code}: `);
      expect(err).toContain(`Remedy: ${remedy}`);
    }
    expect(err).toContain('Correlation id: r1');
    expect(err).not.toContain('\u001b');
  });

  it('that nothing listens', async () => {
    const { exit, err } = await run('hosts list --', {});
    expect({ exit, err }).toEqual({
      exit: 1,
      err: 'vfleet: http://127.0.0.1:8080 does not answer: no answer for GET /api/hosts',
    });
  });

  it.each([
    ['no password', 'hosts list', {}, 'a password is needed'],
    ['an unreadable password file', '--password-file /nowhere hosts list', {}, 'the password file cannot be read'],
    ['a strange address', '--url ftp://x hosts list', { VFLEET_PASSWORD: 'x' }, 'is no address of an API'],
    [
      'a password in the address',
      '--url http://a:b@x hosts list',
      { VFLEET_PASSWORD: 'x' },
      'do not belong into the address',
    ],
    ['nothing to set', 'vfs set a b', { VFLEET_PASSWORD: 'x' }, 'nothing to set'],
    ['a number that is none', 'vfs set a b --num -1', { VFLEET_PASSWORD: 'x' }, 'whole number'],
    ['an unknown command', 'hosts dance', { VFLEET_PASSWORD: 'x' }, 'unknown command'],
    ['a missing argument', 'hosts show', { VFLEET_PASSWORD: 'x' }, 'missing required argument'],
  ])('%s, with 2', async (_, line, env, told) => {
    const { exit, err, seen } = await run(line, {}, env);
    expect({ exit, seen }).toEqual({ exit: 2, seen: [] });
    expect(err).toContain(told);
  });

  it('its help and its version', async () => {
    expect(await run('--version')).toMatchObject({ exit: 0, out: '0.1.0' });
    expect((await run('vfs set --help')).out).toContain('Ends with 3');
    const { out } = await run('--help');
    for (const noun of ['hosts', 'nics', 'vfs', 'clusters', 'networks', 'qos', 'profiles', 'vms', 'status', 'events'])
      expect(out).toMatch(new RegExp(`^  ${noun}  +\\S.*$`, 'm'));
    for (const line of out.split('\n').filter((each) => each.startsWith('  vfleet '))) {
      const [, ...words] = line.trim().split(' ');
      expect((await run([...words, '--help'].join(' '))).exit, line).toBe(0);
    }
  });
});

describe('vfleet logs in', () => {
  const login = (seen: Seen[]) =>
    Buffer.from(seen[0]?.headers.get('authorization')?.slice(6) ?? '', 'base64').toString();
  const answers = { 'GET /api/hosts': ok({ items: [], next: null }) };

  it('as the environment says', async () => {
    const { seen } = await run('hosts list', answers, {
      VFLEET_PASSWORD: 'secret',
      VFLEET_USER: 'eve',
      VFLEET_URL: 'https://fleet.example/',
    });
    expect(login(seen)).toBe('eve:secret');
  });

  it('as its options say', async () => {
    const { seen } = await run('--user bob --password-file /run/secret hosts list', answers, {
      VFLEET_PASSWORD: 'secret',
    });
    expect(login(seen)).toBe('bob:from a file');
  });
});

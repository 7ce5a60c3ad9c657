import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { enrolmentToken } from '@vfleet/contracts/enrolment-token';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { diskFiles } from './adapters/disk-files.ts';
import { enroll, type TryBroker } from './enroll.ts';

const CREDENTIALS = {
  host_id: 'h1',
  broker_url: 'amqps://broker.example:5671/fleet',
  username: 'vfleet-host-h1',
  password: 'a/secret@x',
};
const TOKEN = enrolmentToken(CREDENTIALS);
const URL_OF_H1 = 'amqps://vfleet-host-h1:a%2Fsecret%40x@broker.example:5671/fleet';

let folder: string;
let tried: Parameters<TryBroker>[0][];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vfleet-enroll-'));
  tried = [];
});
afterEach(() => rmSync(folder, { recursive: true }));

function enrolling(token: string, { force = false, skipCheck = false, answer = { ok: true } as Tried } = {}) {
  const tryBroker: TryBroker = async (login) => {
    tried.push(login);
    return answer;
  };
  return enroll(token, { files: diskFiles(folder), tryBroker, force, skipCheck });
}
type Tried = Awaited<ReturnType<TryBroker>>;

const text = (name: string) => readFileSync(join(folder, name), 'utf8');

describe('a machine', () => {
  it('becomes the host that the token names, and the password is for its owner alone', async () => {
    const said = await enrolling(TOKEN);
    expect(tried).toEqual([{ url: URL_OF_H1, hostId: 'h1' }]);
    expect(text('broker-url')).toBe(`${URL_OF_H1}\n`);
    expect(statSync(join(folder, 'broker-url')).mode & 0o777).toBe(0o600);
    expect(text('host-agent.env')).toBe(`VFLEET_HOST_ID=h1\nAMQP_URL_FILE="${folder}/broker-url"\n`);
    expect(readdirSync(folder).toSorted()).toEqual(['broker-url', 'host-agent.env']);
    expect(said).toMatch(/host h1.*\n.*systemctl enable/s);
    expect(said).not.toContain('secret');
  });

  it('keeps what else is set, and takes new credentials of the same host', async () => {
    writeFileSync(join(folder, 'host-agent.env'), 'LOG_LEVEL=debug\nVFLEET_HOST_ID=h1\n');
    writeFileSync(join(folder, 'broker-url'), 'amqp://old', { mode: 0o644 });
    await enrolling(TOKEN);
    expect(text('host-agent.env')).toMatch(/^LOG_LEVEL=debug\nVFLEET_HOST_ID=h1\n/);
    expect(statSync(join(folder, 'broker-url')).mode & 0o777).toBe(0o600);
  });

  it('keeps from others what they could not read before', async () => {
    writeFileSync(join(folder, 'host-agent.env'), 'HTTPS_PROXY=http://me:secret@proxy\n', { mode: 0o600 });
    await enrolling(TOKEN);
    expect(text('host-agent.env')).toContain('proxy');
    expect(statSync(join(folder, 'host-agent.env')).mode & 0o777).toBe(0o600);
  });

  it('that is another host stays it, unless it is forced', async () => {
    writeFileSync(join(folder, 'host-agent.env'), 'VFLEET_HOST_ID=h0\n');
    await expect(enrolling(TOKEN)).rejects.toMatchObject({
      message: expect.stringMatching(/host h0.*host h1/),
      remedy: expect.stringContaining('--force'),
    });
    expect([tried, readdirSync(folder)]).toEqual([[], ['host-agent.env']]);
    await enrolling(TOKEN, { force: true });
    expect(text('host-agent.env')).toMatch(/^VFLEET_HOST_ID=h1\n/);
  });

  it('that the broker does not let in is told why, and nothing is written', async () => {
    const answer = { ok: false as const, cause: 'The broker refuses the credentials', remedy: 'Make new ones.' };
    await expect(enrolling(TOKEN, { answer })).rejects.toMatchObject({
      message: 'The broker refuses the credentials',
      remedy: 'Make new ones. Nothing was written',
    });
    expect(readdirSync(folder)).toEqual([]);
    await enrolling(TOKEN, { answer, skipCheck: true });
    expect(readdirSync(folder)).toHaveLength(2);
  });

  it('takes no damaged token', async () => {
    await expect(enrolling(TOKEN.slice(0, -4))).rejects.toMatchObject({
      message: expect.stringContaining('not whole'),
      remedy: expect.stringContaining('vfleet hosts enrol'),
    });
  });
});

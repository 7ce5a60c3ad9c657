import { join } from 'node:path';
import { readEnrolmentToken } from '@vfleet/contracts/enrolment-token';
import type { AtomicFiles } from './atomic-files.ts';
import { enrolledAs, enrolledEnv } from './core/enrolled-env.ts';

/** The environment file of the systemd units, and beside it the URL with the password, which nobody else may read. */
const ENV_FILE = 'host-agent.env';
const URL_FILE = 'broker-url';

/** Whether the broker lets the agent of a host in, or what is wrong and what to do, in words. */
export type TryBroker = (login: {
  url: string;
  hostId: string;
}) => Promise<{ ok: true } | { ok: false; cause: string; remedy: string }>;

/** This machine cannot be enrolled so; nothing is written. */
class NotEnrolled extends Error {
  override readonly name = 'NotEnrolled';
  readonly remedy: string;
  constructor(message: string, remedy: string) {
    super(message);
    this.remedy = remedy;
  }
}

/**
 * Makes this machine the host that the token names: tries its credentials, then writes them. Answers what a person does
 * next. Refuses a token that cannot be read, a machine that is another host unless `force`, and credentials that the
 * broker refuses; the messages hold no secret.
 */
export async function enroll(
  token: string,
  {
    files,
    tryBroker,
    force,
    skipCheck,
  }: { files: AtomicFiles; tryBroker: TryBroker; force: boolean; skipCheck: boolean },
): Promise<string> {
  const read = readEnrolmentToken(token);
  if (!read.ok) {
    throw new NotEnrolled(
      `This is no token: ${read.problem}`,
      'Copy the whole line that "vfleet hosts add" or "vfleet hosts enrol" printed.',
    );
  }
  const { host_id: hostId, broker_url, username, password } = read.credentials;
  const before = (await files.read(ENV_FILE)) ?? '';
  const other = enrolledAs(before);
  if (other !== null && other !== hostId && !force) {
    throw new NotEnrolled(
      `This machine is enrolled as host ${other}, and the token is of host ${hostId}`,
      'Use the token of that host, or say --force when this machine is to be the other one from now on.',
    );
  }
  const url = Object.assign(new URL(broker_url), { username, password }).toString();
  if (!skipCheck) {
    const tried = await tryBroker({ url, hostId });
    if (!tried.ok) throw new NotEnrolled(tried.cause, `${tried.remedy} Nothing was written`);
  }
  await files.write(URL_FILE, `${url}\n`, 'secret');
  const urlFile = join(files.dir, URL_FILE);
  await files.write(ENV_FILE, enrolledEnv(before, { hostId, urlFile }));
  return [
    `This machine is enrolled as host ${hostId}. Its settings are in ${join(files.dir, ENV_FILE)}.`,
    'Now start the agent: systemctl enable vfleet-restore vfleet-host-agent && systemctl restart vfleet-host-agent',
  ].join('\n');
}

import type { Verdict } from '@vfleet/contracts/define';
import { enrolmentToken } from '@vfleet/contracts/enrolment-token';
import type { Message } from '@vfleet/contracts/envelope';
import { refusal } from '@vfleet/contracts/refusals';
import type { Enrolment } from '@vfleet/contracts/vocabulary/enrolment';
import { type Deciding, decideAndPut } from '@vfleet/documents/decide-and-put';
import type { Collection, Documents } from '@vfleet/documents/documents';
import { type Clock, isoNow } from '@vfleet/process/clock';
import type { Log } from '@vfleet/process/log';
import { type BrokerUsers, BrokerUsersUnavailable } from './broker-users.ts';
import { decideEnrolment, Enrolled } from './core/decide-enrolment.ts';
import type { Ledger } from './core/ledger.ts';
import { noSuchHost } from './find-host.ts';

const PAGE = 500;

/** Hosts whose agents may have a user of the broker, by host id; no secret is in it. */
export const ENROLMENTS: Collection<Enrolled> = {
  name: 'enrolments',
  schema: Enrolled,
  schemaVersion: 1,
  keys: { leaving: { of: ({ leaving }) => (leaving ? 'yes' : null) } },
};

export type Enrolments = {
  /** Makes credentials for the agent of a host that is there, once for a message. */
  enrol(hostId: string, message: Message<unknown>): Promise<Verdict<Enrolment>>;
  /** Ends those of a host that was removed; what the broker does not take now, `endLeft` does. */
  end(hostId: string, message: Message<unknown>): Promise<void>;
  /** Ends what is left of hosts that were removed. */
  endLeft(): Promise<void>;
  /**
   * Grants the rights of this release to the users that may have those of another, one after the other; once in the life
   * of a process. A broker that does not take them ends it, to be tried again.
   */
  grantAnew(signal: AbortSignal): Promise<void>;
};

/**
 * Credentials of agents. A host is written down here before its user is made, and is taken out after that is removed:
 * so a death in between leaves no user that is forgotten, and none whose password anybody knows. `users` is null where
 * the broker has none to give.
 */
export function makeEnrolments({
  enrolments,
  hosts,
  users,
  clock,
  log,
}: {
  enrolments: Deciding<Enrolled>;
  hosts: Documents<Ledger>;
  users: BrokerUsers | null;
  clock: Clock;
  log: Log;
}): Enrolments {
  const { documents } = enrolments;
  let isGranted = users === null;

  function byItself(what: string): Message<unknown> {
    const id = enrolments.newId();
    const actor = { kind: 'service' as const, name: 'inventory' };
    const context = { id, name: `inventory.${what}`, correlationId: id, actor, sentAt: isoNow(clock) };
    return { ...context, payload: {}, redelivered: false };
  }

  async function write(hostId: string, message: Message<unknown>, change: (enrolled: Enrolled) => Enrolled) {
    await decideAndPut(
      enrolments,
      hostId,
      message,
      (stored) => {
        const body = stored && change(stored.body);
        return !body || body === stored.body
          ? { ok: true, body: 'unchanged', reply: null }
          : { ok: true, body, reply: null, facts: [] };
      },
      { answers: 'none' },
    );
  }

  async function letGo(hostId: string): Promise<void> {
    const left = await documents.get(hostId);
    if (!left?.body.leaving) return;
    try {
      if (!users) throw new BrokerUsersUnavailable('VFLEET_RABBITMQ_API is not set any more');
      await users.remove(hostId);
    } catch (problem) {
      if (!(problem instanceof BrokerUsersUnavailable)) throw problem;
      log.warn({ hostId, problem }, 'The user of a removed host is not removed from the broker yet; it is tried again');
      return;
    }
    const { id, version: expectedVersion } = left;
    await documents.remove({ id, expectedVersion, answers: [], unpublished: [], at: isoNow(clock) });
  }

  /** Enrolments whose users may have other rights, in the order of their ids. */
  async function* withOtherRights(rights: string): AsyncGenerator<string> {
    let after: string | undefined;
    do {
      const page = await documents.list({ limit: PAGE, after });
      for (const { id, body } of page) if (!body.leaving && body.rights !== rights) yield id;
      after = page.length === PAGE ? page.at(-1)?.id : undefined;
    } while (after !== undefined);
  }

  async function end(hostId: string, message: Message<unknown>): Promise<void> {
    await write(hostId, message, (enrolled) => (enrolled.leaving ? enrolled : { ...enrolled, leaving: true }));
    await letGo(hostId);
  }

  return {
    end,
    async enrol(hostId, message) {
      if (!users) {
        const detail = 'The message broker of this installation is in its own process, and so are its agents.';
        return { ok: false, refusals: [refusal('ENROLMENT_NOT_AVAILABLE', detail)] };
      }
      const begun = await decideAndPut(
        enrolments,
        hostId,
        message,
        (stored, { id }, { now }) => {
          const decided = decideEnrolment(stored?.body, { command: id, now });
          return decided.ok ? { ok: true, body: decided.enrolled, reply: null, facts: [] } : decided;
        },
        { answers: 'none' },
      );
      if (!begun.ok) return begun;
      try {
        const credentials = await users.enrol(hostId);
        if (await hosts.get(hostId)) return { ok: true, reply: { ...credentials, token: enrolmentToken(credentials) } };
      } catch (problem) {
        if (!(problem instanceof BrokerUsersUnavailable)) throw problem;
        log.warn({ hostId, problem }, 'The agent of a host got no credentials');
        await write(hostId, message, (enrolled) =>
          enrolled.command === message.id ? { ...enrolled, command: null } : enrolled,
        );
        return { ok: false, refusals: [refusal('BROKER_USERS_UNAVAILABLE', problem.message)] };
      }
      await end(hostId, message);
      return { ok: false, refusals: [noSuchHost(hostId)] };
    },
    async endLeft() {
      const left = await documents.find('leaving', 'yes', { limit: PAGE });
      for (const { id } of left) await letGo(id);
    },
    async grantAnew(signal) {
      if (isGranted || !users) return;
      const { rights } = users;
      for await (const hostId of withOtherRights(rights)) {
        if (signal.aborted) return;
        if ((await users.grant(hostId)) === 'granted') {
          await write(hostId, byItself('grant-rights'), (enrolled) => ({ ...enrolled, rights }));
        } else log.warn({ hostId }, 'The broker has no user of an enrolled host: make new credentials for its agent');
      }
      isGranted = true;
    },
  };
}

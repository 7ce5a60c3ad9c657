import type { Enrolment } from '@vfleet/contracts/vocabulary/enrolment';

/**
 * The users of the broker that agents log in as, one per host, each with the rights of its host alone (broker-rights.ts).
 * An installation whose broker is in its own process has none.
 */
export type BrokerUsers = {
  /** Tells the rights that are granted now from those of another release. */
  readonly rights: string;
  /** Grants these rights to the user of a host that has one; its password and connections stay. Throws BrokerUsersUnavailable. */
  grant(hostId: string): Promise<'granted' | 'no-user'>;
  /**
   * Makes the user of a host, or gives it a new password: the earlier one ends, and what is connected with it. The
   * password is kept nowhere but by the broker, as a salted hash. Throws BrokerUsersUnavailable.
   */
  enrol(hostId: string): Promise<Omit<Enrolment, 'token'>>;
  /** Removes the user of a host, if there is one, and ends its connections. Throws BrokerUsersUnavailable. */
  remove(hostId: string): Promise<void>;
};

/** The broker does not let its users be changed now; the message says why in words for an administrator, and no secret. */
export class BrokerUsersUnavailable extends Error {
  override readonly name = 'BrokerUsersUnavailable';
}

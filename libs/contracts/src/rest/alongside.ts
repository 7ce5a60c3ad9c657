import type { Command } from '../define.ts';

/**
 * Which entities are told more of: those a reply names, or those another query names by the path alone, where the reply
 * does not or where it is not to be waited for.
 */
type Subjects =
  | { from: 'answer'; idsOf: (resource: unknown) => readonly string[] }
  | {
      from: 'request';
      contract: Command;
      toRequest: (params: unknown) => unknown;
      idsOf: (reply: unknown) => readonly string[];
    };

/** What a route shows that another service owns than the one it asks: asked of that one once for all of an answer. */
export type Alongside = {
  contract: Command;
  toRequest: (ids: readonly string[]) => unknown;
  subjects: Subjects;
  merge: (resource: unknown, reply: unknown) => unknown;
};

/** Declares what is shown alongside, for the entities a reply names. It checks the functions' types and erases them. */
export function alongsideAnswer<Resource, Request, Reply>(row: {
  contract: Command<Request, Reply>;
  toRequest: (ids: readonly string[]) => Request;
  idsOf: (resource: Resource) => readonly string[];
  merge: (resource: Resource, reply: Reply) => Resource;
}): Alongside {
  const { contract, toRequest, merge, idsOf } = row;
  return {
    ...{ contract: contract as Command, toRequest, merge: merge as Alongside['merge'] },
    subjects: { from: 'answer', idsOf: idsOf as (resource: unknown) => readonly string[] },
  };
}

/**
 * Declares what is shown alongside, for the entities that `by` names: asked before a command is sent, so that a change
 * which could not be shown is not made.
 */
export function alongsideRequest<Resource, Request, Reply, Params, Of, Named>(row: {
  contract: Command<Request, Reply>;
  toRequest: (ids: readonly string[]) => Request;
  by: { contract: Command<Of, Named>; toRequest: (params: Params) => Of; idsOf: (reply: Named) => readonly string[] };
  merge: (resource: Resource, reply: Reply) => Resource;
}): Alongside {
  const { contract, toRequest, merge, by } = row;
  return {
    ...{ contract: contract as Command, toRequest, merge: merge as Alongside['merge'] },
    subjects: { from: 'request', ...(by as unknown as Omit<Extract<Subjects, { from: 'request' }>, 'from'>) },
  };
}

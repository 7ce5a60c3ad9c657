/** A walk through all entities of an owner, page by page, and what is learnt on the way. */
type Snapshot = { cursor: string | undefined; listed: Set<string>; asked: Set<string> };

/** One thing to ask an owner: some entities by their ids, or the next page of a snapshot. */
export type Question = { kind: 'ids'; ids: string[] } | { kind: 'page'; snapshot: Snapshot };

type Answered = { listed: ReadonlySet<string>; next: string | null; known: () => Iterable<string> };

/** What has still to be asked of an owner. */
export type OwnersQuestions = {
  /** This entity may have changed. */
  hint(id: string): void;
  /** Anything may have changed unheard: a snapshot is needed that begins after now. One that has begun goes on first. */
  snapshotDue(): void;
  /** Takes off the next thing to ask; hints and pages take turns, so that neither keeps the other waiting. */
  next(): Question | undefined;
  /** A question that was taken off had no answer. */
  unanswered(question: Question): void;
  /**
   * A question was answered with the entities `listed` and the reply's `next`. Answers whether that ended a whole
   * snapshot: then what of `known` was not listed in it, nor asked for by id meanwhile, is asked for by id.
   */
  answered(question: Question, reply: Answered): boolean;
};

/** Begins with nothing to ask. `atOnce` is how many ids one question holds. */
export function ownersQuestions(atOnce: number): OwnersQuestions {
  const hinted = new Set<string>();
  let snapshot: Snapshot | null = null;
  let isDue = false;
  let turn: Question['kind'] = 'ids';

  function takeIds(): Question {
    const ids = [...hinted].slice(0, atOnce);
    for (const id of ids) hinted.delete(id);
    turn = 'page';
    return { kind: 'ids', ids };
  }

  return {
    hint: (id) => void hinted.add(id),
    snapshotDue() {
      isDue = true;
    },
    next() {
      if (!snapshot && isDue) {
        snapshot = { cursor: undefined, listed: new Set(), asked: new Set() };
        isDue = false;
      }
      if (hinted.size > 0 && (turn === 'ids' || !snapshot)) return takeIds();
      turn = 'ids';
      return snapshot ? { kind: 'page', snapshot } : undefined;
    },
    unanswered(question) {
      if (question.kind === 'ids') for (const id of question.ids) hinted.add(id);
    },
    answered(question, { listed, next, known }) {
      if (question.kind === 'ids') {
        for (const id of question.ids) snapshot?.asked.add(id);
        return false;
      }
      const { listed: everListed, asked } = question.snapshot;
      for (const id of listed) everListed.add(id);
      question.snapshot.cursor = next ?? undefined;
      if (next !== null) return false;
      for (const id of known()) if (!everListed.has(id) && !asked.has(id)) hinted.add(id);
      snapshot = null;
      return true;
    },
  };
}

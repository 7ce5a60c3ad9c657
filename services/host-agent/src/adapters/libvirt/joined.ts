/**
 * Has those who ask while an answer is being found share the next one: each is told of what was looked at after it asked,
 * and at most one look runs.
 */
export function joined<Answer>(look: () => Promise<Answer>): () => Promise<Answer> {
  let running: Promise<unknown> | null = null;
  let next: Promise<Answer> | null = null;

  return () => {
    if (next) return next;
    const begin = async () => {
      next = null;
      return look();
    };
    const mine: Promise<Answer> = running ? running.then(begin, begin) : look();
    if (running) next = mine;
    const done = mine
      .catch(() => {})
      .finally(() => {
        if (running === done) running = null;
      });
    running = done;
    return mine;
  };
}

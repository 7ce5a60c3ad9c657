import { afterEach, beforeEach, it } from 'vitest';

/** `it` for tests that each get what `open` opens; it is closed after each. */
export function testsOf<Machine extends { close(): Promise<void> }>(open: () => Promise<Machine>) {
  let machine: Machine;
  beforeEach(async () => {
    machine = await open();
  });
  afterEach(() => machine.close());
  const test = (name: string, work: (machine: Machine) => Promise<void>) => it(name, () => work(machine));
  return Object.assign(test, {
    each:
      <Row>(rows: readonly Row[]) =>
      (name: string, work: (machine: Machine, row: Row) => Promise<void>) =>
        it.each([...rows])(name, (row) => work(machine, row as Row)),
  });
}

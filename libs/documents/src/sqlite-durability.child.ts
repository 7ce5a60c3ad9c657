import { putOfThing, THINGS, thing } from './conformance/thing.ts';
import { openSqlite } from './sqlite.ts';

/** How many writers put at once, so that transactions are shared. */
const WRITERS = 8;

/** Puts for ever into the folder named as argument, and prints `<id> <version>` for each put that was answered. */
const [folder = '', prefix = ''] = process.argv.slice(2);
const store = await openSqlite({ folder });
const things = await store.open(THINGS);

async function write(writer: number): Promise<never> {
  for (let round = 0; ; round++) {
    const id = `${prefix}-${writer}-${round % 20}`;
    const version = (await things.get(id))?.version ?? 0;
    const outcome = await things.put(
      putOfThing(id, version, thing({ name: id, count: version, rest: 'x'.repeat(500) })),
    );
    if (!outcome.ok) throw new Error(`${id} was refused: ${outcome.reason}`);
    process.stdout.write(`${id} ${outcome.version}\n`);
  }
}

await Promise.all(Array.from({ length: WRITERS }, (_, writer) => write(writer)));

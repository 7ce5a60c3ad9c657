import { parseArgs } from 'node:util';

/** What `npm start` was asked for on its command line. */
export type CommandLine = { thisHost: boolean } | { help: string };

export const USAGE = `npm start [-- --this-host]

  --this-host   manage the machine this runs on, with its real network cards, instead of the demo fleet; needs root
  --help        tell this

The environment variables are described in README.md.`;

/** Reads the arguments after the program's name. Throws an Error that names what is not known, with the usage. */
export function readCommandLine(args: readonly string[]): CommandLine {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: { 'this-host': { type: 'boolean', default: false }, help: { type: 'boolean', default: false } },
    });
    return values.help ? { help: USAGE } : { thisHost: values['this-host'] };
  } catch (problem) {
    throw new Error(`${(problem as Error).message}\n\n${USAGE}`, { cause: problem });
  }
}

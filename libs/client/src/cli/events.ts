import type { Command } from 'commander';
import type { Cli } from './cli.ts';
import { cellOf } from './table.ts';

/** vfleet events … */
export function addEventCommands(program: Command, cli: Cli): void {
  const events = program.command('events').description('what changes in the fleet');
  events
    .command('follow')
    .description('show every change as it happens, until interrupted')
    .option('--since <id>', 'begin after the event with this id')
    .action(async ({ since }: { since?: string }) => {
      for await (const live of cli.client().followEvents({ lastEventId: since, signal: cli.signal })) {
        const { at, event, actor, data } = live;
        cli.show(live, () => [at, event, actor.name, JSON.stringify(data)].map(cellOf).join('  '));
      }
    });
}

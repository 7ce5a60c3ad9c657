import type { Operation } from '@vfleet/contracts/vocabulary/operation';
import type { Command } from 'commander';
import type { Cli } from './cli.ts';
import { cellOf, fieldsOf } from './table.ts';

/** vfleet operations … */
export function addOperationCommands(program: Command, cli: Cli): void {
  const operations = program.command('operations').description('what virtual machines were asked to do');
  operations
    .command('show <operation>')
    .description('show how an operation stands, or ended')
    .action(async (operation: string) => {
      const { resource } = await cli.client().getOperation({ operation });
      cli.show(resource, () => operationText(resource));
    });
}

/** An operation as a person reads it: every reason why it failed, and what went wrong on the way. */
export function operationText({ vm, host, problems, notes, ...fields }: Operation): string {
  const lines = [fieldsOf({ ...fields, vm: vm.name, host: host?.name })];
  for (const { code, detail, remedy } of problems)
    lines.push(`${cellOf(code)}: ${cellOf(detail)}\n    Remedy: ${cellOf(remedy)}`);
  for (const note of notes) lines.push(`Note: ${cellOf(note)}`);
  return lines.join('\n');
}

/** One line of a table: what was measured, and the floor or rival it stands against in the same run. */
export type Figure = {
  what: string;
  value: number;
  unit: 'ms' | 'MB' | 'KB';
  against?: { what: string; value: number };
};

/** `measured` says what the values are; medians unless told. */
export type Table = { title: string; figures: Figure[]; measured?: string; notes?: string[] };

/** A table as text, in the form of Markdown so that it can be pasted into an issue. */
export function tableText({ title, figures, measured = 'median', notes = [] }: Table): string {
  const rows = figures.map(({ what, value, unit, against }) => [
    what,
    amount(value, unit),
    against ? `${against.what}: ${amount(against.value, unit)}` : '',
    against ? `${(value / against.value).toFixed(2)} times` : '',
  ]);
  const columns = [['what', measured, 'floor or rival', 'ratio'], ...rows];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...columns.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]) =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  const [head = [], ...body] = columns;
  const rule = line(widths.map((width) => '-'.repeat(width)));
  return [`### ${title}`, '', line(head), rule, ...body.map(line), ...notes.map((note) => `\n${note}`)].join('\n');
}

function amount(value: number, unit: Figure['unit']): string {
  return `${value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0)} ${unit}`;
}

/** Lays rows out in columns under their titles. What a cell cannot hold on a terminal is made visible, not sent to it. */
export function tableOf(titles: readonly string[], rows: readonly (readonly unknown[])[]): string {
  const lines = [titles, ...rows].map((row) => row.map(cellOf));
  const widths = titles.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  return lines
    .map((line) =>
      line
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** Lays fields out one a line, their names in one column. */
export function fieldsOf(fields: Readonly<Record<string, unknown>>): string {
  const width = Math.max(...Object.keys(fields).map((name) => name.length));
  return Object.entries(fields)
    .map(([name, value]) => `${name.padEnd(width)}  ${cellOf(value)}`)
    .join('\n');
}

/** A value as one line of text: `-` for none, yes and no for booleans. */
export function cellOf(value: unknown): string {
  if (value === null || value === undefined || value === '') return '-';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (Array.isArray(value)) return value.length === 0 ? '-' : value.map(cellOf).join(', ');
  return String(value).replace(/\p{C}/gu, '\u{fffd}');
}

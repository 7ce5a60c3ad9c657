/** Variables that enrolment sets. AMQP_URL goes: it would win over the file. */
const SET = ['VFLEET_HOST_ID', 'AMQP_URL_FILE', 'AMQP_URL'];

/** The host that an environment file of systemd names; null when it names none. */
export function enrolledAs(text: string): string | null {
  const values = text.split('\n').flatMap((line) => (variableOf(line) === 'VFLEET_HOST_ID' ? [given(line)] : []));
  return values.at(-1) || null;
}

/** An environment file with the variables of an enrolment; every other line stays as it is, comments included. */
export function enrolledEnv(text: string, { hostId, urlFile }: { hostId: string; urlFile: string }): string {
  const others = text.split('\n').filter((line) => !SET.includes(variableOf(line) ?? ''));
  while (others.at(-1)?.trim() === '') others.pop();
  return [...others, `VFLEET_HOST_ID=${hostId}`, `AMQP_URL_FILE="${urlFile}"`, ''].join('\n');
}

function variableOf(line: string): string | undefined {
  return /^\s*([A-Za-z_]\w*)\s*=/.exec(line)?.[1];
}

function given(line: string): string {
  const value = line.slice(line.indexOf('=') + 1).trim();
  return /^(["']).*\1$/.test(value) ? value.slice(1, -1) : value;
}

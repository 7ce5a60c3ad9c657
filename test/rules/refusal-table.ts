import { ALL_CONTRACTS } from '@vfleet/contracts/contracts';
import { REFUSALS, type RefusalCode } from '@vfleet/contracts/refusals';
import { HOST_REFUSALS } from '@vfleet/contracts/refusals/hosts';
import { NETWORK_REFUSALS } from '@vfleet/contracts/refusals/networks';
import { REQUEST_REFUSALS } from '@vfleet/contracts/refusals/requests';
import { SCHEDULING_REFUSALS } from '@vfleet/contracts/refusals/scheduling';
import { VFS_CONFIG_REFUSALS } from '@vfleet/contracts/refusals/vfs-configs';
import { VM_REFUSALS } from '@vfleet/contracts/refusals/vms';
import { VNIC_PROFILE_REFUSALS } from '@vfleet/contracts/refusals/vnic-profiles';
import { PROBLEMS } from '@vfleet/contracts/rest/problems';

const SECTIONS = {
  'Hosts and their network interfaces': HOST_REFUSALS,
  'VFs configurations': VFS_CONFIG_REFUSALS,
  'Clusters, networks and QoS': NETWORK_REFUSALS,
  'vNIC profiles': VNIC_PROFILE_REFUSALS,
  'Virtual machines and vNICs': VM_REFUSALS,
  'Running virtual machines: claims, hosts, operations': SCHEDULING_REFUSALS,
  'Any request': REQUEST_REFUSALS,
};

/** docs/refusals.md: every code a caller can meet, with status, text, remedy and the requests that can be refused with it. */
export function refusalTable(): string {
  const sections = Object.entries(SECTIONS).map(([title, codes]) =>
    table(
      title,
      ['code', 'status', 'what is wrong', 'what to do', 'refuses'],
      (Object.keys(codes) as RefusalCode[]).map((code) => {
        const { status, title: text, remedy } = REFUSALS[code];
        return [`\`${code}\``, String(status), text, remedy, refusedWith(code)];
      }),
    ),
  );
  const problems = table(
    'Requests that do not get as far as a rule',
    ['code', 'status', 'what is wrong', 'what to do'],
    Object.entries(PROBLEMS).map(([code, row]) => [`\`${code}\``, String(row.status), row.title, row.remedy]),
  );
  return `# Refusals

Made from \`libs/contracts/src/refusals\` (\`vitest run -u --project unit test/rules/refusal-table.test.ts\`). A problem document lists every broken
rule with its code, what is wrong in this case, and what to do; its status is 404 if any is, else 400, 412, 409, 502, 503.

${[...sections, problems].join('\n\n')}
`;
}

function refusedWith(code: RefusalCode): string {
  const names = ALL_CONTRACTS.flatMap((contract) =>
    'refusals' in contract && (contract.refusals as readonly RefusalCode[]).includes(code) ? [contract.name] : [],
  );
  return names.length === 0 ? 'any command' : names.map((name) => `\`${name}\``).join(', ');
}

function table(title: string, columns: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [`## ${title}`, '', line(columns), line(columns.map(() => '---')), ...rows.map(line)].join('\n');
}

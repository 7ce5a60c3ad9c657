import { z } from 'zod';

/** `network=bridge` pairs with commas between; a network by its id or its name. */
const Bridges = z
  .string()
  .default('')
  .transform((text, context) => {
    const bridges = new Map<string, string>();
    for (const pair of text.split(',').filter((each) => each.trim() !== '')) {
      const border = pair.lastIndexOf('=');
      const [network, bridge] = [pair.slice(0, border).trim(), pair.slice(border + 1).trim()];
      if (border < 1 || network === '' || bridge === '') {
        context.addIssue({ code: 'custom', message: `not network=bridge: ${pair.trim()}` });
        return z.NEVER;
      }
      bridges.set(network, bridge);
    }
    return bridges;
  });

/** What an administrator may set of how an agent drives the hypervisor of its host; part of its environment. */
export const HypervisorSettings = z.object({
  VFLEET_HYPERVISOR: z
    .enum(['auto', 'libvirt', 'none'])
    .default('auto')
    .describe('"libvirt" or "none"; "auto" drives libvirt where virsh is installed'),
  LIBVIRT_URI: z.string().min(1).default('qemu:///system').describe("the URI of this host's libvirt"),
  VFLEET_MIGRATION_URI: z
    .string()
    .includes('{host}', 'it needs {host}')
    .default('qemu+tls://{host}/system')
    .describe('the URI by which libvirt of this host reaches that of another, with {host} for its name'),
  VFLEET_BRIDGES: Bridges.describe(
    'the bridges of networks whose bridge is not called as they are: network=bridge, with commas between',
  ),
});
export type HypervisorSettings = z.infer<typeof HypervisorSettings>;

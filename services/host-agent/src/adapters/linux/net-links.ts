import { z } from 'zod';
import { outputOf, type RunCommand } from './run-command.ts';
import { CommandFailed } from './run-to-end.ts';

const Link = z.object({
  /** Never given out again to another netdev, whatever it is renamed to. */
  ifindex: z.int(),
  ifname: z.string(),
  flags: z.array(z.string()).default([]),
  mtu: z.int(),
  /** 0 where the driver knows no limit. */
  max_mtu: z.int().optional(),
  altnames: z.array(z.string()).default([]),
  /** The name of its port at a switch of hardware, and that switch; most drivers tell neither. */
  phys_port_name: z.string().optional(),
  phys_switch_id: z.string().optional(),
  link_type: z.string().optional(),
  address: z.string().optional(),
  /** Told when it differs from `address`. */
  permaddr: z.string().optional(),
  master: z.string().optional(),
  /** The device below, or a veth's other end; null when it is in another network namespace. */
  link: z.string().nullish(),
  linkinfo: z
    .object({
      info_kind: z.string().optional(),
      info_data: z.object({ id: z.unknown().optional() }).optional(),
    })
    .optional(),
  addr_info: z.array(z.object({ local: z.string(), prefixlen: z.int() })).default([]),
});

/** A netdev of this network namespace, as `ip -j -d addr show` tells it. */
export type NetLink = z.infer<typeof Link>;

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const CONTROL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g;

/** `ip` prints an empty object for what it leaves out. */
const Links = z
  .array(z.looseObject({}))
  .transform((links) => links.filter((link) => Object.keys(link).length > 0))
  .pipe(z.array(Link));

/** Every netdev of this network namespace with its addresses, in one look, so that they fit each other. */
export async function netLinks(run: RunCommand): Promise<NetLink[]> {
  return parse(await outputOf(run, 'ip', ['-j', '-d', 'addr', 'show']));
}

/** One netdev; undefined when it is not there (any more). */
export async function netLink(run: RunCommand, name: string): Promise<NetLink | undefined> {
  const { exitCode, stdout } = await run('ip', ['-j', '-d', 'addr', 'show', 'dev', name]);
  return exitCode === 0 ? parse(stdout)[0] : undefined;
}

function parse(output: string): NetLink[] {
  let value: unknown;
  try {
    value = JSON.parse(withoutControls(output) || '[]');
  } catch (error) {
    throw new CommandFailed('ip did not answer with JSON; iproute2 4.17 or newer is needed', { cause: error });
  }
  const links = Links.safeParse(value);
  if (!links.success) {
    throw new CommandFailed(`the answer of ip cannot be read: ${z.prettifyError(links.error)}`);
  }
  return links.data;
}

/** The kernel allows control characters in names, and `ip` prints them into its JSON as they are. */
function withoutControls(output: string): string {
  return output.replace(CONTROL, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

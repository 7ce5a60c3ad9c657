import { HypervisorAway, type Virsh } from './virsh.ts';

/** `libvirt 11.3.0`: what drives domains here, as its daemon tells it; null while it does not answer. */
export async function hypervisorVersion(virsh: Virsh): Promise<string | null> {
  try {
    const { exitCode, stdout } = await virsh.ask(['version', '--daemon']);
    const version = /^Running against daemon: (\d\S*)\s*$/m.exec(stdout)?.[1];
    return exitCode === 0 && version !== undefined ? `libvirt ${version}` : null;
  } catch (error) {
    if (error instanceof HypervisorAway) return null;
    throw error;
  }
}

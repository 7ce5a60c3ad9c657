import { execFileSync, spawn } from 'node:child_process';
import {
  closeSync,
  constants,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '@vfleet/process/clock';
import { virtualClock } from '@vfleet/process/virtual-clock';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { kernelChildren } from './kernel-children.ts';
import { kernelWrites } from './kernel-writes.ts';
import { commandRunner } from './run-command.ts';

const PF = '0000:41:00.0';
const AMPLE_MS = 20_000;

let root: string;
let numVfs: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'vfleet-writes-'));
  mkdirSync(join(root, 'sys/bus/pci/devices', PF), { recursive: true });
  numVfs = join(root, 'sys/bus/pci/devices', PF, 'sriov_numvfs');
});

afterEach(() => {
  freeStuck();
  rmSync(root, { recursive: true });
});

/** `deadline` lets the time pass in which a write or a read must end; without it none ever passes. */
function writes() {
  const clock = virtualClock();
  const run = commandRunner(systemClock());
  const children = kernelChildren({ lockDir: join(root, 'run/locks'), run, clock });
  return { ...kernelWrites({ root, children }), deadline: clock.advance };
}

/** A file whose writers wait in the kernel until somebody opens it for reading, as a stuck `sriov_numvfs` does. */
function makeStuck(): void {
  rmSync(numVfs, { force: true });
  execFileSync('mkfifo', [numVfs]);
}

/** Lets go who still waits at the stuck file when a test fails: a child, or a thread of this process, would for good. */
function freeStuck(): void {
  if (!statSync(numVfs, { throwIfNoEntry: false })?.isFIFO()) return;
  closeSync(openSync(numVfs, constants.O_RDWR | constants.O_NONBLOCK));
}

/** Resolves when somebody reads the stuck file, who then waits until the handle is closed. */
function reading(): Promise<FileHandle> {
  return open(numVfs, 'w');
}

/** The kernel's own list tells it: a look with flock would take the lock from a writer that is about to begin. */
function untilLocked(): Promise<void> {
  return vi.waitFor(
    () => {
      const { ino } = statSync(join(root, 'run/locks', `${PF}.lock`));
      expect(readFileSync('/proc/locks', 'utf8')).toMatch(new RegExp(` FLOCK .*:${ino} `));
    },
    { timeout: AMPLE_MS },
  );
}

function untilEnded(writerAlive: (address: string) => Promise<boolean>): Promise<void> {
  return vi.waitFor(async () => expect(await writerAlive(PF)).toBe(false), { timeout: AMPLE_MS });
}

async function letGo(): Promise<string> {
  const reader = await open(numVfs, 'r');
  const text = await reader.readFile('utf8');
  await reader.close();
  return text;
}

describe('sriov_numvfs', () => {
  it('is written and read', async () => {
    writeFileSync(numVfs, '12\n');
    expect(await writes().writeNumVfs(PF, 4, AMPLE_MS)).toEqual({ kind: 'written' });
    expect(readFileSync(numVfs, 'utf8')).toBe('4\n');
    expect(await writes().readNumVfs(PF, AMPLE_MS)).toEqual({ kind: 'value', value: 4 });
  });

  it.each([
    ['ENOENT', () => {}],
    ['ENOSPC', () => symlinkSync('/dev/full', numVfs)],
    ['EISDIR', () => mkdirSync(numVfs)],
  ])('answers the kernel’s %s', async (errno, make) => {
    make();
    expect(await writes().writeNumVfs(PF, 4, AMPLE_MS)).toEqual({ kind: 'errno', errno });
  });

  it('answers the errno of a read', async () => {
    expect(await writes().readNumVfs(PF, AMPLE_MS)).toEqual({ kind: 'errno', errno: 'ENOENT' });
  });

  it('throws when what stands there is no number', async () => {
    writeFileSync(numVfs, 'many\n');
    await expect(writes().readNumVfs(PF, AMPLE_MS)).rejects.toThrow();
  });
});

describe('a write that does not end', () => {
  it('is abandoned at its deadline, keeps the lock, and ends by itself', async () => {
    makeStuck();
    const { deadline, writeNumVfs, writerAlive } = writes();
    const written = writeNumVfs(PF, 4, 1_000);
    await untilLocked();
    await deadline(1_000);
    expect(await written).toEqual({ kind: 'unfinished' });
    expect(await writerAlive(PF)).toBe(true);
    expect(await writeNumVfs(PF, 7, AMPLE_MS)).toEqual({ kind: 'locked' });
    expect(await letGo()).toBe('4\n');
    await untilEnded(writerAlive);
  });

  it('leaves other PFs alone', async () => {
    makeStuck();
    const { deadline, writeNumVfs, writerAlive } = writes();
    const written = writeNumVfs(PF, 4, 1_000);
    await untilLocked();
    await deadline(1_000);
    expect(await written).toEqual({ kind: 'unfinished' });
    expect(await writerAlive('0000:42:00.0')).toBe(false);
    await letGo();
  });

  it('outlives the death of the agent', async () => {
    makeStuck();
    const module = join(import.meta.dirname, '../linux-host.ts');
    const script = `const { linuxHost } = await import(${JSON.stringify(module)});
      await linuxHost({ root: ${JSON.stringify(root)}, lockDir: ${JSON.stringify(join(root, 'run/locks'))} }).writeNumVfs('${PF}', 4, ${AMPLE_MS});`;
    const agent = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: 'inherit' });
    const dead = new Promise((resolve) => agent.once('exit', resolve));
    const { writerAlive } = writes();
    await untilLocked();
    agent.kill('SIGKILL');
    await dead;
    expect(await writerAlive(PF)).toBe(true);
    expect(await letGo()).toBe('4\n');
    await untilEnded(writerAlive);
  });

  it('is abandoned when it is a read, too', async () => {
    makeStuck();
    const { deadline, readNumVfs } = writes();
    const read = readNumVfs(PF, 1_000);
    const file = await reading();
    await deadline(1_000);
    expect(await read).toEqual({ kind: 'unfinished' });
    await file.close();
  });

  it('of somebody else has one reader left behind it, however often the file is read', async () => {
    makeStuck();
    const { deadline, readNumVfs, writerAlive } = writes();
    const read = readNumVfs(PF, 1_000);
    const file = await reading();
    await deadline(1_000);
    expect(await read).toEqual({ kind: 'unfinished' });
    // At once: no time passes until a deadline.
    expect(await readNumVfs(PF, 1_000)).toEqual({ kind: 'unfinished' });
    expect(await writerAlive(PF)).toBe(false);

    await file.close();
    rmSync(numVfs);
    writeFileSync(numVfs, '4\n');
    await vi.waitFor(async () => expect(await readNumVfs(PF, AMPLE_MS)).toEqual({ kind: 'value', value: 4 }), {
      timeout: AMPLE_MS,
    });
  });
});

describe('a rebind', () => {
  const VF = '0000:41:10.0';

  it('unbinds the VF from its driver and has it probed again', async () => {
    const driver = join(root, 'sys/bus/pci/drivers/igbvf');
    mkdirSync(driver, { recursive: true });
    writeFileSync(join(driver, 'unbind'), '');
    writeFileSync(join(root, 'sys/bus/pci/drivers_probe'), '');
    mkdirSync(join(root, 'sys/bus/pci/devices', VF));
    symlinkSync(driver, join(root, 'sys/bus/pci/devices', VF, 'driver'));
    expect(await writes().rebindVf(VF, AMPLE_MS)).toBe('done');
    expect(readFileSync(join(driver, 'unbind'), 'utf8')).toBe(`${VF}\n`);
    expect(readFileSync(join(root, 'sys/bus/pci/drivers_probe'), 'utf8')).toBe(`${VF}\n`);
  });

  it('probes a VF that has no driver', async () => {
    mkdirSync(join(root, 'sys/bus/pci/devices', VF));
    writeFileSync(join(root, 'sys/bus/pci/drivers_probe'), '');
    expect(await writes().rebindVf(VF, AMPLE_MS)).toBe('done');
    expect(readFileSync(join(root, 'sys/bus/pci/drivers_probe'), 'utf8')).toBe(`${VF}\n`);
  });
});

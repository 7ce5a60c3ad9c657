import { writeFileSync } from 'node:fs';

/**
 * What an operating system does when it is asked to let go of a PCI device or to power off, and nothing else, by the
 * ports that QEMU's `pc` machine and its firmware have for it: PCI hotplug at 0xae00 (down, eject), power management at
 * 0x600 (status, enable, control). It is there in a second, where a kernel under nested emulation takes a minute.
 */
const PROGRAM: readonly (readonly number[])[] = [
  [0xba, 0x02, 0x06], //          mov dx, 0x602    power management: enable
  [0xb8, 0x00, 0x01], //          mov ax, 0x100    the power button
  [0xef], //                      out dx, ax
  [0xfb, 0xf4], //          wait: sti; hlt         until the next tick of the timer
  [0xba, 0x04, 0xae], //          mov dx, 0xae04   slots that are to go
  [0x66, 0xed], //                in eax, dx
  [0x66, 0x85, 0xc0], //          test eax, eax
  [0x74, 0x05], //                jz button
  [0xba, 0x08, 0xae], //          mov dx, 0xae08   eject them
  [0x66, 0xef], //                out dx, eax
  [0xba, 0x00, 0x06], //  button: mov dx, 0x600    power management: status
  [0xed], //                      in ax, dx
  [0xf6, 0xc4, 0x01], //          test ah, 1       was it pressed?
  [0x74, 0xe6], //                jz wait
  [0xba, 0x04, 0x06], //          mov dx, 0x604    power management: control
  [0xb8, 0x00, 0x20], //          mov ax, 0x2000   sleep, state 5: off
  [0xef], //                      out dx, ax
  [0xeb, 0xdd], //                jmp wait
];

const SECTOR_BYTES = 512;
/** What no alignment of a file system is above. */
const DISK_BYTES = 65_536;

/** Writes a disk that boots it. */
export function writeTinyGuest(file: string): void {
  const disk = Buffer.alloc(DISK_BYTES);
  Buffer.from(PROGRAM.flat()).copy(disk);
  disk.writeUInt16LE(0xaa55, SECTOR_BYTES - 2);
  writeFileSync(file, disk);
}

import type { Ended } from './run-to-end.ts';

/** The texts of errnos in the C locale: those of glibc, and those of musl where they differ. */
const ERRNO_BY_TEXT: Record<string, string> = {
  'Operation not permitted': 'EPERM',
  'No such file or directory': 'ENOENT',
  'Input/output error': 'EIO',
  'I/O error': 'EIO',
  'No such device or address': 'ENXIO',
  'Resource temporarily unavailable': 'EAGAIN',
  'Cannot allocate memory': 'ENOMEM',
  'Out of memory': 'ENOMEM',
  'Permission denied': 'EACCES',
  'Device or resource busy': 'EBUSY',
  'Resource busy': 'EBUSY',
  'File exists': 'EEXIST',
  'No such device': 'ENODEV',
  'Invalid argument': 'EINVAL',
  'No space left on device': 'ENOSPC',
  'Numerical result out of range': 'ERANGE',
  'Result not representable': 'ERANGE',
  'Function not implemented': 'ENOSYS',
  'Value too large for defined data type': 'EOVERFLOW',
  'Value too large for data type': 'EOVERFLOW',
  'Message too long': 'EMSGSIZE',
  'Operation not supported': 'EOPNOTSUPP',
  'Not supported': 'EOPNOTSUPP',
  'Protocol not supported': 'EPROTONOSUPPORT',
  'Cannot assign requested address': 'EADDRNOTAVAIL',
  'Address not available': 'EADDRNOTAVAIL',
  'Network is down': 'ENETDOWN',
  'Connection timed out': 'ETIMEDOUT',
  'Operation timed out': 'ETIMEDOUT',
  'Unknown error 524': 'ENOTSUPP',
};

/** What `ip` says by itself when a netdev is not there. */
const NO_SUCH_DEVICE = /^Cannot find device /m;

/** What `ip` says by itself of values that it does not even send. */
const NOT_A_VALUE = /is wrong: |is invalid lladdr/;

/** The errno with which `ip` was refused what it was to set, from its words; null when they name none. */
export function rtnetlinkErrno({ stderr }: Pick<Ended, 'stderr'>): string | null {
  const text = /^RTNETLINK answers: (.+)$/m.exec(stderr)?.[1];
  if (text !== undefined) return ERRNO_BY_TEXT[text.trim()] ?? null;
  if (NO_SUCH_DEVICE.test(stderr)) return 'ENODEV';
  return NOT_A_VALUE.test(stderr) ? 'EINVAL' : null;
}

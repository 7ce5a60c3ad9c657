import { PROBLEMS } from '@vfleet/contracts/rest/problems';
import type { RequestFault } from './core/problem-document.ts';

/** A request that is given up before its route has an answer; the error handler makes a problem document of it. */
export class RequestRefused extends Error {
  override readonly name = 'RequestRefused';
  readonly fault: RequestFault;
  readonly headers: Readonly<Record<string, string>>;
  readonly statusCode: number;

  constructor(fault: RequestFault, headers: Readonly<Record<string, string>> = {}) {
    super(fault.detail);
    this.fault = fault;
    this.headers = headers;
    this.statusCode = PROBLEMS[fault.code].status;
  }
}

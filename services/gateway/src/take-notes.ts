import { type Binding, reactsTo } from '@vfleet/bus/bus';
import type { Message } from '@vfleet/contracts/envelope';
import { InventoryNoted } from '@vfleet/contracts/inventory-claims';
import { SchedulerNoted } from '@vfleet/contracts/scheduler/runs';
import type { AuditNote } from '@vfleet/contracts/vocabulary/audit';
import type { AuditLog } from './audit-log.ts';
import { auditIdOf } from './core/audit-order.ts';

/** What services do by themselves, and how operations they had accepted ended, goes to the audit log: once a fact. */
export function takingNotes({ auditLog }: { auditLog: Pick<AuditLog, 'add'> }): Binding[] {
  const take = ({ id, actor, correlationId, payload }: Message<AuditNote>): Promise<void> => {
    const { action, target, outcome, codes, detail, at } = payload;
    return auditLog.add({
      ...{ id: auditIdOf(Date.parse(at), id), at, actor: payload.actor ?? actor, action, target },
      ...{ outcome, status: null, codes, detail, correlation_id: correlationId },
    });
  };
  return [reactsTo(InventoryNoted, take), reactsTo(SchedulerNoted, take)];
}

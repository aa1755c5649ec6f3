import { Command } from '@nestjs/cqrs';

/**
 * A moment has come at which the tree may have to act. Early, late and double alarms are harmless: the tree compares its
 * own deadlines with `now`, which must be read from the database's clock (epoch ms).
 * SPEC 4.5.
 */
export class HandleAlarmCommand extends Command<void> {
  readonly type = 'handle_alarm' as const;
  readonly rootId: string;
  readonly now: number;

  constructor(input: { rootId: string; now: number }) {
    super();
    this.rootId = input.rootId;
    this.now = input.now;
  }
}

import { Clock } from '@groupcall/groupcall';
import type { INestApplication } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { DataSource } from 'typeorm';
import { EventLog, EventStreams, EventTail } from '../events/index.js';
import { FarEnd } from '../simulator/index.js';
import { ConsoleChangesStream } from './console-changes.js';
import { ConsoleList } from './console-list.js';
import { ConsoleTrees } from './console-tree.js';

/** What the console's API is made of. */
export interface ConsoleParts {
  readonly list: ConsoleList;
  readonly trees: ConsoleTrees;
  readonly changes: ConsoleChangesStream;
  readonly streams: EventStreams;
  readonly commands: CommandBus;
  /** Null: real phones, which nobody plays by hand. */
  readonly farEnd: FarEnd | null;
  /** Epoch ms. */
  readonly now: () => number;
}

/** Taken out of the running application: the admin pages stand in front of Nest's routes, not among them. */
export function consoleParts(app: INestApplication, simulated: boolean): ConsoleParts {
  const find = { strict: false } as const;
  const dataSource = app.get(DataSource, find);
  const clock = app.get(Clock, find);
  const now = () => clock.now();
  const list = new ConsoleList(dataSource);
  return {
    list,
    trees: new ConsoleTrees(dataSource, now),
    changes: new ConsoleChangesStream(
      dataSource,
      list,
      app.get(EventLog, find),
      app.get(EventTail, find),
      now,
    ),
    streams: app.get(EventStreams, find),
    commands: app.get(CommandBus, find),
    farEnd: simulated ? app.get(FarEnd, find) : null,
    now,
  };
}

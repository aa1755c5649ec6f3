import { Module } from '@nestjs/common';
import { CallsController } from '../calls/calls.controller.js';
import { VisibleCalls } from '../calls/visible-calls.js';
import { GroupcallsController } from './groupcalls.controller.js';
import { VisibleGroupcalls } from './visible-groupcalls.js';

/** Groupcalls and their legs over HTTP. Needs the global CommandBus, GroupcallReader and PageTokens. */
@Module({
  controllers: [GroupcallsController, CallsController],
  providers: [VisibleGroupcalls, VisibleCalls],
})
export class GroupcallsModule {}

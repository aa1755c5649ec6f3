import { Module } from '@nestjs/common';
import { COMMAND_ENTRANCES } from './command-entrances.js';
import { GroupcallInstances } from './groupcall-instances.js';
import { HOST_BUSES, hostBusesProvider } from './host-buses.js';

/** What all engines of an application share; imported by each of them, and there once. */
@Module({
  providers: [GroupcallInstances, hostBusesProvider, ...COMMAND_ENTRANCES],
  exports: [GroupcallInstances, HOST_BUSES],
})
export class GroupcallCoreModule {}

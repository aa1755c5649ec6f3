import { Module } from '@nestjs/common';
import { CallLedger } from './call-ledger.js';
import { CallSchedule } from './call-schedule.js';
import { FarEnd } from './far-end.js';
import { SimulatedCallGateway } from './simulated-call-gateway.js';
import { SimulatorSignal } from './simulator-signal.js';
import { SimulatorTicker } from './simulator-ticker.js';
import { SimulatorWorker } from './simulator-worker.js';
import { SimulatorController } from './simulator.controller.js';

/**
 * The simulated call service, for `CALL_GATEWAY=simulated` only: with it come the routes that play the far end.
 * Needs the default DataSource (with SIMULATOR_ENTITIES and SIMULATOR_MIGRATIONS), the global `GroupcallModule` for
 * the Clock and the global `CqrsModule` for the CommandBus.
 */
@Module({
  controllers: [SimulatorController],
  providers: [
    CallLedger,
    CallSchedule,
    FarEnd,
    SimulatedCallGateway,
    SimulatorSignal,
    SimulatorTicker,
    SimulatorWorker,
  ],
  exports: [SimulatedCallGateway, SimulatorTicker, SimulatorWorker],
})
export class SimulatorModule {}

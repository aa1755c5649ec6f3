import {
  CallGateway,
  type GatewayCall,
  type GatewayCallState,
  type OutgoingCall,
} from '@groupcall/groupcall';
import { Injectable, Module, type OnModuleInit } from '@nestjs/common';

/** A call service that only takes notes. */
@Injectable()
export class Phones extends CallGateway implements OnModuleInit {
  readonly rung: OutgoingCall[] = [];
  readonly ended = new Map<string, string>();
  starts = 0;

  onModuleInit(): void {
    this.starts += 1;
  }

  override async createCall(call: OutgoingCall): Promise<void> {
    this.rung.push(call);
  }

  override async hangupCall(id: string, reason: string): Promise<GatewayCallState> {
    this.ended.set(id, reason);
    return 'ended';
  }

  override async getCall(id: string): Promise<GatewayCall> {
    return { id, state: 'ringing' };
  }

  override async listCalls(): Promise<GatewayCall[]> {
    return [];
  }
}

@Injectable()
export class OtherPhones extends Phones {}

@Module({ providers: [Phones, OtherPhones], exports: [Phones, OtherPhones] })
export class PhonesModule {}

import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { Injectable } from '@nestjs/common';

/** Names this process in claims, for whoever reads the outbox. Fencing does not rest on it. */
@Injectable()
export class ProcessName {
  readonly name = `${hostname().slice(0, 40)}/${process.pid}/${randomBytes(3).toString('hex')}`;
}

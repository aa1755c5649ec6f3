import { ALL_GATEWAY_CAPABILITIES, CallGateway } from '../ports/call-gateway.port.js';
import { HostGateway, shortcomings } from './host-gateway.js';

const methods = { createCall() {}, hangupCall() {}, getCall() {}, listCalls() {} };

describe('The host’s gateway', () => {
  it('can do everything unless it says otherwise, also when it does not extend our class', () => {
    const hosts = new HostGateway(methods as unknown as CallGateway);
    expect(hosts.capabilities).toEqual(ALL_GATEWAY_CAPABILITIES);
    expect(shortcomings(hosts)).toEqual([]);
  });

  it('keeps what it says, and each thing it lacks is a sentence for the log', () => {
    const capabilities = { listsCalls: false, limitsDuration: false };
    const hosts = new HostGateway({ ...methods, capabilities } as unknown as CallGateway);
    expect(hosts.capabilities).toEqual({ listsCalls: false, limitsRinging: true, limitsDuration: false });
    expect(shortcomings(hosts)).toEqual([
      'The gateway does not list its calls: calls that no groupcall wants are not looked for.',
      'The gateway does not end long calls by itself: a call may live on while no process runs.',
    ]);
  });
});

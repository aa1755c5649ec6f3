import { withoutPlaintext } from './request-attributes.js';
import { nameOfCollector, showsTraces } from './tracing-variables.js';

describe('Traces of the server', () => {
  it.each([
    [{}, false],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: '' }, false],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318' }, true],
    [{ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://collector:4318/v1/traces' }, true],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318', OTEL_SDK_DISABLED: 'true' }, false],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318', OTEL_TRACES_EXPORTER: 'none' }, false],
  ])('with %j are sent: %s', (env, sent) => {
    expect(showsTraces(env)).toBe(sent);
  });

  it('name their collector without its password', () => {
    expect(nameOfCollector({ OTEL_EXPORTER_OTLP_ENDPOINT: 'https://me:secret@collector:4318/x' })).toBe(
      'collector:4318',
    );
  });

  it('show of a request neither number nor query', () => {
    expect(withoutPlaintext({ url: '/groupcalls?destination=%2B4930123456' })).toEqual({
      'url.path': '/groupcalls',
      'url.query': 'REDACTED',
    });
    expect(withoutPlaintext({ url: '/groupcalls/%2B4930123456' })).toEqual({
      'url.path': '/groupcalls/+493*****56',
    });
    expect(withoutPlaintext({ url: '/%E0%A4%A' })).toEqual({ 'url.path': 'REDACTED' });
  });
});

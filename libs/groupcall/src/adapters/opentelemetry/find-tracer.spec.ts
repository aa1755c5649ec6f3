describe('The tracer', () => {
  afterEach(() => {
    jest.resetModules();
    jest.dontMock('@opentelemetry/api');
  });

  const isOn = async () => {
    const { findTracer } = await import('./find-tracer.js');
    return (await findTracer()).isOn;
  };

  it('is off where OpenTelemetry is not installed', async () => {
    jest.doMock('@opentelemetry/api', () => {
      throw Object.assign(new Error('no such package'), { code: 'ERR_MODULE_NOT_FOUND' });
    });
    expect(await isOn()).toBe(false);
  });

  it('is off where only its API is, which many packages bring along', async () => {
    expect(await isOn()).toBe(false);
  });

  it('is on where the host has set an SDK up, and shows nothing of its look', async () => {
    const { trace } = await import('@opentelemetry/api');
    const { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } =
      await import('@opentelemetry/sdk-trace-base');
    const shown = new InMemorySpanExporter();
    trace.setGlobalTracerProvider(
      new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(shown)] }),
    );
    expect(await isOn()).toBe(true);
    expect(shown.getFinishedSpans()).toEqual([]);
    trace.disable();
  });
});

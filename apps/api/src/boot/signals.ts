/** All that a shutdown may take, ms. */
const SHUTDOWN_TIME = 10_000;
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * The first signal ends the server gracefully, in bounded time; a second one at once. A server that has not finished
 * starting ends as soon as it can.
 * @param close what to do; everything is durable, so a shutdown that is cut off loses nothing
 */
export function closeOnSignal(close: () => Promise<void>, log: (line: string) => void): void {
  let isClosing = false;
  const onSignal = (signal: NodeJS.Signals) => {
    if (isClosing) {
      log(`${signal} again: ending at once`);
      process.exit(1);
    }
    isClosing = true;
    log(`${signal}: finishing what is under way (again to end at once)`);
    setTimeout(() => {
      log(`not finished within ${SHUTDOWN_TIME / 1_000} s: ending anyway, the next start goes on`);
      process.exit(1);
    }, SHUTDOWN_TIME).unref();
    close().then(
      () => process.exit(0),
      (error: unknown) => {
        log(`the shutdown failed: ${String(error)}`);
        process.exit(1);
      },
    );
  };
  for (const signal of SIGNALS) process.on(signal, onSignal);
}

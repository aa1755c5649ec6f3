import { ConsoleLogger, type LogLevel } from '@nestjs/common';
import { redact } from './redact.js';

const LEVELS: LogLevel[] = ['fatal', 'error', 'warn', 'log', 'debug', 'verbose'];
/** Nest tells every route and module at each start; that is for debugging. */
const CHATTY = ['InstanceLoader', 'RoutesResolver', 'RouterExplorer', 'NestFactory', 'NestApplication'];

/** Nest's console logger without anything that must not be read in a log (RELIABILITY 4.5). */
export class AppLogger extends ConsoleLogger {
  private readonly isDetailed: boolean;

  constructor(level: Exclude<LogLevel, 'fatal'>) {
    const logLevels = LEVELS.slice(0, LEVELS.indexOf(level) + 1);
    super({ logLevels });
    this.isDetailed = logLevels.includes('debug');
  }

  protected override printMessages(
    messages: unknown[],
    context?: string,
    logLevel?: LogLevel,
    ...rest: [stream?: 'stdout' | 'stderr', errorStack?: unknown, params?: Record<string, unknown>]
  ): void {
    if (!this.isDetailed && isChatter(logLevel, context)) return;
    super.printMessages(messages.map(readable), context, logLevel, ...rest);
  }

  protected override printStackTrace(stack: string): void {
    super.printStackTrace(typeof stack === 'string' ? redact(stack) : stack);
  }
}

/** What NestApplication reports as an error (a port that is taken) it also throws, and main says it in one sentence. */
function isChatter(logLevel: LogLevel | undefined, context = ''): boolean {
  return (logLevel === 'log' && CHATTY.includes(context)) || context === 'NestApplication';
}

/** Objects may carry anything (a failed query its parameters): an error is its text, the rest stays as Nest prints it. */
function readable(message: unknown): unknown {
  if (message instanceof Error) return redact(message.stack ?? message.message);
  return typeof message === 'string' ? redact(message) : message;
}

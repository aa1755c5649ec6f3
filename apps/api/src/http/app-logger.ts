import { ConsoleLogger, type LogLevel } from '@nestjs/common';
import { fieldsOf } from './log-fields.js';
import { redact, redactAll } from './redact.js';
import { currentRequest } from './request-context.js';

/** For people, or one object a line for programs. */
export type LogFormat = 'text' | 'json';

const LEVELS: LogLevel[] = ['fatal', 'error', 'warn', 'log', 'debug', 'verbose'];
/** Nest tells every route and module at each start; that is for debugging. */
const CHATTY = ['InstanceLoader', 'RoutesResolver', 'RouterExplorer', 'NestFactory', 'NestApplication'];

/** Nest's console logger without anything that must not be read in a log (RELIABILITY 4.5), and with what a line is about. */
export class AppLogger extends ConsoleLogger {
  private readonly isDetailed: boolean;

  constructor(
    level: Exclude<LogLevel, 'fatal'>,
    private readonly format: LogFormat = 'text',
  ) {
    const logLevels = LEVELS.slice(0, LEVELS.indexOf(level) + 1);
    super({ logLevels, json: format === 'json' });
    this.isDetailed = logLevels.includes('debug');
  }

  protected override printMessages(
    messages: unknown[],
    context?: string,
    logLevel?: LogLevel,
    ...rest: [stream?: 'stdout' | 'stderr', errorStack?: unknown, params?: Record<string, unknown>]
  ): void {
    if (!this.isDetailed && isChatter(logLevel, context)) return;
    const [stream, errorStack, params] = rest;
    const shown = messages.map((message) => this.readable(message));
    super.printMessages(shown, context, logLevel, stream, redactAll(errorStack), params && redactAll(params));
  }

  protected override printStackTrace(stack: string): void {
    super.printStackTrace(redactAll(stack));
  }

  protected override getJsonLogObject(
    message: unknown,
    options: Parameters<ConsoleLogger['getJsonLogObject']>[1],
  ): ReturnType<ConsoleLogger['getJsonLogObject']> {
    const fields = fieldsOf(typeof message === 'string' ? message : '');
    return { ...super.getJsonLogObject(message, options), ...fields };
  }

  /** Objects may carry anything (a failed query its parameters): an error is its text. */
  private readable(message: unknown): unknown {
    if (message instanceof Error) return this.marked(redact(message.stack ?? message.message));
    return typeof message === 'string' ? this.marked(redact(message)) : redactAll(message);
  }

  /** A line for people names its request as well; an object has it as a field. */
  private marked(text: string): string {
    const id = this.format === 'text' ? currentRequest()?.id : undefined;
    return id === undefined || text.includes(id) ? text : `${text} (request ${id})`;
  }
}

/** What NestApplication reports as an error (a port that is taken) it also throws, and main says it in one sentence. */
function isChatter(logLevel: LogLevel | undefined, context = ''): boolean {
  return (logLevel === 'log' && CHATTY.includes(context)) || context === 'NestApplication';
}

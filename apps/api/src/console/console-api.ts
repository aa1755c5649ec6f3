import { CreateGroupcallCommand, HangupCommand } from '@groupcall/groupcall';
import { formatTimestamp, isUuid } from '@groupcall/shared';
import { Router, type Request } from 'express';
import { DEVELOPMENT_CUSTOMER } from '../config/development-customer.js';
import { badField, notFound } from '../http/api-error.js';
import { jsonBody } from '../http/json-body.js';
import { expectNoBody } from '../http/no-body.js';
import { readReason } from '../simulator/index.js';
import type { ConsoleAbout, ConsolePage } from './console.resources.js';
import type { ConsoleParts } from './console-parts.js';
import { readFilter, readId } from './read-filter.js';
import { SAMPLES } from './samples.js';

const PAGE = 50;
const MOST_PER_PAGE = 200;
/** Nothing that the console sends is larger. */
const BODY = { bytes: 4_096, depth: 4 };
/** All consoles count as one reader. */
const STREAMS_OF_CONSOLES = 'console';

/** When the login of a request ends, epoch ms; 0 = it is over. */
export type LoginEnd = (request: Request) => number;

/**
 * The API behind the console, for all customers. It has no login of its own: mount it behind one that also refuses
 * requests from other sites. What it throws goes to the router's error handler.
 */
export function consoleApi(parts: ConsoleParts, endOf: LoginEnd): Router {
  const { list, trees, changes, streams, commands, farEnd, now } = parts;
  const router = Router();
  router.use(...jsonBody(BODY));

  router.get('/about', (_request, response) => {
    const about: ConsoleAbout = {
      now: formatTimestamp(now()),
      simulated: farEnd !== null,
      sample_customer_id: DEVELOPMENT_CUSTOMER,
      samples:
        farEnd === null ? [] : SAMPLES.map(({ name, title, description }) => ({ name, title, description })),
    };
    response.json(about);
  });

  router.get('/groupcalls', async (request, response) => {
    const size = sizeOf(request);
    const [rows, totals] = await Promise.all([
      list.page(readFilter(request.query), readId(request.query, 'before'), size + 1),
      list.totals(),
    ]);
    const result = rows.slice(0, size);
    const next = rows.length > size ? result[size - 1].id : '';
    const page: ConsolePage = { now: formatTimestamp(now()), totals, result, next };
    response.json(page);
  });

  router.get('/groupcalls/:id', async (request, response) => {
    const tree = await trees.find(idOf(request));
    if (!tree) throw notFound('groupcall or call');
    response.json(tree);
  });

  router.post('/groupcalls/:id/hangup', async (request, response) => {
    expectNoBody(request.body);
    response.json(await commands.execute(new HangupCommand({ groupcallId: idOf(request) })));
  });

  router.get('/events', async (request, response) => {
    const filter = readFilter(request.query);
    await streams.run(STREAMS_OF_CONSOLES, endOf(request), async (ending) => {
      response.once('close', () => ending.abort());
      if (response.destroyed) return;
      await changes.send(response, { filter, ending, mayGoOn: () => endOf(request) > 0 });
    });
  });

  if (farEnd === null) return router;

  router.post('/samples/:name', async (request, response) => {
    expectNoBody(request.body);
    const sample = SAMPLES.find(({ name }) => name === request.params.name);
    if (!sample) throw notFound('sample');
    const input = { ...sample.input, customerId: DEVELOPMENT_CUSTOMER };
    response.status(201).json(await commands.execute(new CreateGroupcallCommand(input)));
  });

  router.post('/calls/:id/ringing', async (request, response) => {
    expectNoBody(request.body);
    const { id, customerId } = await legOf(request);
    await farEnd.ring(customerId, id);
    response.status(202).json({ id });
  });

  router.post('/calls/:id/answer', async (request, response) => {
    expectNoBody(request.body);
    const { id, customerId } = await legOf(request);
    await farEnd.answer(customerId, id);
    response.status(202).json({ id });
  });

  router.post('/calls/:id/hangup', async (request, response) => {
    const reason = readReason(request.body);
    const { id, customerId } = await legOf(request);
    await farEnd.hangUp(customerId, id, reason);
    response.status(202).json({ id });
  });

  return router;

  async function legOf(request: Request): Promise<{ id: string; customerId: string }> {
    const id = idOf(request);
    const customerId = await trees.customerOfLeg(id);
    if (customerId === null) throw notFound('call');
    return { id, customerId };
  }
}

function idOf(request: Request): string {
  const { id } = request.params;
  if (!isUuid(id)) throw badField('id', 'must be a UUID');
  return id.toLowerCase();
}

function sizeOf({ query }: Request): number {
  const { page_size: size } = query;
  if (size === undefined) return PAGE;
  const number = typeof size === 'string' && /^\d{1,4}$/.test(size) ? Number(size) : 0;
  if (number < 1 || number > MOST_PER_PAGE) throw badField('page_size', `must be from 1 to ${MOST_PER_PAGE}`);
  return number;
}

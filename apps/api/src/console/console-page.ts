import { fileURLToPath } from 'node:url';
import express, { Router } from 'express';
import { strictPolicy } from '../admin/strict-policy.js';
import { ApiError } from '../http/api-error.js';

/** Where the build puts the page; the same place from the sources and from `dist`. */
const FOLDER = fileURLToPath(new URL('../../dist/page/', import.meta.url));

/** The console's files. What is shown on them comes from the console's API. */
export function consolePage(folder = FOLDER): Router {
  const router = Router();
  router.use(strictPolicy);
  router.get('/', (_request, response, next) => {
    // Asked for again each time, and answered with 304 until the next build.
    response.setHeader('Cache-Control', 'private, no-cache');
    response.sendFile('index.html', { root: folder, cacheControl: false }, (error) => {
      if (error) next(new ApiError('UNAVAILABLE', 'The console has not been built: run npm run build.'));
    });
  });
  router.use(
    express.static(folder, {
      index: false,
      redirect: false,
      cacheControl: false,
      setHeaders: (response) => response.setHeader('Cache-Control', 'private, no-cache'),
    }),
  );
  return router;
}

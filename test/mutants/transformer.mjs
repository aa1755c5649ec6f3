// The project's own transformer, but one file reads differently: DEFECT is a defect as JSON (`defect.ts`).
import swcJest from '@swc/jest';
import { spoilt } from './spoil.mjs';

const defect = JSON.parse(process.env.DEFECT ?? 'null');

const read = (source, path) => (defect && path.endsWith(`/${defect.file}`) ? spoilt(source, defect) : source);

export default {
  createTransformer(options) {
    const swc = swcJest.createTransformer(options);
    return {
      ...swc,
      process: (source, path, ...more) => swc.process(read(source, path), path, ...more),
      getCacheKey: (source, path, ...more) => swc.getCacheKey(read(source, path), path, ...more),
    };
  },
};

// swc for all tiers, with one cache. By itself each tier would keep what it has compiled apart from the others, because their
// configurations differ; what comes out depends on the file and on the options of swc alone, and those are in the key.
import swcJest from '@swc/jest';

export default {
  createTransformer(options) {
    const swc = swcJest.createTransformer(options);
    return {
      ...swc,
      getCacheKey: (source, path, asked) => swc.getCacheKey(source, path, { ...asked, configString: '' }),
    };
  },
};

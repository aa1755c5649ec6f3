// Which part may know which (docs/adr, DESIGN.md). Each rule is a sentence that a reviewer would otherwise have to say.
const PURE = ['^libs/.+/domain/', '[.]decide[.]ts$'];
const SPEC = '[.]spec[.]ts$';

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      // A decision is repeatable because it has nothing to ask: no framework, no driver, not even for a type.
      name: 'decisions-know-no-framework',
      severity: 'error',
      from: { path: PURE, pathNot: SPEC },
      to: { path: '(^|node_modules/)(@nestjs|typeorm|bullmq|ioredis|pg|mysql2)(/|$)' },
    },
    {
      // Nor a system: no files, no clock, no network. Hashing is a calculation and may stay.
      name: 'decisions-know-no-system',
      severity: 'error',
      from: { path: PURE, pathNot: SPEC },
      to: { dependencyTypes: ['core'], pathNot: '^(node:)?crypto$' },
    },
    {
      // Nor the part that runs them.
      name: 'decisions-know-no-runtime',
      severity: 'error',
      from: { path: PURE, pathNot: SPEC },
      to: { path: '^libs/groupcall/src/(runtime|adapters|testing|queries)/' },
    },
    {
      // A use case can be read, changed and removed by itself; what two of them share belongs in the domain. Only the message
      // that starts another one may be sent: a customer's deletion is the deletion of each of its groupcalls.
      name: 'slices-do-not-know-each-other',
      severity: 'error',
      from: { path: '^libs/groupcall/src/commands/([^/]+)/' },
      to: {
        path: '^libs/groupcall/src/commands/[^/]+/',
        pathNot: ['^libs/groupcall/src/commands/$1/', '[.]command[.]ts$'],
      },
    },
    {
      // A library that knows one host serves no other.
      name: 'libs-never-see-apps-or-tests',
      severity: 'error',
      from: { path: '^libs/' },
      to: { path: '^(apps|test|bench|examples)/' },
    },
    {
      // A page runs in a browser: of the server it knows what the two say to each other, and of the engine its wire forms.
      name: 'the-console-knows-wire-forms-only',
      severity: 'error',
      from: { path: '^apps/console/src/' },
      to: {
        path: '^(apps/api|libs/groupcall)/',
        pathNot: ['^apps/api/src/console/console[.]resources[.]ts$', '^libs/groupcall/src/resources[.]ts$'],
      },
    },
    {
      // The small libraries lie below the large one.
      name: 'shared-and-address-do-not-know-groupcall',
      severity: 'error',
      from: { path: '^libs/(shared|address)/' },
      to: { path: '^(libs|@groupcall)/groupcall(/|$)' },
    },
    {
      // Everything outside is a port: which adapter stands behind it is decided in the wiring, and nowhere else.
      name: 'adapters-are-chosen-in-the-wiring',
      severity: 'error',
      from: {
        path: '^libs/groupcall/src/',
        pathNot: [
          '^libs/groupcall/src/adapters/',
          '^libs/groupcall/src/testing/',
          '^libs/groupcall/src/[^/]+[.]module(-definition)?[.]ts$',
          '/index[.]ts$',
          SPEC,
        ],
      },
      to: { path: '^libs/groupcall/src/adapters/' },
    },
    {
      // A host in production loads no test code: the testing kit is an entry point of its own.
      name: 'testing-is-for-tests',
      severity: 'error',
      from: { path: '^libs/groupcall/src/', pathNot: ['^libs/groupcall/src/testing/', SPEC] },
      to: { path: '^libs/groupcall/src/testing/' },
    },
    {
      // Two files that need each other are one idea in two places, and load in an order that nobody chose. An import of types
      // alone is gone at run time.
      name: 'no-cycles',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      // What a published library imports must be in its own package.json, not only in the workspace's.
      name: 'no-undeclared-packages',
      severity: 'error',
      from: { path: '^libs/[^/]+/src/', pathNot: [SPEC, '/testing/'] },
      to: { dependencyTypes: ['npm-no-pkg', 'npm-dev', 'unknown'], dependencyTypesNot: ['npm', 'npm-peer'] },
    },
    {
      name: 'everything-resolves',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    combinedDependencies: true,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(dist|node_modules/\\.cache|coverage)/' },
    enhancedResolveOptions: {
      // Our own packages resolve to their sources, as for the type checker and for jest.
      conditionNames: ['@groupcall/source', 'import', 'node', 'default', 'types'],
      exportsFields: ['exports'],
      extensions: ['.ts', '.tsx', '.js', '.mjs', '.cjs', '.json'],
    },
  },
};

import { createHash } from 'node:crypto';
import { findChromium } from './test/support/find-chromium.mjs';

// Four tiers, one runner: `unit` is pure and fast, `adapters` talks to real servers, `e2e` drives the whole server over HTTP,
// `browser` its pages in a real browser.
const common = {
  // One name for all: what one tier has compiled and resolved serves the others, but no other checkout on the machine.
  id: `groupcall-${createHash('sha1')
    .update(import.meta.dirname)
    .digest('hex')
    .slice(0, 8)}`,
  testEnvironment: 'node',
  testEnvironmentOptions: { customExportConditions: ['@groupcall/source', 'node', 'node-addons'] },
  extensionsToTreatAsEsm: [],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  moduleFileExtensions: ['ts', 'js', 'mjs', 'cjs', 'json', 'node'],
  transform: {
    '^.+\\.[mc]?[jt]s$': [
      '<rootDir>/test/support/shared-transformer.mjs',
      {
        jsc: {
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
          target: 'es2023',
          keepClassNames: true,
        },
        module: { type: 'commonjs' },
        sourceMaps: 'inline',
      },
    ],
  },
  // Nest 12 and a few others ship ES modules only; jest runs CommonJS, so they are transformed like our own code.
  transformIgnorePatterns: ['/node_modules/(?!(@nestjs|jose|uuid|@groupcall)/)'],
};

// The tiers that need servers share one set-up: jest runs it once for all of them, and not at all for `unit` alone.
const servers = {
  globalSetup: '<rootDir>/test/support/global-setup.mjs',
  globalTeardown: '<rootDir>/test/support/global-teardown.mjs',
};

// On a desk without a browser that tier is left out, and the run says so; with CI=true its absence is a failure.
const chromium = findChromium();

export default {
  // Twice the two cores that we count on: many suites wait for a ring time, a server or a browser.
  maxWorkers: 4,
  testSequencer: '<rootDir>/test/support/longest-first.mjs',
  // A test that starts processes or servers must not fail because the machine is busy.
  testTimeout: 30_000,
  projects: [
    {
      ...common,
      displayName: 'unit',
      rootDir: '.',
      roots: ['<rootDir>/libs', '<rootDir>/apps', '<rootDir>/test'],
      testMatch: [
        '**/src/**/*.spec.ts',
        '**/test/property/**/*.spec.ts',
        '**/test/simulation/**/*.spec.ts',
        '**/test/faults/**/*.spec.ts',
        '**/test/mutants/**/*.spec.ts',
        '**/test/docs/**/*.spec.ts',
        '**/test/soak/**/*.spec.ts',
        '**/test/scenarios/*.unit.spec.ts',
      ],
    },
    {
      ...common,
      ...servers,
      displayName: 'adapters',
      rootDir: '.',
      testMatch: ['<rootDir>/test/adapters/**/*.spec.ts', '<rootDir>/test/examples/**/*.spec.ts'],
    },
    {
      ...common,
      ...servers,
      displayName: 'e2e',
      rootDir: '.',
      testMatch: ['<rootDir>/test/e2e/**/*.spec.ts', '<rootDir>/test/scenarios/*.e2e.spec.ts'],
    },
    ...(chromium
      ? [
          {
            ...common,
            ...servers,
            displayName: 'browser',
            rootDir: '.',
            testMatch: ['<rootDir>/test/browser/**/*.spec.ts'],
          },
        ]
      : []),
  ],
};

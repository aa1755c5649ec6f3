// What is installed into each host. Ranges are those that a team would have: the newest of that major version.
const nest = (major) => ({
  '@nestjs/common': `^${major}.0.0`,
  '@nestjs/core': `^${major}.0.0`,
  '@nestjs/cqrs': `^${major}.0.0`,
  '@nestjs/typeorm': `^${major}.0.0`,
});
const common = { ioredis: '^5.6.0', pg: '^8.11.0', 'reflect-metadata': '^0.2.2', rxjs: '^7.8.1' };

/** Each with the oldest and the newest of what the package says that it works with. */
export const VARIANTS = [
  {
    name: 'nest-12-esm',
    type: 'module',
    dependencies: { ...nest(12), ...common, typeorm: '^1.0.0', bullmq: '^6.0.0' },
  },
  {
    name: 'nest-12-cjs',
    type: 'commonjs',
    dependencies: { ...nest(12), ...common, typeorm: '^1.0.0', bullmq: '^6.0.0' },
  },
  {
    name: 'nest-11-cjs',
    type: 'commonjs',
    dependencies: { ...nest(11), ...common, typeorm: '^0.3.20', bullmq: '^5.0.0' },
  },
];

/** Node's versions besides the one that runs the tests: packages that contain the program. */
export const NODE_VERSIONS = ['20', '22', '24'];

// Specs with a defect put in while they are loaded: those of the rules, the runtime and the ports in memory, or – SUITE – one
// suite of the adapters on its real servers.
import base from '../../jest.config.mjs';

const suite = process.env.SUITE;
const project = base.projects.find(({ displayName }) => displayName === (suite ? 'adapters' : 'unit'));
const [[pattern, [, options]]] = Object.entries(project.transform);

export default {
  ...project,
  // Its failures are none of the tests' own.
  id: `${project.id}-mutants`,
  rootDir: '../..',
  roots: [suite ? '<rootDir>/test/adapters' : '<rootDir>/libs'],
  testMatch: suite
    ? [`<rootDir>/test/adapters/${suite}.spec.ts`]
    : ['domain', 'commands', 'runtime', 'adapters/in-memory'].map(
        (folder) => `<rootDir>/libs/groupcall/src/${folder}/**/*.spec.ts`,
      ),
  transform: { [pattern]: ['<rootDir>/test/mutants/transformer.mjs', options] },
};

import { describeScenarios } from './describe-target.js';
import { RuntimeTarget } from './targets/runtime-target.js';

describeScenarios('runtime', () => RuntimeTarget.start());
